/** examples/ci-cd on `weir up`: a push becomes a running Service, or an event that says at which step it stopped, and why. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { parse } from 'yaml';
import { gitHubSources } from '../../controllers/sources/github/controller.ts';
import { commit, tell } from '../../examples/ci-cd/push.ts';
import { services } from '../../src/knative/resources.ts';
import { type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import { type Answer, askAt, flat, type Platform, startPlatform, typesIn } from './platform.ts';

jest.setTimeout(300_000);

const SECRET = 'a secret of both';

let folder: string;
let app: string;
let repository: string;
let platform: Platform;
let clock = 1_700_000_000;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'weir-ci-'));
  repository = path.join(folder, 'hello.git');
  app = path.join(folder, 'app');
  cpSync('examples/ci-cd/app', app, { recursive: true });
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', repository]);

  platform = await startPlatform('ci-cd');
  const kubeconfig = parse(readFileSync(platform.kubeconfig, 'utf8'));
  const data = { REPOSITORY: repository, API_SERVER: kubeconfig.clusters[0].cluster.server };
  await platform.apply(
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'ci' }, data },
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'github' }, stringData: { secretToken: SECRET } },
    'deployer.yaml',
    'ci-cd.yaml',
  );
}, 300_000);

afterAll(async () => {
  await platform?.end();
  rmSync(folder, { recursive: true, force: true });
}, 300_000);

interface Pushed {
  readonly commit: string;
  readonly pushedAt: number;
}

/** What a developer changes in a file, and GitHub tells of. */
async function push(file: string, from: string, to: string): Promise<Pushed> {
  const at = path.join(app, file);
  const text = readFileSync(at, 'utf8');
  expect(text).toContain(from);
  writeFileSync(at, text.replace(from, to));
  const pushed = { commit: commit(repository, app), pushedAt: ++clock };
  expect(await hook(pushed)).toBe(202);
  return pushed;
}

async function hook(pushed: Pushed, secret = SECRET, ref = 'refs/heads/main'): Promise<number> {
  const source = await platform.client.get(gitHubSources, { namespace: 'default', name: 'pushes' });
  return tell({ webhook: stringAt(source, 'status', 'address', 'url') ?? '', secret, ref, ...pushed });
}

async function untilType(pushed: Pushed, type: string): Promise<string[]> {
  const id = `push-${pushed.commit}`;
  await platform.until(async () => typesIn(await platform.trace(id)).includes(type), `${type} of ${id}`);
  return typesIn(await platform.trace(id));
}

async function reasonOf({ commit: id }: Pushed, type: string): Promise<string> {
  const events = flat(await platform.trace(`push-${id}`));
  return JSON.stringify(events.find(({ event }) => event.type === type));
}

async function deployed(): Promise<JsonObject> {
  return platform.client.get(services, { namespace: 'shop-dev', name: 'hello' });
}

async function ask(): Promise<Answer> {
  return askAt(new URL(stringAt(await deployed(), 'status', 'url') ?? ''));
}

describe('CI/CD', () => {
  it('builds, tests and deploys what is pushed', async () => {
    const pushed = await push('service.yaml', 'value: Hello', 'value: Good morning');
    expect(await untilType(pushed, 'deploy.completed.v1')).toEqual([
      'dev.knative.source.github.push',
      'build.completed.v1',
      'test.passed.v1',
      'deploy.completed.v1',
    ]);
    // named after the commit, so that whoever gets one twice can tell
    const ids = flat(await platform.trace(`push-${pushed.commit}`)).map(({ event }) => event.id);
    const steps = ['build.completed.v1', 'test.passed.v1', 'deploy.completed.v1'];
    expect(ids).toEqual([`push-${pushed.commit}`, ...steps.map((type) => `${type}/${pushed.commit}`)]);
    expect(await ask()).toEqual({ status: 200, body: 'Good morning from the shop!\n' });
    const image = stringAt(await deployed(), 'spec', 'template', 'spec', 'containers', 0, 'image');
    expect(image).toBe(`registry.example.com/shop/hello:${pushed.commit.slice(0, 12)}`);
  });

  it('deploys nothing whose tests fail', async () => {
    const pushed = await push('greeting.js', 'from the shop', 'to the shop');
    expect(await untilType(pushed, 'test.failed.v1')).not.toContain('test.passed.v1');
    expect(await reasonOf(pushed, 'test.failed.v1')).toContain('Hi to the shop!');
    expect((await ask()).body).toBe('Good morning from the shop!\n');
    await untilType(await push('greeting.js', 'to the shop', 'from the shop'), 'deploy.completed.v1');
  });

  it('deploys nothing that the policy denies, and says why', async () => {
    const pushed = await push('service.yaml', 'max-scale: "2"', 'max-scale: "500"');
    await untilType(pushed, 'deploy.failed.v1');
    expect(await reasonOf(pushed, 'deploy.failed.v1')).toContain('max-scale is 500, and dev allows at most 5');
    expect((await ask()).body).toBe('Good morning from the shop!\n');
  });

  it('does not go back to an old push that comes once more', async () => {
    const old = await push('service.yaml', 'max-scale: "500"', 'max-scale: "2"');
    await untilType(old, 'deploy.completed.v1');
    const fresh = await push('service.yaml', 'Good morning', 'Good evening');
    await untilType(fresh, 'deploy.completed.v1');
    expect(await hook(old)).toBe(202);
    await untilType(old, 'deploy.skipped.v1');
    expect((await ask()).body).toBe('Good evening from the shop!\n');
    // the same push twice is the same deployment
    const revision = stringAt(await deployed(), 'status', 'latestCreatedRevisionName');
    expect(await hook(fresh)).toBe(202);
    const times = async () => typesIn(await platform.trace(`push-${fresh.commit}`));
    const isThere = async () => (await times()).filter((type) => type === 'deploy.completed.v1').length === 2;
    await platform.until(isThere, 'it was deployed again');
    expect(stringAt(await deployed(), 'status', 'latestCreatedRevisionName')).toBe(revision);
  });

  it('takes nothing from who does not know the secret', async () => {
    const pushed = { commit: '1'.repeat(40), pushedAt: ++clock };
    expect(await hook(pushed, 'another one')).toBe(400);
    expect((await platform.trace(`push-${pushed.commit}`)).events).toEqual([]);
  });

  it('builds nothing of another branch', async () => {
    const pushed = { commit: '2'.repeat(40), pushedAt: ++clock };
    expect(await hook(pushed, SECRET, 'refs/heads/experiment')).toBe(202);
    const { events } = await platform.trace(`push-${pushed.commit}`);
    expect(events.map(({ lanes, unmatched }) => [lanes, unmatched])).toEqual([
      [[], ['build', 'deploy', 'test'].map((name) => `trigger:default/${name}`)],
    ]);
  });
});
