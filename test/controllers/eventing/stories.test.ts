/** Brokers, Triggers, Channels and Subscriptions on the embedded API server: objects in, conditions and lanes out. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { makeEventingControllers } from '../../../controllers/eventing/controllers.ts';
import {
  brokers,
  channels,
  inMemoryChannels,
  subscriptions,
  triggers,
} from '../../../controllers/eventing/resources.ts';
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import { configMaps, coreServices } from '../../../src/kubernetes/client/resources.ts';
import { type JsonObject, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { type EmbeddedCluster, startCluster } from '../kit/cluster.ts';
import { type Run, run } from '../kit/run.ts';
import { aService, conditionsOf, eventing, HandPlane, hostOf, refTo, toService, URL } from './harness.ts';

jest.setTimeout(120_000);

const NO_POLICIES_YET = 'OIDCDisabled: Feature "authentication-oidc" must be enabled to support Authorization';
const NO_SINK = 'DeadLetterSinkNotConfigured: No dead letter sink is configured.';
const NO_OIDC = 'authentication-oidc feature disabled';

let cluster: EmbeddedCluster;
let running: Run;
let plane: HandPlane;
let namespace = '';
let count = 0;

beforeAll(async () => {
  cluster = await startCluster();
});

afterAll(async () => {
  await running?.stop();
  await cluster.stop();
});

beforeEach(async () => {
  await running?.stop();
  namespace = `shop-${count++}`;
  await cluster.namespace(namespace);
  await begin();
});

async function begin(before: readonly string[] = []): Promise<void> {
  plane = new HandPlane();
  for (const key of before) plane.before.add(key);
  running = await run(cluster, { controllers: makeEventingControllers(plane) });
  await running.settle();
}

async function apply(...objects: readonly JsonObject[]): Promise<void> {
  await cluster.apply(...objects);
  await running.settle();
}

/** With a feature of Knative's on. */
async function withFeature(feature: string, act: () => Promise<void>): Promise<void> {
  const place = { namespace: 'knative-eventing', name: 'config-features' };
  await cluster.namespace(place.namespace);
  const data = { [feature]: 'enabled' };
  await cluster.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: place, data });
  try {
    await act();
  } finally {
    await cluster.client.delete(configMaps, place);
  }
}

/** As it was before `weir up` refused what Knative refuses. */
async function letIn(...objects: readonly JsonObject[]): Promise<void> {
  await cluster.letIn(() => cluster.apply(...objects));
  await running.settle();
}

function get(resource: Resource, name: string): Promise<JsonObject> {
  return cluster.client.get(resource, { namespace, name });
}

const aBroker = (spec: JsonObject = {}) => eventing('Broker', 'default', namespace, spec);
const aTrigger = (spec: JsonObject = {}, annotations: JsonObject = {}) =>
  eventing('Trigger', 'orders', namespace, { broker: 'default', subscriber: toService('cart'), ...spec }, annotations);
const triggerKey = () => `trigger:${namespace}/orders`;

describe('before anything is there', () => {
  it('it is known that there is nothing: events for it are refused, and not asked for again', () => {
    expect(plane.lanes).toEqual(new Map());
    expect([...plane.topics.keys()].sort()).toEqual(['broker', 'channel']);
  });
});

