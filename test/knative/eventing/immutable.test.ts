/** What may not change of an object of Eventing: in Knative's words, but for the places where Go prints a struct. */
import { describe, expect, it } from '@jest/globals';
import { validateEventingChange } from '../../../src/knative/eventing/immutable.ts';
import { printFieldErrors } from '../../../src/knative/printErrors.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';

const CLASS = 'eventing.knative.dev/broker.class';
const KINDS: Readonly<Record<string, string>> = {
  Broker: 'eventing.knative.dev/v1',
  Trigger: 'eventing.knative.dev/v1',
  KafkaSink: 'eventing.knative.dev/v1alpha1',
  Channel: 'messaging.knative.dev/v1',
  InMemoryChannel: 'messaging.knative.dev/v1',
  KafkaChannel: 'messaging.knative.dev/v1',
  Subscription: 'messaging.knative.dev/v1',
  Sequence: 'flows.knative.dev/v1',
  KafkaSource: 'sources.knative.dev/v1',
};

function anObject(kind: string, spec: JsonObject, annotations: JsonObject = {}): JsonObject {
  return { apiVersion: KINDS[kind] ?? '', kind, metadata: { name: 'x', namespace: 'shop', annotations }, spec };
}

function refusalOf(kind: string, old: JsonObject, now: JsonObject, user = 'ana'): string {
  return printFieldErrors(validateEventingChange(anObject(kind, now), anObject(kind, old), user));
}

const sink = { uri: 'http://cart.example.com' };
const config = { apiVersion: 'v1', kind: 'ConfigMap', name: 'a' };
const channel = { apiVersion: 'messaging.knative.dev/v1', kind: 'Channel', name: 'a' };
const kafka = { apiVersion: 'messaging.knative.dev/v1', kind: 'KafkaChannel' };
const inMemory = { apiVersion: 'messaging.knative.dev/v1', kind: 'InMemoryChannel' };
const inService = { ref: { apiVersion: 'v1', kind: 'Service', name: 'lost' } };
const inOwnService = { ref: { ...inService.ref, namespace: 'shop' } };

