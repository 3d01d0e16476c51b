/** The client on a real API server of its own, which is killed and revived: pages, watches, resuming, 410 Gone, a CRD that comes later. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client, clientOver } from '../../src/kubernetes/client/client.ts';
import { type Connection, connect } from '../../src/kubernetes/client/connection.ts';
import { ApiError } from '../../src/kubernetes/client/errors.ts';
import { type ListWatch, type ListWatchOptions, listWatch } from '../../src/kubernetes/client/listWatch.ts';
import type { Resource } from '../../src/kubernetes/client/resource.ts';
import { type Clock, systemClock } from '../../src/kubernetes/clock.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { SILENT } from '../../src/kubernetes/log.ts';
import { nameOf } from '../../src/kubernetes/object.ts';
import { until } from '../../tools/controlplane/process/wait.ts';
import { type OwnControlPlane, startControlPlane } from '../../tools/controlplane/start.ts';
import { aPolicy, namespaces, networkPolicies } from '../kubernetes/client/resources.ts';

const NAMESPACE = 'followed';
const widgets: Resource = { group: 'weir.test', version: 'v1', plural: 'widgets', kind: 'Widget', isNamespaced: true };

let controlPlane: OwnControlPlane;
let connection: Connection;
let client: Client;
let lists = 0;
let watches = 0;
const followed: ListWatch[] = [];

/** What is looked for once a minute is looked for after a second. */
const quick: Clock = {
  now: () => systemClock.now(),
  after: (wait, callback) => systemClock.after(wait > 50_000 && wait < 70_000 ? 1_000 : wait, callback),
};

beforeAll(async () => {
  controlPlane = await startControlPlane();
  connection = await connect({ kubeconfig: controlPlane.kubeconfig, environment: {}, clock: quick });
  client = counting(clientOver(connection));
  await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
}, 180_000);

afterAll(async () => {
  for (const each of followed) each.stop();
  connection?.close();
  await controlPlane?.stop();
}, 60_000);

function counting(over: Client): Client {
  return {
    ...over,
    list: (...asked) => {
      lists++;
      return over.list(...asked);
    },
    watch: (...asked) => {
      watches++;
      return over.watch(...asked);
    },
  };
}

async function follow(options: Partial<ListWatchOptions> = {}): Promise<ListWatch> {
  lists = 0;
  watches = 0;
  const each = listWatch({
    client,
    resource: networkPolicies,
    namespace: NAMESPACE,
    clock: quick,
    random: Math.random,
    log: SILENT,
    ...options,
  });
  followed.push(each);
  await each.synced;
  return each;
}

/** As a server that knows none. */
function withoutStreams(over: Client): Client {
  return {
    ...over,
    watch: (resource, options) =>
      options.sendsInitialEvents === true
        ? Promise.reject(new ApiError(422, 'Invalid', 'sendInitialEvents is forbidden'))
        : over.watch(resource, options),
  };
}

function sorted({ store }: ListWatch): readonly JsonObject[] {
  return store.all().toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
}

const policy = (name: string, spec?: JsonObject) => aPolicy(name, NAMESPACE, spec);

describe('the cache on a real API server', () => {
  it('lists as a stream or in pages, each object with its kind, and follows what happens then', async () => {
    for (let index = 0; index < 25; index++) await client.create(networkPolicies, policy(`p${index}`));
    const paged = await follow({ pageSize: 10, client: withoutStreams(client) });
    expect(lists).toBe(3);
    const each = await follow({ pageSize: 10 });
    expect(lists).toBe(1);
    expect(each.store.size).toBe(25);
    expect(sorted(paged)).toEqual(sorted(each));
    paged.stop();
    expect(each.store.find(NAMESPACE, 'p7')).toMatchObject({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
    });

    const made = await client.create(networkPolicies, policy('late'));
    await until('the new one is there', { seconds: 10 }, () => each.store.find(NAMESPACE, 'late') !== undefined);
    const spec = { podSelector: { matchLabels: { app: 'cart' } } };
    await client.update(networkPolicies, { ...made, spec });
    await until('the change is there', { seconds: 10 }, () =>
      JSON.stringify(each.store.find(NAMESPACE, 'late')).includes('cart'),
    );
    for (let index = 0; index < 25; index++)
      await client.delete(networkPolicies, { namespace: NAMESPACE, name: `p${index}` });
    await until('the others are gone', { seconds: 10 }, () => each.store.size === 1);
    expect([lists, watches]).toEqual([1, 2]);
    each.stop();
  });

  it('selects by a field and by a label', async () => {
    await client.create(networkPolicies, policy('named'));
    const each = await follow({ fieldSelector: 'metadata.name=named', labelSelector: '!absent' });
    expect(each.store.all()).toHaveLength(1);
    each.stop();
  });

  it('goes on after the API server was killed, and knows what happened meanwhile', async () => {
    const each = await follow();
    const heard = each.lastHeard();
    await controlPlane.killApiServer();
    await controlPlane.reviveApiServer();
    await client.create(networkPolicies, policy('after-the-crash'));
    await until('it follows again', { seconds: 40 }, () => each.store.find(NAMESPACE, 'after-the-crash') !== undefined);
    expect(each.lastHeard()?.getTime()).toBeGreaterThan(heard?.getTime() ?? 0);
    each.stop();
  }, 120_000);

  it('lists anew where the server forgot the version at which the watch ended', async () => {
    const { resourceVersion } = await client.list(networkPolicies, { namespace: NAMESPACE });
    const each = await follow({ fieldSelector: 'metadata.name=forgotten' });
    // the watch hears of none of these, and an API server that starts knows nothing from before
    for (let index = 0; index < 30; index++) await client.create(networkPolicies, policy(`other-${index}`));
    const error = await goneAfterRestart(resourceVersion);
    expect(error).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } });

    await client.create(networkPolicies, policy('forgotten'));
    await until('it follows again', { seconds: 40 }, () => each.store.size === 1);
    expect(lists).toBeGreaterThan(1);
    each.stop();
  }, 120_000);

  it('finds a kind whose CustomResourceDefinition comes later, and forgets it when that goes', async () => {
    const each = await follow({ resource: widgets });
    expect([each.isServed(), each.hasSynced()]).toEqual([false, true]);
    await client.create(definitions, widgetDefinition);
    await until('it is served', { seconds: 30 }, () => each.isServed());
    await client.create(widgets, {
      apiVersion: 'weir.test/v1',
      kind: 'Widget',
      metadata: { name: 'one', namespace: NAMESPACE },
    });
    await until('the object is there', { seconds: 20 }, () => each.store.size === 1);
    await client.delete(definitions, { name: 'widgets.weir.test' });
    await until('it is gone', { seconds: 40 }, () => !each.isServed() && each.store.size === 0);
    each.stop();
  }, 120_000);
});

/** What a watch from the version says once the API server was started anew. */
async function goneAfterRestart(resourceVersion: string): Promise<unknown> {
  await controlPlane.killApiServer();
  await controlPlane.reviveApiServer();
  const ending = new AbortController();
  const events = await client.watch(networkPolicies, {
    resourceVersion,
    namespace: NAMESPACE,
    timeoutSeconds: 5,
    signal: ending.signal,
  });
  for await (const event of events) {
    ending.abort();
    return event;
  }
  return undefined;
}

const definitions: Resource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  isNamespaced: false,
};

const widgetDefinition: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.weir.test' },
  spec: {
    group: 'weir.test',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
    scope: 'Namespaced',
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
};