describe('a Broker', () => {
  it('reads as in a cluster', async () => {
    await apply(aBroker());
    const broker = await get(brokers, 'default');
    expect(conditionsOf(broker)).toEqual([
      'Addressable: True',
      `DeadLetterSinkResolved: True ${NO_SINK}`,
      `EventPoliciesReady: True ${NO_POLICIES_YET}`,
      'FilterReady: True',
      'IngressReady: True',
      'Ready: True',
      'TriggerChannelReady: True',
    ]);
    expect(broker.status).toMatchObject({
      observedGeneration: 1,
      address: { name: 'http', url: `${URL}/${namespace}/default` },
      addresses: [{ name: 'http', url: `${URL}/${namespace}/default` }],
    });
    expect(plane.topics.get('broker')).toContain(`${namespace}/default`);
  });

  it('of another class works, and says that its config is not looked at', async () => {
    const config = { apiVersion: 'v1', kind: 'ConfigMap', name: 'kafka-broker-config', namespace: 'knative-eventing' };
    const object = aBroker({ config });
    await apply({
      ...object,
      metadata: { ...objectAt(object, 'metadata'), annotations: { 'eventing.knative.dev/broker.class': 'Kafka' } },
    });
    const conditions = conditionsOf(await get(brokers, 'default'));
    expect(conditions).toContain('Ready: True');
    expect(conditions).toContainEqual(
      expect.stringContaining(
        'TriggerChannelReady: True ConfigIgnored: spec.config names the ConfigMap kafka-broker-config',
      ),
    );
  });

  it('whose dead letters lead nowhere is not ready, until they do', async () => {
    await apply(aBroker({ delivery: { deadLetterSink: toService('letters') } }));
    const why = `failed to get object ${namespace}/letters: services "letters" not found`;
    expect(conditionsOf(await get(brokers, 'default'))).toContain(
      `Ready: False Unable to get the dead letter sink's URI: ${why}`,
    );
    await aService(cluster, namespace, 'letters');
    await running.settle();
    const broker = await get(brokers, 'default');
    expect(conditionsOf(broker)).toContain('Ready: True');
    expect(stringAt(broker, 'status', 'deadLetterSinkUri')).toBe(hostOf('letters', namespace));
  });

  it('that leads to the sink which Weir keeps in a cluster is ready: here the platform keeps dead letters', async () => {
    const ref = { apiVersion: 'v1', kind: 'Service', name: 'dead-letters-prod', namespace: 'weir-system' };
    await apply(aBroker({ delivery: { deadLetterSink: { ref } } }), aTrigger());
    await aService(cluster, namespace, 'cart');
    await running.settle();
    const kept = `DeadLetterSinkResolved: True KeptByPlatform: This platform keeps dead letters by itself: weir events dead-letters shows them.`;
    for (const object of [await get(brokers, 'default'), await get(triggers, 'orders')]) {
      expect(conditionsOf(object)).toEqual(expect.arrayContaining(['Ready: True', kept]));
      expect(stringAt(object, 'status', 'deadLetterSinkUri')).toBeUndefined();
    }
    expect(plane.lanes?.get(triggerKey())?.spec.deadLetter).toBeUndefined();

    // one that somebody wrote himself, of the same name elsewhere, is looked for as any other
    await apply(aBroker({ delivery: { deadLetterSink: { ref: { ...ref, namespace } } } }));
    expect(conditionsOf(await get(brokers, 'default'))).toContainEqual(expect.stringMatching(/^Ready: False/));
  });

  it("whose Trigger says the platform by itself does not take its Broker's sink", async () => {
    const ref = { apiVersion: 'v1', kind: 'Service', name: 'dead-letters-prod', namespace: 'weir-system' };
    await aService(cluster, namespace, 'cart');
    await aService(cluster, namespace, 'letters');
    await apply(aBroker({ delivery: { deadLetterSink: toService('letters') } }));
    await apply(aTrigger({ delivery: { deadLetterSink: { ref } } }));
    expect(conditionsOf(await get(triggers, 'orders'))).toContain('Ready: True');
    expect(plane.lanes?.get(triggerKey())?.spec.deadLetter).toBeUndefined();
  });

  it('is no topic any more when it is gone', async () => {
    await apply(aBroker());
    await cluster.client.delete(brokers, { namespace, name: 'default' });
    await running.settle();
    expect(plane.topics.get('broker')).not.toContain(`${namespace}/default`);
  });
});

