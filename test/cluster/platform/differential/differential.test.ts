/** The same requests to kube-apiserver and to the embedded one: what they answer differs only where docs/platform.md says so. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApiServer } from '../../../../src/platform/apiserver/start.ts';
import { cluster } from '../../harness/cluster.ts';
import { admission } from './scenarios/admission.ts';
import { SCENARIOS } from './scenarios/index.ts';
import { differencesIn, type Server, tell } from './tell.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'weir-differential-'));
let embedded: Server & { close(): Promise<void> };
const documented = readFileSync('docs/platform.md', 'utf8').replaceAll(/\s+/g, ' ');

beforeAll(async () => {
  const server = await startApiServer({ folder });
  embedded = { ...server, server: server.url };
});

afterAll(async () => {
  await embedded.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the embedded API server beside kube-apiserver', () => {
  it.each(SCENARIOS)('$name', async (scenario) => {
    const [ours, theirs] = await Promise.all([tell(scenario, embedded), tell(scenario, cluster())]);
    expect(differencesIn(scenario, ours, theirs)).toEqual([]);
  });

  it('tells every difference in docs/platform.md', () => {
    const reasons = new Set(
      [...SCENARIOS, ...admission].flatMap(({ steps }) => steps.flatMap(({ differs }) => differs ?? [])),
    );
    expect([...reasons].filter((reason) => !documented.includes(reason))).toEqual([]);
  });

  it('compares some hundreds of requests', () => {
    expect(SCENARIOS.reduce((count, { steps }) => count + steps.length, 0)).toBeGreaterThan(300);
  });
});
