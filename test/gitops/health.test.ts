/** The Lua of argocd/settings, run by Argo CD's own program with its own Lua. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { run } from '../../tools/controlplane/process/run.ts';
import { place, type World, world } from './harness/shared.ts';

const SECONDS = 60;
const EVENTING = 'eventing.knative.dev/v1';

let folder: string;
let shared: World;
let settings: string;

beforeAll(async () => {
  shared = await world();
  folder = mkdtempSync(path.join(tmpdir(), 'weir-health-'));
  const { code, stdout, stderr } = await shared.controlPlane.kubectl(['kustomize', 'argocd/settings']);
  if (code !== 0) throw new Error(stderr);
  settings = path.join(folder, 'argocd-cm.yaml');
  const documents = stdout.split(/^---$/m).filter((document) => document.includes('name: argocd-cm\n'));
  writeFileSync(settings, documents[0] ?? '');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `Healthy: its message`, as the Application's page shows it. */
async function healthOf(object: JsonObject): Promise<string> {
  const file = path.join(folder, 'object.yaml');
  writeFileSync(file, JSON.stringify(object));
  const { argocd, environment } = place();
  const args = ['admin', 'settings', 'resource-overrides', 'health', file, '--argocd-cm-path', settings];
  const env = { ...environment, ARGOCD_BINARY_NAME: 'argocd' };
  const { code, stdout, stderr } = await run(argocd, args, { env, seconds: SECONDS });
  if (code !== 0) throw new Error(stderr);
  const value = (key: string) => new RegExp(`^${key}: *(.*)$`, 'm').exec(stdout)?.[1] ?? stdout;
  return `${value('STATUS')}: ${value('MESSAGE')}`;
}

function ready(status: string, more: JsonObject = {}): JsonObject {
  return {
    conditions: [
      { type: 'Other', status: 'False' },
      { type: 'Ready', status, ...more },
    ],
  };
}

const NEVER = 'Progressing: nobody has looked at it yet';

const metadata = { name: 'cart', namespace: 'shop-prod', generation: 2 };
const EARLIER = 'Progressing: the status is of an earlier generation';

describe('serving.knative.dev/v1 Service', () => {
  it.each<[string, JsonObject, string]>([
    ['nobody has looked at', {}, NEVER],
    ['has no conditions', { status: {} }, NEVER],
    ['has no Ready', { status: { conditions: [] } }, 'Progressing: there is no condition Ready yet'],
    ['is on its way', { status: ready('Unknown', { message: 'waits for pods' }) }, 'Progressing: waits for pods'],
    ['is ready', { status: ready('True') }, 'Healthy: '],
    ['has failed', { status: ready('False', { message: 'no image' }) }, 'Degraded: no image'],
    ['has failed without a word', { status: ready('False', { reason: 'Broken' }) }, 'Degraded: Broken'],
    ['was ready as it was before', { status: { ...ready('True'), observedGeneration: 1 } }, EARLIER],
    ['had failed as it was before', { status: { ...ready('False'), observedGeneration: 1 } }, EARLIER],
    ['is ready as it is now', { status: { ...ready('True'), observedGeneration: 2 } }, 'Healthy: '],
  ])('that %s', async (_, more, expected) => {
    expect(await healthOf({ apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata, ...more })).toBe(expected);
  });
});

it.each([
  [EVENTING, 'Broker'],
  [EVENTING, 'Trigger'],
  ['sources.knative.dev/v1', 'PingSource'],
  ['operator.knative.dev/v1beta1', 'KnativeServing'],
  ['operator.knative.dev/v1beta1', 'KnativeEventing'],
])('%s %s is judged by the same', async (apiVersion, kind) => {
  const status = { ...ready('True'), observedGeneration: 1 };
  expect(await healthOf({ apiVersion, kind, metadata, status })).toBe(EARLIER);
});

describe('weir.dev/v1alpha1 ScalingSchedule', () => {
  it.each<[string, JsonObject, string]>([
    ['nobody has looked at', { spec: {} }, NEVER],
    [
      'is suspended',
      { spec: { suspend: true }, status: ready('True') },
      'Suspended: suspended: min-scale is what its author wrote',
    ],
    [
      'holds',
      { spec: {}, status: { ...ready('True', { message: 'holds 3' }), observedGeneration: 2 } },
      'Healthy: holds 3',
    ],
    ['held what it asked for before', { spec: {}, status: { ...ready('True'), observedGeneration: 1 } }, EARLIER],
    [
      'waits for a Revision',
      { spec: {}, status: ready('False', { reason: 'Waiting', message: 'w' }) },
      'Progressing: w',
    ],
    [
      'has nothing to hold',
      { spec: {}, status: ready('False', { reason: 'NothingToHold', message: 'n' }) },
      'Progressing: n',
    ],
    [
      'names what is not there',
      { spec: {}, status: ready('False', { reason: 'NoTarget', message: 'no cart' }) },
      'Degraded: no cart',
    ],
    [
      'is refused',
      { spec: {}, status: ready('False', { reason: 'Refused', message: 'too many' }) },
      'Degraded: too many',
    ],
  ])('that %s', async (_, more, expected) => {
    expect(await healthOf({ apiVersion: 'weir.dev/v1alpha1', kind: 'ScalingSchedule', metadata, ...more })).toBe(
      expected,
    );
  });
});

describe('weir.dev/v1alpha1 TrafficRollout', () => {
  const suspended = { type: 'Suspended', status: 'True', message: 'a person says promote' };
  const going = { type: 'Suspended', status: 'False', message: 'nobody has to do anything' };
  const conditions = (status: string, message: string, more: JsonObject) => ({
    status: { conditions: [more, { type: 'Ready', status, message }], observedGeneration: 2 },
  });

  it.each<[string, JsonObject, string]>([
    ['nobody has looked at', {}, NEVER],
    ['was stable as it was before', { status: { ...ready('True'), observedGeneration: 1 } }, EARLIER],
    ['takes its steps', conditions('Unknown', 'cart-00002 has 10 %', going), 'Progressing: cart-00002 has 10 %'],
    ['waits for somebody', conditions('Unknown', 'cart-00002 has 10 %', suspended), 'Suspended: a person says promote'],
    ['is stable', conditions('True', 'cart-00002 has all', going), 'Healthy: cart-00002 has all'],
    ['has failed', conditions('False', 'cart-00001 has all', going), 'Degraded: cart-00001 has all'],
    ['cannot be read', conditions('False', 'no steps', suspended), 'Degraded: no steps'],
    ['has no Suspended yet', { status: ready('Unknown', { message: 'm' }) }, 'Progressing: m'],
  ])('that %s', async (_, more, expected) => {
    expect(await healthOf({ apiVersion: 'weir.dev/v1alpha1', kind: 'TrafficRollout', metadata, ...more })).toBe(
      expected,
    );
  });
});

it('the reasons that the Lua tells apart are those of the controller', () => {
  const source = readFileSync('controllers/schedule/conditions.ts', 'utf8');
  const lua = readFileSync('argocd/settings/health/scalingschedule.lua', 'utf8');
  const early = [...lua.matchAll(/condition\.reason == "(\w+)"/g)].map(([, reason]) => reason);
  expect(early.length).toBeGreaterThan(0);
  for (const reason of early) expect(source).toContain(`'${reason}'`);
});
