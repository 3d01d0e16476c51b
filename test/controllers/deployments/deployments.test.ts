import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { decide, podFor, standingOf } from '../../../controllers/deployments/decide.ts';
import { deployments, pods } from '../../../src/kubernetes/client/resources.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { nameOf } from '../../../src/kubernetes/object.ts';
import { imagesFrom, isReady, NAMESPACE, type RealNode, startRealNode } from '../pods/real.ts';

jest.setTimeout(180_000);

let real: RealNode;

beforeAll(async () => {
  real = await startRealNode(imagesFrom({ up: 'setInterval(() => {}, 1e6)' }));
});

afterAll(() => real.stop());

function aDeployment(spec: JsonObject, version = '1'): JsonObject {
  const containers = [{ name: 'x', image: 'prog/up', env: [{ name: 'VERSION', value: version }] }];
  const template = { metadata: { labels: { app: 'web' } }, spec: { terminationGracePeriodSeconds: 1, containers } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: NAMESPACE, uid: 'u-1' },
    spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template, ...spec },
  };
}

function aPod(of: JsonObject, name: string, ready: boolean, more: JsonObject = {}): JsonObject {
  const pod = podFor(of, () => 0);
  const status = { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] };
  return { ...pod, metadata: { ...(pod.metadata as JsonObject), name, ...more }, status };
}

describe('a Deployment', () => {
  const now = aDeployment({});
  const before = aDeployment({}, '0');
  it.each<[title: string, deployment: JsonObject, pods: JsonObject[], create: number, remove: string[]]>([
    ['makes what is missing', now, [aPod(now, 'a', true)], 1, []],
    ['has enough', now, [aPod(now, 'a', true), aPod(now, 'b', false)], 0, []],
    [
      'removes the ones that are not ready first',
      now,
      [aPod(now, 'a', false), aPod(now, 'b', true), aPod(now, 'c', true)],
      0,
      ['a'],
    ],
    ['makes all of the new before it removes the old', now, [aPod(before, 'a', true), aPod(before, 'b', true)], 2, []],
    [
      'keeps the old until the new are ready',
      now,
      [aPod(before, 'a', true), aPod(now, 'b', true), aPod(now, 'c', false)],
      0,
      [],
    ],
    ['removes the old then', now, [aPod(before, 'a', true), aPod(now, 'b', true), aPod(now, 'c', true)], 0, ['a']],
    ['recreates: removes first', aDeployment({ strategy: { type: 'Recreate' } }), [aPod(before, 'a', true)], 0, ['a']],
    [
      'recreates: waits until they are gone',
      aDeployment({ strategy: { type: 'Recreate' } }),
      [aPod(before, 'a', true, { deletionTimestamp: 'x' })],
      0,
      [],
    ],
    [
      'that is paused keeps its template',
      aDeployment({ paused: true, replicas: 1 }),
      [aPod(before, 'a', true), aPod(before, 'b', false)],
      0,
      ['b'],
    ],
    [
      'replaces what ended',
      now,
      [{ ...aPod(now, 'a', false), status: { phase: 'Failed' } }, aPod(now, 'b', true)],
      1,
      ['a'],
    ],
  ])('%s', (_, deployment, there, create, remove) => {
    const decision = decide(deployment, standingOf(deployment, there));
    expect([decision.create, decision.remove.map(nameOf)]).toEqual([create, remove]);
  });

  it('runs, follows a new template, and scales to nothing', async () => {
    const { metadata, ...rest } = aDeployment({});
    const place = { namespace: NAMESPACE, name: 'web' };
    await real.client.create(deployments, { ...rest, metadata: place });
    const running = async (version: string, count: number): Promise<string[]> => {
      const end = Date.now() + 60_000;
      for (;;) {
        const { items } = await real.client.list(pods, { namespace: NAMESPACE });
        const deployment = await real.client.get(deployments, place);
        const isSo =
          items.length === count &&
          items.every((pod) => isReady(pod) && JSON.stringify(pod.spec).includes(`"VERSION","value":"${version}"`));
        const status = deployment.status as JsonObject;
        const generation = (deployment.metadata as JsonObject).generation;
        if (isSo && (status.readyReplicas ?? 0) === count && status.observedGeneration === generation)
          return items.map(nameOf);
        if (Date.now() > end) throw new Error(`${items.length} Pods, ${JSON.stringify(status)}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    const first = await running('1', 2);
    const template = (aDeployment({}, '2').spec as JsonObject).template ?? null;
    await real.client.patch(deployments, place, { type: 'merge', body: { spec: { template } } });
    const second = await running('2', 2);
    expect(second.some((name) => first.includes(name))).toBe(false);
    await real.client.patch(deployments, place, { type: 'merge', body: { spec: { replicas: 0 } } });
    await running('2', 0);
    void metadata;
  });
});
