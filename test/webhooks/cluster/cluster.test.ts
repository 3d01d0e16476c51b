import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import { isObject, type JsonObject, objectAt } from '../../../src/kubernetes/json.ts';
import {
  knativeService,
  namespace,
  networkPolicy,
  policyException,
  secret,
  trigger,
} from '../../../src/kubernetes/kinds.ts';
import { SILENT } from '../../../src/kubernetes/log.ts';
import { type Cluster, followCluster } from '../../../webhooks/cluster/cluster.ts';
import { FOLLOWED, resourceOf } from '../../../webhooks/cluster/kinds.ts';
import { FakeApiServer, refuse } from '../../kubernetes/client/fakeApiServer.ts';
import { eventually, FakeClock } from '../../kubernetes/client/fakeClock.ts';
import { aPolicy, clientTo } from '../../kubernetes/client/resources.ts';

let server: FakeApiServer;
let clock: FakeClock;
let cluster: Cluster | undefined;

/** As the API server serves them, by `group/Kind`; those in the second list are not installed. */
const resources = new Map<string, Resource>();
const UNINSTALLED = new Set(['keda.sh/ScaledObject', 'keda.sh/ScaledJob']);
for (const each of FOLLOWED) resources.set(each.kind.key, resourceOf(each, each.versions.at(-1) ?? ''));

function resource(key: string): Resource {
  const found = resources.get(key);
  if (found === undefined) throw new Error(`${key} is not followed`);
  return found;
}

beforeEach(async () => {
  const installed = [...resources].filter(([key]) => !UNINSTALLED.has(key)).map(([, each]) => each);
  server = await FakeApiServer.start(installed);
  clock = new FakeClock();
});

afterEach(async () => {
  cluster?.stop();
  cluster = undefined;
  expect(clock.waiting).toBe(0);
  await server.close();
});

function follow(): Cluster {
  cluster = followCluster({ client: clientTo(server.url, clock), clock, random: () => 0.5, log: SILENT });
  return cluster;
}

/** Until every watch is accepted: what is left are watchdogs, and the next looks for what is not installed. */
async function watching(): Promise<void> {
  const isQuiet = () => clock.waiting === resources.size && (clock.waits[0] ?? 0) > 30_000;
  await eventually(() => server.watchers === resources.size - UNINSTALLED.size && isQuiet(), 'the watches');
}

function aService(name: string, status: JsonObject): JsonObject {
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name, namespace: 'shop', managedFields: [{ manager: 'controller' }] },
    spec: { template: { spec: { containers: [{ image: 'registry.example.com/shop/cart:1.4.2' }] } } },
    status,
  };
}

