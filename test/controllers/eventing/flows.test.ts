/** Sequences and Parallels on the embedded API server: what they are made of, and where events go then. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { makeEventingControllers } from '../../../controllers/eventing/controllers.ts';
import { inMemoryChannels, parallels, sequences, subscriptions } from '../../../controllers/eventing/resources.ts';
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import { arrayAt, type JsonObject, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { nameOf } from '../../../src/kubernetes/object.ts';
import { type EmbeddedCluster, startCluster } from '../kit/cluster.ts';
import { type Run, run } from '../kit/run.ts';
import { aService, conditionsOf, eventing, HandPlane, hostOf, refTo, toService, URL } from './harness.ts';

jest.setTimeout(120_000);

const NAMES = ['a', 'b', 'c', 'is-a', 'end', 'letters'];
let cluster: EmbeddedCluster;
let running: Run;
let plane: HandPlane;
let namespace = '';
let count = 0;

beforeAll(async () => {
  cluster = await startCluster();
  plane = new HandPlane();
  running = await run(cluster, { controllers: makeEventingControllers(plane) });
});

afterAll(async () => {
  await running?.stop();
  await cluster.stop();
});

beforeEach(async () => {
  namespace = `flow-${count++}`;
  await cluster.namespace(namespace);
  for (const name of NAMES) await aService(cluster, namespace, name);
});

async function apply(...objects: readonly JsonObject[]): Promise<void> {
  await cluster.apply(...objects);
  await running.settle();
}

function get(resource: Resource, name: string): Promise<JsonObject> {
  return cluster.client.get(resource, { namespace, name });
}

async function names(resource: Resource): Promise<string[]> {
  return (await cluster.client.list(resource, { namespace })).items.map(nameOf).sort();
}

function leads(name: string): JsonObject | undefined {
  return plane.leads(`subscription:${namespace}/${name}`);
}

function channelUrl(name: string): string {
  return `${URL}/channels/${namespace}/${name}`;
}

const aSequence = (steps: readonly JsonObject[], more: JsonObject = {}) =>
  eventing('Sequence', 'way', namespace, { steps, ...more });

describe('a Sequence', () => {
  it('is a chain of Channels and Subscriptions, and its address is the first of them', async () => {
    const delivery = { deadLetterSink: toService('letters'), retry: 1 };
    await apply(
      aSequence([toService('a'), { ...toService('b'), delivery }, toService('c')], { reply: toService('end') }),
    );
    const sequence = await get(sequences, 'way');
    expect(conditionsOf(sequence).map((condition) => condition.split(' ').slice(0, 2).join(' '))).toEqual([
      'Addressable: True',
      'ChannelsReady: True',
      'EventPoliciesReady: True',
      'Ready: True',
      'SubscriptionsReady: True',
    ]);
    const address = { url: channelUrl('way-kn-sequence-0') };
    expect(sequence.status).toMatchObject({ address, addresses: [address] });
    expect(arrayAt(sequence, 'status', 'channelStatuses').map((each) => stringAt(each, 'channel', 'name'))).toEqual(
      await names(inMemoryChannels),
    );
    expect(
      arrayAt(sequence, 'status', 'subscriptionStatuses').map((each) => stringAt(each, 'ready', 'status')),
    ).toEqual(['True', 'True', 'True']);
    expect(leads('way-kn-sequence-0')).toMatchObject({
      topic: `channel:${namespace}/way-kn-sequence-0`,
      subscriber: hostOf('a', namespace),
      reply: channelUrl('way-kn-sequence-1'),
      deadLetter: null,
    });
    expect(leads('way-kn-sequence-1')).toMatchObject({
      subscriber: hostOf('b', namespace),
      reply: channelUrl('way-kn-sequence-2'),
      deadLetter: hostOf('letters', namespace),
      retries: 1,
    });
    expect(leads('way-kn-sequence-2')).toMatchObject({
      subscriber: hostOf('c', namespace),
      reply: hostOf('end', namespace),
    });
  });

  it('that gets shorter has no more than it needs, and one that gets longer has all of it', async () => {
    await apply(aSequence([toService('a'), toService('b'), toService('c')]));
    await apply(aSequence([toService('c')]));
    expect(await names(inMemoryChannels)).toEqual(['way-kn-sequence-0']);
    expect(await names(subscriptions)).toEqual(['way-kn-sequence-0']);
    expect(leads('way-kn-sequence-0')).toMatchObject({ subscriber: hostOf('c', namespace), reply: null });
    expect(leads('way-kn-sequence-1')).toBeUndefined();
    await apply(aSequence([toService('c'), toService('a')]));
    expect(leads('way-kn-sequence-0')).toMatchObject({ reply: channelUrl('way-kn-sequence-1') });
    expect(conditionsOf(await get(sequences, 'way'))).toContain('Ready: True');
  });

  it('leaves Channels and Subscriptions of others alone', async () => {
    await apply(eventing('InMemoryChannel', 'mine', namespace, {}));
    await apply(aSequence([toService('a')]));
    expect(await names(inMemoryChannels)).toEqual(['mine', 'way-kn-sequence-0']);
  });

  const way = 'way-kn-sequence-0';
  async function changeStep(change: JsonObject): Promise<void> {
    const subscription = await get(subscriptions, way);
    const spec = { ...objectAt(subscription, 'spec'), ...change };
    await cluster.client.update(subscriptions, { ...subscription, spec });
  }

  it('brings back what somebody changed', async () => {
    await apply(aSequence([toService('a')]));
    const { spec } = await get(subscriptions, way);
    await changeStep({ subscriber: toService('b'), reply: toService('end') });
    await running.settle();
    expect((await get(subscriptions, way)).spec).toEqual(spec);
    expect(leads(way)).toMatchObject({ subscriber: hostOf('a', namespace), reply: null });
  });

  it.each<[title: string, change: JsonObject]>([
    ['another Channel', { channel: refTo('InMemoryChannel', 'other') }],
    ['no subscriber', { subscriber: null }],
  ])('brings back what was changed to %s, which Knative refuses', async (_, change) => {
    await apply(aSequence([toService('a')]));
    const { spec } = await get(subscriptions, way);
    await cluster.letIn(() => changeStep(change));
    await running.settle();
    expect((await get(subscriptions, way)).spec).toEqual(spec);
    expect(leads(way)).toMatchObject({ subscriber: hostOf('a', namespace) });
  });

  it('on Channels that nobody has here says so', async () => {
    const channelTemplate = { apiVersion: 'messaging.knative.dev/v1beta1', kind: 'NatssChannel' };
    await apply(aSequence([toService('a')], { channelTemplate }));
    expect(conditionsOf(await get(sequences, 'way'))).toContainEqual(
      expect.stringContaining(
        'ChannelsReady: Unknown ChannelsNotReady: spec.channelTemplate: messaging.knative.dev/v1beta1',
      ),
    );
  });

  it('says which step is missing', async () => {
    await apply(aSequence([toService('nobody')]));
    expect(conditionsOf(await get(sequences, 'way'))).toContainEqual(
      expect.stringMatching(/^SubscriptionsReady: Unknown/),
    );
    await aService(cluster, namespace, 'nobody');
    await running.settle();
    expect(conditionsOf(await get(sequences, 'way'))).toContain('Ready: True');
  });
});

describe('a Parallel', () => {
  it('has a Channel and a filter for each branch', async () => {
    const branches = [
      { filter: toService('is-a'), subscriber: toService('a'), reply: toService('b') },
      { subscriber: toService('c'), delivery: { retry: 4 } },
    ];
    await apply(eventing('Parallel', 'fork', namespace, { branches, reply: toService('end') }));
    const parallel = await get(parallels, 'fork');
    expect(conditionsOf(parallel)).toContain('Ready: True');
    expect(parallel.status).toMatchObject({
      address: { url: channelUrl('fork-kn-parallel') },
      addresses: [{ name: 'http', url: channelUrl('fork-kn-parallel') }],
      ingressChannelStatus: { channel: { name: 'fork-kn-parallel' }, ready: { status: 'True' } },
      branchStatuses: [
        { filterChannelStatus: { channel: { name: 'fork-kn-parallel-0' } } },
        { subscriberSubscriptionStatus: { ready: { status: 'True' } } },
      ],
    });
    const all = `channel:${namespace}/fork-kn-parallel`;
    expect(leads('fork-kn-parallel-filter-0')).toMatchObject({
      topic: all,
      subscriber: hostOf('is-a', namespace),
      reply: channelUrl('fork-kn-parallel-0'),
    });
    expect(leads('fork-kn-parallel-0')).toMatchObject({
      topic: `${all}-0`,
      subscriber: hostOf('a', namespace),
      reply: hostOf('b', namespace),
    });
    expect(leads('fork-kn-parallel-filter-1')).toMatchObject({
      topic: all,
      subscriber: channelUrl('fork-kn-parallel-1'),
      reply: null,
    });
    expect(leads('fork-kn-parallel-1')).toMatchObject({
      topic: `${all}-1`,
      subscriber: hostOf('c', namespace),
      reply: hostOf('end', namespace),
      retries: 4,
    });
  });

  it('that loses a branch loses what was made for it', async () => {
    const branches = [{ subscriber: toService('a') }, { subscriber: toService('b') }];
    await apply(eventing('Parallel', 'fork', namespace, { branches }));
    await apply(eventing('Parallel', 'fork', namespace, { branches: branches.slice(1) }));
    expect(await names(inMemoryChannels)).toEqual(['fork-kn-parallel', 'fork-kn-parallel-0']);
    expect(await names(subscriptions)).toEqual(['fork-kn-parallel-0', 'fork-kn-parallel-filter-0']);
    expect(leads('fork-kn-parallel-0')).toMatchObject({ subscriber: hostOf('b', namespace) });
  });
});
