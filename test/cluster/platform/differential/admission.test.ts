/** What webhooks are asked, and what comes of their answers, on both API servers. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { arrayAt, type JsonValue, objectAt, stringAt } from '../../../../src/kubernetes/json.ts';
import { startApiServer } from '../../../../src/platform/apiserver/start.ts';
import { makeAuthority, makeKeys, makeServing } from '../../../../src/tls/x509.ts';
import { cluster } from '../../harness/cluster.ts';
import { type Hook, startHook } from './hook.ts';
import { Names, normal } from './normal.ts';
import { admission } from './scenarios/admission.ts';
import { differencesIn, type Server, tell } from './tell.ts';

const HOUR = 3_600_000;
const folder = mkdtempSync(path.join(tmpdir(), 'weir-differential-'));
const ends: (() => unknown)[] = [];
/** One for each server, so that it is known who asked. */
const hooks: Hook[] = [];
let ca = '';
let embedded: Server;

beforeAll(async () => {
  const making = { now: Date.now(), life: HOUR, randomBytes };
  const authority = makeAuthority(
    { organization: 'story', commonName: 'story' },
    { ...making, keys: await makeKeys(2048) },
  );
  const served = { names: ['localhost'], addresses: ['127.0.0.1'], title: 'localhost' };
  const serving = makeServing(served, authority, { ...making, keys: await makeKeys(2048) });
  ca = Buffer.from(authority.certificate).toString('base64');
  for (let index = 0; index < 2; index++) {
    const hook = await startHook(serving);
    hooks.push(hook);
    ends.push(() => hook.close());
  }
  const server = await startApiServer({ folder });
  embedded = { ...server, server: server.url };
  ends.push(() => server.close());
});

afterAll(async () => {
  for (const end of ends.reverse()) await end();
  rmSync(folder, { recursive: true, force: true });
});

describe('webhooks of the embedded API server beside those of kube-apiserver', () => {
  it.each(admission)('$name', async (scenario) => {
    const [ours, theirs] = await Promise.all(
      [embedded, cluster()].map((server, index) => {
        const hook = `https://127.0.0.1:${hooks[index]?.port}`;
        return tell(scenario, server, { hook, ca });
      }),
    );
    expect(differencesIn(scenario, ours ?? [], theirs ?? [])).toEqual([]);
  });

  it('asks the same in the same order', () => {
    const [ours = [], theirs = []] = hooks.map((hook) => {
      const names = new Names();
      return (
        hook
          .asked('/')
          // how often a story waited for its webhooks is another matter, and so is what controllers do
          .filter((request) => !['probe', 'kube-root-ca.crt'].includes(stringAt(request, 'name') ?? ''))
          .map((request) => normal(withoutAsker(request), names))
      );
    });
    expect(theirs.length).toBeGreaterThan(30);
    expect(ours).toEqual(theirs);
  });
});

/** Whoever holds the token is called as the one who started the server likes it. */
function withoutAsker(request: JsonValue): JsonValue {
  const { userInfo, ...rest } = objectAt(request) ?? {};
  return { ...rest, groups: arrayAt(userInfo, 'groups') };
}