describe('the cluster in sight', () => {
  it('has what rules look up, in whatever version the server has it', async () => {
    server.put(resource(networkPolicy.key), aPolicy('closed', 'shop'));
    server.put(resource(namespace.key), { metadata: { name: 'shop', labels: { 'weir.dev/environment': 'prod' } } });
    server.put(resource('messaging.knative.dev/KafkaChannel'), {
      apiVersion: 'messaging.knative.dev/v1beta1',
      kind: 'KafkaChannel',
      metadata: { name: 'orders', namespace: 'shop' },
    });
    const { inventory, synced, hasSynced } = follow();
    await synced;

    expect(hasSynced()).toBe(true);
    expect(inventory.find(networkPolicy, 'shop', 'closed')).toMatchObject({ kind: 'NetworkPolicy' });
    expect(inventory.inNamespace(networkPolicy, 'shop')).toHaveLength(1);
    expect(inventory.inNamespace(networkPolicy, '')).toHaveLength(1);
    expect(inventory.inNamespace(networkPolicy, 'elsewhere')).toEqual([]);
    expect(inventory.find(namespace, '', 'shop')).toMatchObject({ apiVersion: 'v1', kind: 'Namespace' });
    expect(
      inventory.find(
        { group: 'messaging.knative.dev', kind: 'KafkaChannel', key: 'messaging.knative.dev/KafkaChannel' },
        'shop',
        'orders',
      ),
    ).toBeDefined();
  });

  it('asks for nothing but the kinds that it follows, and never for a Secret or a ConfigMap', async () => {
    await follow().synced;
    await watching();
    const paths = new Set(server.requests.map(({ method, path }) => `${method} ${path}`));
    expect([...paths].filter((path) => /secrets|configmaps/.test(path))).toEqual([]);
    expect([...paths].every((path) => path.startsWith('GET /api'))).toBe(true);
  });

  it('leaves out what Knative makes of a Service', async () => {
    await follow().synced;
    const asked = (plural: string) =>
      server.requests.find(({ path }) => path.endsWith(`/${plural}`))?.query.get('labelSelector');
    expect(asked('deployments')).toBe('!serving.knative.dev/revision');
    expect(asked('configurations')).toBe('!serving.knative.dev/service');
  });

  it('gives the same list until something changes that rules read', async () => {
    server.put(resource(knativeService.key), aService('cart', { url: 'http://cart' }));
    const { inventory, synced } = follow();
    await synced;
    await watching();

    const before = inventory.all(knativeService);
    expect(inventory.all(knativeService)).toBe(before);
    server.put(resource(knativeService.key), aService('cart', { url: 'http://cart.shop.example.com' }));
    server.put(resource(networkPolicy.key), aPolicy('closed', 'shop'));
    await eventually(() => inventory.all(networkPolicy).length === 1, 'the policy');
    expect(inventory.all(knativeService)).toBe(before);

    server.put(resource(knativeService.key), aService('order', {}));
    await eventually(() => inventory.all(knativeService).length === 2, 'the second Service');
    expect(inventory.all(knativeService)).not.toBe(before);
    expect(before).toHaveLength(1);
    expect(inventory.all(trigger)).toBe(inventory.all(trigger));
    expect(inventory.all(secret)).toBe(inventory.all(secret));
  });

  it('is synced though a kind is not installed, and knows that there is none', async () => {
    const { inventory, synced, hasSynced } = follow();
    await synced;
    expect(hasSynced()).toBe(true);
    const scaledObject = FOLLOWED.find(({ kind }) => kind.key === 'keda.sh/ScaledObject')?.kind ?? secret;
    expect(inventory.knows(scaledObject)).toBe(true);
    expect(inventory.all(scaledObject)).toEqual([]);
  });

  it('looks again at once for a kind of which an object is reviewed, and knows nothing of absences until then', async () => {
    const installed = resource('keda.sh/ScaledObject');
    const { inventory, synced, sawKind } = follow();
    await synced;
    await watching();
    const [scaledObject, scaledJob] = FOLLOWED.filter(({ kind }) => UNINSTALLED.has(kind.key)).map(({ kind }) => kind);
    if (scaledObject === undefined || scaledJob === undefined) throw new Error('KEDA is followed');
    sawKind?.(trigger.key);
    expect([inventory.knows(scaledObject), inventory.isBehind?.(scaledObject)]).toEqual([true, false]);

    server.install(installed);
    server.put(installed, {
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'ScaledObject',
      metadata: { name: 'worker', namespace: 'shop' },
    });
    sawKind?.(scaledObject.key);
    for (const kind of [scaledObject, scaledJob]) {
      expect([inventory.knows(kind), inventory.isBehind?.(kind)]).toEqual([false, true]);
    }
    expect(inventory.knows(trigger)).toBe(true);
    await eventually(() => inventory.knows(scaledObject) && inventory.knows(scaledJob), 'the look');
    expect(inventory.find(scaledObject, 'shop', 'worker')).toBeDefined();
    expect(inventory.isBehind?.(scaledJob)).toBe(false);
  });

  it('is not made to ask without end by reviews of a kind that the server does not have', async () => {
    const { inventory, synced, sawKind } = follow();
    await synced;
    await watching();
    const lists = () => server.requests.filter(({ path }) => path.endsWith('/scaledobjects')).length;
    const scaledObject = FOLLOWED.find(({ kind }) => kind.key === 'keda.sh/ScaledObject')?.kind ?? secret;
    for (let look = 2; look < 4; look++) {
      sawKind?.(scaledObject.key);
      expect(inventory.knows(scaledObject)).toBe(false);
      await eventually(() => inventory.knows(scaledObject), 'the look');
      sawKind?.(scaledObject.key);
      expect([lists(), inventory.knows(scaledObject)]).toEqual([look, true]);
      await watching();
      clock.advance(5_000);
    }
  });

  it('does not know Secrets', async () => {
    const { inventory, synced } = follow();
    await synced;
    expect(inventory.knows(secret)).toBe(false);
    expect(inventory.all(secret)).toEqual([]);
  });

  it('is not synced, and does not know a kind, that it may not list', async () => {
    server.faults.push(({ path }, response) => {
      if (!path.endsWith('/networkpolicies')) return false;
      refuse(response, 403, 'Forbidden', 'networkpolicies is forbidden');
      return true;
    });
    const { inventory, hasSynced, unsynced } = follow();
    await eventually(() => unsynced().length === 1, 'the others');
    expect(unsynced()).toEqual([networkPolicy.key]);
    expect(hasSynced()).toBe(false);
    expect(inventory.knows(networkPolicy)).toBe(false);
    expect(inventory.knows(trigger)).toBe(true);
  });

  it('keeps exceptions with their status and version, for whoever writes it', async () => {
    const exceptions = resource(policyException.key);
    server.put(exceptions, {
      apiVersion: 'weir.dev/v1alpha1',
      kind: 'PolicyException',
      metadata: { name: 'black-friday', namespace: 'shop', generation: 2 },
      spec: { rules: ['autoscaling/max-scale'] },
      status: { conditions: [] },
    });
    const { synced, exceptions: store, inventory } = follow();
    await synced;
    const found = store.find('shop', 'black-friday');
    expect(found?.status).toEqual({ conditions: [] });
    expect(objectAt(found, 'metadata')).toMatchObject({ generation: 2, resourceVersion: '101' });
    expect(inventory.inNamespace(policyException, 'shop')).toEqual([found]);
  });

  it('tells how long ago it heard of each kind', async () => {
    const { synced, ages } = follow();
    await synced;
    await watching();
    expect([...ages().keys()].sort()).toEqual([...resources.keys()].sort());
    clock.advance(40_000);
    server.bookmark(resource(trigger.key));
    await eventually(() => ages().get(trigger.key) === 0, 'the bookmark');
    expect(ages().get(networkPolicy.key)).toBe(40);
  });

  it('keeps of metadata what rules read, and nothing of what servers write', async () => {
    server.put(resource(knativeService.key), {
      ...aService('cart', {}),
      metadata: {
        name: 'cart',
        namespace: 'shop',
        generation: 3,
        labels: { team: 'shop' },
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', note: 'yes' },
      },
    });
    const { inventory, synced } = follow();
    await synced;
    const found = inventory.find(knativeService, 'shop', 'cart');
    expect(found).toEqual({
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      metadata: { name: 'cart', namespace: 'shop', labels: { team: 'shop' }, annotations: { note: 'yes' } },
      spec: expect.anything(),
    });
    expect(isObject(found)).toBe(true);
  });
});