describe('a change', () => {
  it.each<[title: string, kind: string, old: JsonObject, now: JsonObject]>([
    [
      "of a Trigger's filter, subscriber and delivery",
      'Trigger',
      { broker: 'a', subscriber: sink },
      { broker: 'a', filter: {}, delivery: {} },
    ],
    ["of a Trigger's brokerRef", 'Trigger', { brokerRef: { name: 'a' } }, { brokerRef: { name: 'b' } }],
    ["of a Broker's delivery", 'Broker', { config, delivery: { retry: 1 } }, { config, delivery: { retry: 2 } }],
    ['that names the namespace of a config', 'Broker', { config }, { config: { ...config, namespace: 'shop' } }],
    ['that names a config where none was', 'Broker', {}, { config }],
    ['that names a config no more', 'Broker', { config }, {}],
    ["of a Channel's subscribers", 'Channel', {}, { subscribers: [{ uid: 'a' }] }],
    ['that says which Channel it is', 'Channel', {}, { channelTemplate: inMemory }],
    [
      'that names the namespace of a dead-letter sink',
      'Channel',
      { delivery: { deadLetterSink: inService } },
      { delivery: { deadLetterSink: inOwnService } },
    ],
    [
      "of a Subscription's subscriber, reply and delivery",
      'Subscription',
      { channel, subscriber: sink },
      { channel, reply: sink, delivery: {} },
    ],
    [
      "of a KafkaChannel's delivery",
      'KafkaChannel',
      {},
      { delivery: { retry: 1 }, numPartitions: 1, replicationFactor: 1 },
    ],
    ['that says how long a KafkaChannel keeps events', 'KafkaChannel', {}, { retentionDuration: 'PT168H' }],
    [
      "of a Sequence's steps and template",
      'Sequence',
      { steps: [sink], channelTemplate: kafka },
      { steps: [], channelTemplate: inMemory },
    ],
    [
      "of a KafkaSource's topics",
      'KafkaSource',
      { consumerGroup: 'a', topics: ['a'] },
      { consumerGroup: 'a', topics: ['b'] },
    ],
    ['that names a consumerGroup where none was', 'KafkaSource', {}, { consumerGroup: 'a' }],
    [
      "of a KafkaSink's servers",
      'KafkaSink',
      { topic: 'a', bootstrapServers: ['a'] },
      { topic: 'a', bootstrapServers: ['b'] },
    ],
  ])('%s is let through', (_, kind, old, now) => {
    expect(refusalOf(kind, old, now)).toBe('');
  });

  it.each<[title: string, kind: string, old: JsonObject, now: JsonObject, said: string]>([
    [
      "of a Trigger's Broker",
      'Trigger',
      { broker: 'a' },
      { broker: 'b' },
      'Immutable fields changed (-old +new): broker, spec\n{string}:\n\t-: "a"\n\t+: "b"\n',
    ],
    [
      'from broker to brokerRef',
      'Trigger',
      { broker: 'a' },
      { brokerRef: { name: 'a' } },
      'Immutable fields changed (-old +new): broker, spec\n{string}:\n\t-: "a"\n\t+: ""\n',
    ],
    [
      "of a Broker's config",
      'Broker',
      { config },
      { config: { ...config, name: 'b', namespace: 'other' } },
      'Immutable fields changed (-old +new): spec\n/spec/config/namespace, /spec/config/name',
    ],
    [
      "of a Channel's template",
      'Channel',
      {},
      { channelTemplate: kafka },
      'Immutable fields changed (-old +new): spec\n/spec/channelTemplate/kind',
    ],
    [
      "of what a Channel's template says",
      'Channel',
      { channelTemplate: { ...kafka, spec: { numPartitions: 1 } } },
      { channelTemplate: { ...kafka, spec: { numPartitions: 2 } } },
      'Immutable fields changed (-old +new): spec\n/spec/channelTemplate/spec',
    ],
    [
      "of a Channel's delivery",
      'Channel',
      { delivery: { retry: 1 } },
      { delivery: { retry: 2 } },
      'Immutable fields changed (-old +new): spec\n/spec/delivery/retry',
    ],
    [
      "of a Subscription's Channel",
      'Subscription',
      { channel },
      { channel: { ...channel, name: 'b' } },
      'Immutable fields changed (-old +new): spec\n/spec/channel/name',
    ],
    [
      "of a KafkaChannel's partitions",
      'KafkaChannel',
      { retentionDuration: 'PT1H' },
      { numPartitions: 2, retentionDuration: 'PT2H' },
      'Immutable fields changed (-old +new): spec\n/spec/numPartitions, /spec/retentionDuration',
    ],
    [
      "of a KafkaSource's consumerGroup",
      'KafkaSource',
      { consumerGroup: 'a' },
      { consumerGroup: 'b' },
      'Immutable fields changed (-old +new): spec\n{string}:\n\t-: "a"\n\t+: "b"\n',
    ],
    [
      "of a KafkaSink's topic and partitions",
      'KafkaSink',
      { topic: 'a', replicationFactor: 1 },
      { topic: 'b', replicationFactor: 1, numPartitions: 2 },
      'Immutable field updated: spec.numPartitions, spec.topic',
    ],
    [
      "of an InMemoryChannel's subscribers",
      'InMemoryChannel',
      {},
      { subscribers: [{ uid: 'a' }] },
      'Channel.Spec.Subscribers changed by user ana which was not the system:serviceaccount:knative-eventing:eventing-controller service account: spec.subscribers\n/spec/subscribers',
    ],
  ])('%s is refused', (_, kind, old, now, said) => {
    expect(refusalOf(kind, old, now)).toBe(said);
  });

  it.each<[title: string, old: JsonObject, now: JsonObject, said: string]>([
    [
      'to another',
      { [CLASS]: 'Kafka' },
      { [CLASS]: 'X' },
      'Immutable annotations changed (-old +new): annotations\n{string}:\n\t-: "Kafka"\n\t+: "X"\n',
    ],
    ['to the same', { [CLASS]: 'Kafka' }, { [CLASS]: 'Kafka', team: 'shop' }, ''],
    ['that is named now', {}, { [CLASS]: 'Kafka' }, ''],
    ['that is named no more', { [CLASS]: 'Kafka' }, {}, ''],
  ])("of a Broker's class %s", (_, old, now, said) => {
    const errors = validateEventingChange(anObject('Broker', {}, now), anObject('Broker', {}, old), 'ana');
    expect(printFieldErrors(errors)).toBe(said);
  });

  it("of subscribers by Knative's own controller is let through", () => {
    const controller = 'system:serviceaccount:knative-eventing:eventing-controller';
    for (const kind of ['InMemoryChannel', 'KafkaChannel']) {
      expect(refusalOf(kind, {}, { subscribers: [{ uid: 'a' }] }, controller)).toBe('');
      expect(refusalOf(kind, {}, { subscribers: [{ uid: 'a' }] })).not.toBe('');
    }
  });

  it.each([...Object.keys(KINDS), 'PingSource'])('of a %s of any shape is answered', (kind) => {
    const shapes: JsonObject[] = [
      { spec: null },
      { spec: 'x' },
      { spec: [] },
      { metadata: null },
      {
        spec: { config: [], broker: 5, channel: 'x', channelTemplate: 'x', delivery: [], subscribers: 'x', topic: {} },
      },
    ];
    for (const shape of shapes) {
      for (const other of shapes) {
        const [old, now] = [
          { ...anObject(kind, {}), ...other },
          { ...anObject(kind, {}), ...shape },
        ];
        expect(() => validateEventingChange(now, old, 'ana')).not.toThrow();
      }
    }
  });
});
