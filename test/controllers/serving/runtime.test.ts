import { describe, expect, it } from '@jest/globals';
import { type Instances, makeServingControllers, type Runtime } from '../../../controllers/serving/controllers.ts';
import { readyAtOnce } from '../../../controllers/serving/runtime.ts';
import { readSettings } from '../../../controllers/serving/settings.ts';
import { podAutoscalers, revisions, routes, services } from '../../../src/knative/resources.ts';
import { arrayAt, type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { aService } from '../../../tools/serving-reference/objects.ts';
import { startCluster } from '../kit/cluster.ts';
import { run } from '../kit/run.ts';

const { autoscaler } = readSettings([], 'localhost');

function aPodAutoscaler(annotations: JsonObject, reachability: string, initialized: string): JsonObject {
  const named = Object.entries(annotations).map(([name, value]) => [`autoscaling.knative.dev/${name}`, value]);
  return {
    metadata: { annotations: Object.fromEntries(named) },
    spec: { reachability },
    status: { conditions: [{ type: 'ScaleTargetInitialized', status: initialized }] },
  };
}

describe('where nothing runs code', () => {
  it.each([
    [{}, 'Reachable', 'Unknown', 1],
    [{}, 'Reachable', 'True', 1],
    [{}, 'Unreachable', 'True', 0],
    [{ 'min-scale': '3' }, 'Reachable', 'True', 3],
    [{ 'min-scale': '3' }, 'Unreachable', 'True', 0],
    [{ 'initial-scale': '5' }, 'Reachable', 'Unknown', 5],
    [{ 'initial-scale': '5' }, 'Reachable', 'True', 1],
    [{ 'initial-scale': '5', 'max-scale': '2' }, 'Reachable', 'Unknown', 2],
    [{ minScale: 'many' }, 'Reachable', 'True', 1],
  ])('a PodAutoscaler with %j, %s and initialized %s has %i', (annotations, reachability, initialized, count) => {
    const podAutoscaler = aPodAutoscaler(annotations, reachability, initialized);
    expect(readyAtOnce.instancesOf({}, podAutoscaler, autoscaler)).toEqual({ wanted: count, ready: count });
  });
});

describe('a runtime', () => {
  it('decides what is ready, and is heard when that changes', async () => {
    let instances: Instances = { wanted: 1, ready: 0 };
    let tell: Parameters<Runtime['onChange']>[0] = () => {};
    const listeners: (typeof tell)[] = [];
    tell = (kind, key) => {
      for (const listener of listeners) listener(kind, key);
    };
    let isReached = false;
    const runtime: Runtime = {
      instancesOf: () => instances,
      reachOf: () => ({ status: isReached ? 'True' : 'Unknown' }),
      onChange(listener) {
        listeners.push(listener);
        return () => {};
      },
    };

    const cluster = await startCluster();
    const running = await run(cluster, { controllers: makeServingControllers({ runtime }) });
    const place = { namespace: 'shop', name: 'cart' };
    const ready = async (resource: typeof services, name: string) => {
      const object = await cluster.client.get(resource, { namespace: 'shop', name });
      const found = arrayAt(object, 'status', 'conditions').find((each) => stringAt(each, 'type') === 'Ready');
      return `${stringAt(found, 'status')} ${stringAt(found, 'reason') ?? ''}`.trim();
    };
    try {
      await cluster.namespace('shop');
      await cluster.client.create(services, { ...aService('cart'), metadata: place });
      await running.settle();
      expect(await ready(revisions, 'cart-00001')).toBe('Unknown Deploying');
      expect(await ready(podAutoscalers, 'cart-00001')).toBe('Unknown Queued');

      const failure = { of: 'container', reason: 'ContainerMissing', message: 'weir.yaml maps no image' } as const;
      instances = { wanted: 1, ready: 0, failure };
      tell('Revision', 'shop/cart-00001');
      await running.settle();
      expect(await ready(revisions, 'cart-00001')).toBe('False ContainerMissing');
      expect(await ready(services, 'cart')).toBe('False RevisionMissing');

      instances = { wanted: 1, ready: 1 };
      tell('Revision', 'shop/cart-00001');
      await running.settle();
      expect(await ready(revisions, 'cart-00001')).toBe('True');
      expect(await ready(routes, 'cart')).toBe('Unknown IngressNotConfigured');

      isReached = true;
      tell('Route', 'shop/cart');
      await running.settle();
      expect(await ready(services, 'cart')).toBe('True');

      instances = { wanted: 0, ready: 0 };
      tell('Revision', 'shop/cart-00001');
      await running.settle();
      expect(await ready(podAutoscalers, 'cart-00001')).toBe('False NoTraffic');
      expect(await ready(services, 'cart')).toBe('True');
    } finally {
      await running.stop();
      await cluster.stop();
    }
  }, 120_000);
});
