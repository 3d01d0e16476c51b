/** What becomes of events while something is away: controllers on the embedded API server, and what really brings events. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { makeEventingControllers } from '../../../controllers/eventing/controllers.ts';
import { brokers, triggers } from '../../../controllers/eventing/resources.ts';
import { services } from '../../../src/knative/resources.ts';
import { type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { type StartedEventing, startEventing } from '../../../src/platform/eventing/start.ts';
import { type Subscriber, startSubscriber, temporaryFolder, until } from '../../platform/eventing/kit.ts';
import { type Cluster, startCluster } from '../kit/cluster.ts';
import { type Run, run } from '../kit/run.ts';
import { conditionsOf, eventing } from './harness.ts';

jest.setTimeout(120_000);

const NAMESPACE = 'shop';
const RETRY = { retry: 100, backoffPolicy: 'linear', backoffDelay: 'PT0.01S' };
/** Nothing listens there. */
const NOWHERE = 'http://127.0.0.1:9';

let cluster: Cluster;
let place: ReturnType<typeof temporaryFolder>;
let plane: StartedEventing;
let running: Run;
let subscriber: Subscriber;

beforeAll(async () => {
  cluster = await startCluster();
  await cluster.namespace(NAMESPACE);
});

afterAll(() => cluster.stop());

beforeEach(async () => {
  place = temporaryFolder();
  subscriber = await startSubscriber();
  await begin();
  await apply(
    eventing('Broker', 'default', NAMESPACE, { delivery: RETRY }),
    {
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      metadata: { name: 'cart', namespace: NAMESPACE },
      spec: SPEC,
    },
    eventing('Trigger', 'orders', NAMESPACE, { broker: 'default', subscriber: { ref: CART } }),
  );
});

afterEach(async () => {
  await end();
  await subscriber.close();
  place.remove();
  for (const [resource, name] of [
    [triggers, 'orders'],
    [brokers, 'default'],
    [services, 'cart'],
  ] as const) {
    await cluster.client.delete(resource, { namespace: NAMESPACE, name }).catch(() => undefined);
  }
});

const SPEC = { template: { spec: { containers: [{ image: 'shop/cart' }] } } };
const CART = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'cart' };

async function begin(): Promise<void> {
  plane = await startEventing({ folder: place.folder, port: 0 });
  running = await run(cluster, { controllers: makeEventingControllers(plane) });
  await running.settle();
}

async function end(): Promise<void> {
  await running.stop();
  await plane.close();
}

async function apply(...objects: readonly JsonObject[]): Promise<void> {
  await cluster.apply(...objects);
  await running.settle();
}

/** As Knative's own controllers tell where it is. */
async function cartIsAt(url: string | undefined): Promise<void> {
  const service = await cluster.client.get(services, { namespace: NAMESPACE, name: 'cart' });
  const status = url === undefined ? {} : { address: { url } };
  await cluster.client.update(services, { ...service, status }, { subresource: 'status' });
  await running.settle();
}

async function post(id: string): Promise<number> {
  const headers = { 'ce-specversion': '1.0', 'ce-id': id, 'ce-source': '/test', 'ce-type': 'test.made' };
  return (await fetch(`${plane.url}/${NAMESPACE}/default`, { method: 'POST', headers })).status;
}

const isThere = (id: string) => () => subscriber.got.some((each) => each.id === id);

async function whatTriggerSays(): Promise<string[]> {
  return conditionsOf(await cluster.client.get(triggers, { namespace: NAMESPACE, name: 'orders' }));
}

describe('an event', () => {
  it('waits for a subscriber that has gone, and is brought to where it comes back', async () => {
    await cartIsAt(NOWHERE);
    expect(await post('a-1')).toBe(202);
    await cartIsAt(undefined);
    expect(await whatTriggerSays()).toContainEqual(expect.stringMatching(/^SubscriberResolved: False/));
    expect(await post('a-2')).toBe(202);
    expect(subscriber.got).toEqual([]);
    await cartIsAt(subscriber.url);
    await until(isThere('a-1'), 'the first');
    await until(isThere('a-2'), 'the second');
  });

  it('of a Broker that is deleted meanwhile is brought all the same, and no new one is taken', async () => {
    await cartIsAt(NOWHERE);
    expect(await post('b-1')).toBe(202);
    await cluster.client.delete(brokers, { namespace: NAMESPACE, name: 'default' });
    await running.settle();
    expect(await post('b-2')).toBe(404);
    expect(await whatTriggerSays()).toContainEqual(expect.stringMatching(/^Ready: False BrokerDoesNotExist/));
    // the Trigger hears nothing of where its subscriber is while its Broker is away
    await cartIsAt(subscriber.url);
    await apply(eventing('Broker', 'default', NAMESPACE, { delivery: RETRY }));
    await until(isThere('b-1'), 'the event');
    expect(await post('b-3')).toBe(202);
    await until(isThere('b-3'), 'the next');
  });

  it('of before the last end is brought where the subscriber is now', async () => {
    await cartIsAt(NOWHERE);
    expect(await post('c-1')).toBe(202);
    await end();
    const service = await cluster.client.get(services, { namespace: NAMESPACE, name: 'cart' });
    await cluster.client.update(services, { ...service, status: {} }, { subresource: 'status' });
    await begin();
    expect(await whatTriggerSays()).toContainEqual(expect.stringMatching(/^SubscriberResolved: False/));
    await cartIsAt(subscriber.url);
    await until(isThere('c-1'), 'the event');
  });

  it('for a Trigger that is deleted goes with it, and comes to none that is made later', async () => {
    await cartIsAt(NOWHERE);
    expect(await post('d-1')).toBe(202);
    expect(plane.eventing.waiting).toBe(1);
    await cluster.client.delete(triggers, { namespace: NAMESPACE, name: 'orders' });
    await running.settle();
    expect(plane.eventing.waiting).toBe(0);
    await cartIsAt(subscriber.url);
    await apply(eventing('Trigger', 'orders', NAMESPACE, { broker: 'default', subscriber: { ref: CART } }));
    expect(await post('d-2')).toBe(202);
    await until(isThere('d-2'), 'the next');
    expect(isThere('d-1')()).toBe(false);
  });

  it('is dead, and says so, where nobody has known for long enough where to', async () => {
    await cartIsAt(NOWHERE);
    await end();
    const service = await cluster.client.get(services, { namespace: NAMESPACE, name: 'cart' });
    await cluster.client.update(services, { ...service, status: {} }, { subresource: 'status' });
    // once for the status to forget it, and once to begin with that
    await begin();
    await end();
    await begin();
    const uri = subscriber.url;
    const delivery = { deadLetterSink: { uri }, retry: 1, backoffDelay: 'PT0.01S' };
    await apply(eventing('Broker', 'default', NAMESPACE, { delivery }));
    expect(await post('e-1')).toBe(202);
    const kept = plane.eventing.log.rows.eventsById('e-1')[0];
    await until(() => plane.eventing.log.rows.dead(kept?.seq ?? 0).length === 1, 'it is dead');
    expect(plane.eventing.log.rows.attempts(kept?.seq ?? 0)[0]?.error).toBe('nobody knows where to');
    expect(
      stringAt(await cluster.client.get(triggers, { namespace: NAMESPACE, name: 'orders' }), 'status', 'subscriberUri'),
    ).toBe(undefined);
  });
});