describe('a Trigger', () => {
  it('gets events once all that it names is there, and says until then what is missing', async () => {
    await apply(aTrigger());
    expect(conditionsOf(await get(triggers, 'orders'))).toContain(
      'Ready: False BrokerDoesNotExist: Broker "default" does not exist',
    );
    await apply(aBroker());
    expect(conditionsOf(await get(triggers, 'orders'))).toContain(
      `SubscriberResolved: False Unable to get the Subscriber's URI: failed to get object ${namespace}/cart: services "cart" not found`,
    );
    expect(plane.leads(triggerKey())).toBeUndefined();

    await aService(cluster, namespace, 'cart');
    await running.settle();
    const trigger = await get(triggers, 'orders');
    expect(conditionsOf(trigger)).toEqual([
      'BrokerReady: True',
      `DeadLetterSinkResolved: True ${NO_SINK}`,
      'DependencyReady: True',
      `OIDCIdentityCreated: True ${NO_OIDC}`,
      'Ready: True',
      'SubscriberResolved: True',
      'SubscriptionReady: True',
    ]);
    expect(stringAt(trigger, 'status', 'subscriberUri')).toBe(hostOf('cart', namespace));
    expect(plane.leads(triggerKey())).toEqual({
      topic: `broker:${namespace}/default`,
      kind: 'trigger',
      subscriber: hostOf('cart', namespace),
      reply: 'topic',
      deadLetter: null,
      // of a Broker that says nothing
      retries: 10,
      isOrdered: false,
    });
  });

  it('may name its Broker by brokerRef', async () => {
    await aService(cluster, namespace, 'cart');
    const spec = { brokerRef: refTo('Broker', 'default'), subscriber: toService('cart') };
    await apply(aBroker(), eventing('Trigger', 'orders', namespace, spec));
    expect(plane.leads(triggerKey())).toMatchObject({ topic: `broker:${namespace}/default` });
    expect(conditionsOf(await get(triggers, 'orders'))).toContain('BrokerReady: True');
  });

  it.each([
    ['its own is', 'own', true],
    ['another is not', 'elsewhere', false],
  ])('may name a namespace with the feature for that, of which %s looked into', async (_, where, isIts) => {
    const brokerRef = { ...refTo('Broker', 'default'), namespace: where === 'own' ? namespace : where };
    await aService(cluster, namespace, 'cart');
    const spec = { brokerRef, subscriber: toService('cart') };
    await withFeature('cross-namespace-event-links', () =>
      apply(aBroker(), eventing('Trigger', 'orders', namespace, spec)),
    );
    expect(plane.leads(triggerKey()) !== undefined).toBe(isIts);
    const said = isIts
      ? 'BrokerReady: True'
      : `BrokerReady: False NotLinkedOverNamespaces: Broker "default" is of the namespace "elsewhere", and Weir's embedded platform links Triggers to Brokers of their own namespace alone; make the Trigger there, where its subscriber may name this namespace`;
    expect(conditionsOf(await get(triggers, 'orders'))).toContain(said);
  });

  it('takes its delivery from its Broker unless it has one, and dead letters also where it has', async () => {
    for (const name of ['cart', 'letters', 'others']) await aService(cluster, namespace, name);
    await apply(aBroker({ delivery: { retry: 3, deadLetterSink: toService('letters') } }), aTrigger());
    const letters = hostOf('letters', namespace);
    expect(plane.leads(triggerKey())).toMatchObject({ retries: 3, deadLetter: letters });
    await apply(aTrigger({ delivery: { retry: 7 } }));
    expect(plane.leads(triggerKey())).toMatchObject({ retries: 7, deadLetter: letters });
    await apply(aTrigger({ delivery: { deadLetterSink: toService('others') } }));
    expect(plane.leads(triggerKey())).toMatchObject({ retries: 0, deadLetter: hostOf('others', namespace) });
    expect(stringAt(await get(triggers, 'orders'), 'status', 'deadLetterSinkUri')).toBe(hostOf('others', namespace));
  });

  it('has its filters, and its order', async () => {
    await aService(cluster, namespace, 'cart');
    const filters = [{ prefix: { type: 'order.' } }];
    const order = { 'kafka.eventing.knative.dev/delivery.order': 'ordered' };
    await apply(aBroker(), aTrigger({ filter: { attributes: { type: 'x' } }, filters }, order));
    const entry = plane.lanes?.get(triggerKey());
    expect(entry?.matches(new Map([['type', 'order.placed']]))).toBe(true);
    expect(entry?.matches(new Map([['type', 'x']]))).toBe(false);
    expect(plane.leads(triggerKey())).toMatchObject({ isOrdered: true });
  });

  it.each([
    ['json', 'the Trigger', true],
    ['binary', 'the Trigger', false],
    ['json', 'its Broker', false],
  ])('whose events are asked for as %s by %s gets them in structured mode: %s', async (format, whose, expected) => {
    await aService(cluster, namespace, 'cart');
    const delivery = { format };
    await apply(aBroker(whose === 'its Broker' ? { delivery } : {}));
    await apply(aTrigger(whose === 'the Trigger' ? { delivery } : {}));
    expect(plane.lanes?.get(triggerKey())?.spec.isStructured).toBe(expected);
  });

  it('keeps its lane while its subscriber and its Broker are away, and hears of other filters meanwhile', async () => {
    await aService(cluster, namespace, 'cart');
    await apply(aBroker({ delivery: { retry: 3 } }), aTrigger());
    const before = plane.leads(triggerKey());
    await cluster.client.delete(coreServices, { namespace, name: 'cart' });
    await running.settle();
    expect(conditionsOf(await get(triggers, 'orders'))).toContainEqual(expect.stringMatching(/^Ready: False Unable/));
    expect(plane.leads(triggerKey())).toEqual(before);

    await cluster.client.delete(brokers, { namespace, name: 'default' });
    await apply(aTrigger({ filter: { attributes: { type: 'y' } } }));
    expect(conditionsOf(await get(triggers, 'orders'))).toContainEqual(
      expect.stringMatching(/^Ready: False BrokerDoes/),
    );
    expect(plane.leads(triggerKey())).toEqual(before);
    expect(plane.lanes?.get(triggerKey())?.matches(new Map([['type', 'x']]))).toBe(false);

    await cluster.client.delete(triggers, { namespace, name: 'orders' });
    await running.settle();
    expect(plane.leads(triggerKey())).toBeUndefined();
  });

  it('keeps what was before the last end, with the first that is told', async () => {
    await aService(cluster, namespace, 'cart');
    await apply(aBroker(), aTrigger());
    await running.stop();
    await cluster.client.delete(brokers, { namespace, name: 'default' });
    await begin([triggerKey()]);
    expect(plane.leads(triggerKey())).toMatchObject({ subscriber: hostOf('cart', namespace) });
    await running.stop();
    await begin();
    expect(plane.lanes?.has(triggerKey())).toBe(false);
  });

  it('tells nobody anew what is the same', async () => {
    await aService(cluster, namespace, 'cart');
    await apply(aBroker(), aTrigger());
    const { told } = plane;
    await apply(aTrigger({}, { note: 'nothing of it counts' }));
    expect(plane.told).toBe(told);
    const version = stringAt(await get(triggers, 'orders'), 'metadata', 'resourceVersion');
    await running.stop();
    await begin([triggerKey()]);
    expect(plane.told).toBe(1);
    expect(stringAt(await get(triggers, 'orders'), 'metadata', 'resourceVersion')).toBe(version);
  });

  it('that depends on what is no reference, let in before the check, says so, and gets events all the same', async () => {
    await aService(cluster, namespace, 'cart');
    await apply(aBroker());
    await letIn(aTrigger({}, { 'knative.dev/dependency': '{' }));
    expect(conditionsOf(await get(triggers, 'orders'))).toContainEqual(
      expect.stringContaining('DependencyReady: False ReferenceError: Unable to unmarshal objectReference'),
    );
    expect(plane.leads(triggerKey())).toBeDefined();
  });

  it.each([
    ['{"apiVersion":"v1","kind":"Secret","name":"x"}', 'DependencyReady: Unknown ListerDoesNotExist:'],
    [
      '{"apiVersion":"sources.knative.dev/v1","kind":"PingSource","name":"ping"}',
      'DependencyReady: False DependencyDoesNotExist: Dependency does not exist: pingsources.sources.knative.dev "ping" not found',
    ],
  ])('that depends on %s says what is wrong, and gets events all the same', async (dependency, said) => {
    await aService(cluster, namespace, 'cart');
    await apply(aBroker(), aTrigger({}, { 'knative.dev/dependency': dependency }));
    expect(conditionsOf(await get(triggers, 'orders'))).toContainEqual(expect.stringContaining(said));
    expect(plane.leads(triggerKey())).toBeDefined();
  });

  it('is ready once the source that it depends on is', async () => {
    await aService(cluster, namespace, 'cart');
    const dependency = JSON.stringify(refTo('PingSource', 'ping'));
    await apply(aBroker(), aTrigger({}, { 'knative.dev/dependency': dependency }));
    await apply(eventing('PingSource', 'ping', namespace, { sink: { ref: refTo('Broker', 'default') } }));
    expect(conditionsOf(await get(triggers, 'orders'))).toContainEqual(expect.stringContaining('GenerationNotEqual'));
    const pings = {
      group: 'sources.knative.dev',
      version: 'v1',
      plural: 'pingsources',
      kind: 'PingSource',
      isNamespaced: true,
    };
    const ping = await get(pings, 'ping');
    const status = { observedGeneration: 1, conditions: [{ type: 'Ready', status: 'True' }] };
    await cluster.client.update(pings, { ...ping, status }, { subresource: 'status' });
    await running.settle();
    expect(conditionsOf(await get(triggers, 'orders'))).toContain('Ready: True');
  });
});

describe('a Channel', () => {
  it('has another behind it, and an address', async () => {
    await apply(eventing('Channel', 'steps', namespace, {}));
    const channel = await get(channels, 'steps');
    expect(conditionsOf(channel)).toEqual([
      'Addressable: True',
      'BackingChannelReady: True',
      `DeadLetterSinkResolved: True ${NO_SINK}`,
      `EventPoliciesReady: True ${NO_POLICIES_YET}`,
      'Ready: True',
    ]);
    expect(channel.status).toMatchObject({
      address: { url: `${URL}/channels/${namespace}/steps` },
      addresses: [{ name: 'http', url: `${URL}/channels/${namespace}/steps` }],
      channel: { apiVersion: 'messaging.knative.dev/v1', kind: 'InMemoryChannel', namespace, name: 'steps' },
    });
    expect(conditionsOf(await get(inMemoryChannels, 'steps'))).toContain('Ready: True');
    expect(plane.topics.get('channel')).toContain(`${namespace}/steps`);
  });

  it('of a kind that nobody has here says so', async () => {
    const channelTemplate = { apiVersion: 'messaging.knative.dev/v1beta1', kind: 'NatssChannel' };
    await apply(eventing('Channel', 'steps', namespace, { channelTemplate }));
    expect(conditionsOf(await get(channels, 'steps'))).toContainEqual(
      expect.stringContaining(
        'BackingChannelReady: False ChannelFailure: messaging.knative.dev/v1beta1, Kind=NatssChannel is no kind',
      ),
    );
  });
});

describe('a Subscription', () => {
  const aSubscription = (spec: JsonObject, kind = 'InMemoryChannel') =>
    eventing('Subscription', 'one', namespace, { channel: refTo(kind, 'steps'), ...spec });
  const key = () => `subscription:${namespace}/one`;

  it('gets what comes into its Channel, and its answers go on', async () => {
    for (const name of ['cart', 'next', 'letters']) await aService(cluster, namespace, name);
    const delivery = { deadLetterSink: toService('letters'), retry: 2 };
    await apply(
      eventing('Channel', 'steps', namespace, { delivery }),
      aSubscription({ subscriber: toService('cart'), reply: toService('next') }, 'Channel'),
    );
    const subscription = await get(subscriptions, 'one');
    expect(conditionsOf(subscription)).toEqual([
      'AddedToChannel: True',
      'ChannelReady: True',
      `OIDCIdentityCreated: True ${NO_OIDC}`,
      'Ready: True',
      'ReferencesResolved: True',
    ]);
    expect(subscription.status).toMatchObject({
      physicalSubscription: {
        subscriberUri: hostOf('cart', namespace),
        replyUri: hostOf('next', namespace),
        deadLetterSinkUri: hostOf('letters', namespace),
      },
    });
    expect(plane.leads(key())).toEqual({
      topic: `channel:${namespace}/steps`,
      kind: 'subscription',
      subscriber: hostOf('cart', namespace),
      reply: hostOf('next', namespace),
      deadLetter: hostOf('letters', namespace),
      retries: 2,
      isOrdered: false,
    });
  });

  it('without a subscriber, let in before the check, sends the events themselves where answers go', async () => {
    await aService(cluster, namespace, 'next');
    const reply = toService('next');
    await apply(eventing('InMemoryChannel', 'steps', namespace, {}));
    await letIn(aSubscription({ reply }));
    expect(plane.leads(key())).toMatchObject({ subscriber: hostOf('next', namespace), reply: null });

    // nor does one that had a subscriber lead there any more
    await aService(cluster, namespace, 'cart');
    await apply(aSubscription({ subscriber: toService('cart'), reply }));
    expect(plane.leads(key())).toMatchObject({ subscriber: hostOf('cart', namespace) });
    await cluster.client.delete(coreServices, { namespace, name: 'cart' });
    await letIn(aSubscription({ reply }));
    expect(plane.leads(key())).toMatchObject({ subscriber: hostOf('next', namespace), reply: null });
  });

  it.each([
    [
      'its Channel',
      {},
      'ReferencesResolved: Unknown ChannelReferenceFailed: Failed to get Spec.Channel or backing channel: inmemorychannels.messaging.knative.dev "steps" not found',
      false,
    ],
    [
      'its subscriber',
      {},
      'ReferencesResolved: False SubscriberResolveFailed: Failed to resolve spec.subscriber: failed to get object',
      true,
    ],
    [
      'where answers go',
      { subscriber: { uri: 'http://a.b' }, reply: toService('cart') },
      'ReferencesResolved: False ReplyResolveFailed: Failed to resolve spec.reply: failed',
      true,
    ],
    [
      'its dead letter sink',
      { subscriber: { uri: 'http://a.b' }, delivery: { deadLetterSink: toService('cart') } },
      'ReferencesResolved: False DeadLetterSinkResolveFailed: Failed to resolve spec.delivery.deadLetterSink',
      true,
    ],
  ])('says that %s is missing', async (_, spec, said, hasChannel) => {
    if (hasChannel) await apply(eventing('InMemoryChannel', 'steps', namespace, {}));
    await apply(aSubscription({ subscriber: toService('cart'), ...spec }));
    expect(conditionsOf(await get(subscriptions, 'one'))).toContainEqual(expect.stringContaining(said));
    expect(plane.leads(key())).toBeUndefined();
  });

  it('leads where it led, also after a start, while what it names is away', async () => {
    for (const name of ['cart', 'next', 'letters']) await aService(cluster, namespace, name);
    const delivery = { deadLetterSink: toService('letters') };
    const spec = { subscriber: toService('cart'), reply: toService('next'), delivery };
    await apply(eventing('InMemoryChannel', 'steps', namespace, {}), aSubscription(spec));
    const before = plane.leads(key());
    expect(before).toMatchObject({ subscriber: hostOf('cart', namespace), reply: hostOf('next', namespace) });
    for (const name of ['next', 'cart']) {
      await cluster.client.delete(coreServices, { namespace, name });
      await running.settle();
      expect(plane.leads(key())).toEqual(before);
      const subscription = await get(subscriptions, 'one');
      expect(conditionsOf(subscription)).toContainEqual(expect.stringMatching(/^Ready: False \w+ResolveFailed/));
      expect(subscription.status).toMatchObject({
        physicalSubscription: { subscriberUri: hostOf('cart', namespace), replyUri: hostOf('next', namespace) },
      });
    }
    await running.stop();
    await begin([key()]);
    expect(plane.leads(key())).toEqual(before);

    // what it names no more it leads to no more
    await aService(cluster, namespace, 'next');
    await apply(aSubscription({ subscriber: toService('next') }));
    expect(objectAt(await get(subscriptions, 'one'), 'status', 'physicalSubscription')).toEqual({
      subscriberUri: hostOf('next', namespace),
    });
    expect(plane.leads(key())).toMatchObject({ subscriber: hostOf('next', namespace), reply: null, deadLetter: null });
  });

  it('keeps its lane while its Channel is away', async () => {
    await aService(cluster, namespace, 'cart');
    await apply(eventing('InMemoryChannel', 'steps', namespace, {}), aSubscription({ subscriber: toService('cart') }));
    const before = plane.leads(key());
    expect(before).toBeDefined();
    await cluster.client.delete(inMemoryChannels, { namespace, name: 'steps' });
    await running.settle();
    expect(plane.leads(key())).toEqual(before);
    expect(plane.topics.get('channel')).not.toContain(`${namespace}/steps`);
  });
});
