import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { brokerClass } from '../../../../src/policy/rules/eventing/brokerClass.ts';
import { channelKind } from '../../../../src/policy/rules/eventing/channelKind.ts';
import { inMemoryChannelRule } from '../../../../src/policy/rules/eventing/inMemoryChannel.ts';
import { judgeBy, messages } from '../../builders.ts';
import { aBroker, aChannel, anObject, aSequence, BOUNDS, eventingPolicy } from './builders.ts';

const template = (kind: string) => ({ channelTemplate: { apiVersion: 'messaging.knative.dev/v1', kind } });
const kafka = [{ op: 'add', path: '/spec/channelTemplate', value: template('KafkaChannel').channelTemplate }];

describe('eventing/in-memory-channel', () => {
  it('finds it by its own kind', () => {
    const channel = anObject('messaging.knative.dev/v1', 'InMemoryChannel', 'orders');
    expect(messages(judgeBy(inMemoryChannelRule, channel, eventingPolicy()))).toEqual([
      'InMemoryChannel orders is an InMemoryChannel: it loses its events with a pod; prod allows KafkaChannel',
    ]);
  });

  it.each<[object: JsonObject, path: string]>([
    [aChannel(template('InMemoryChannel')), '/spec/channelTemplate/kind'],
    [aSequence(template('InMemoryChannel')), '/spec/channelTemplate/kind'],
  ])('finds it in a template: %#', (object, path) => {
    const findings = judgeBy(inMemoryChannelRule, object, eventingPolicy());
    expect(findings).toMatchObject([{ path, fix: [{ ...kafka[0], op: 'replace' }] }]);
  });

  it('finds it where the template is left to the cluster, unless the policy knows better', () => {
    expect(judgeBy(inMemoryChannelRule, aChannel(), eventingPolicy())).toMatchObject([
      {
        message:
          'Channel orders names no channelTemplate, and the cluster then takes InMemoryChannel: it loses its events with a pod; prod allows KafkaChannel',
        fix: kafka,
      },
    ]);
    const clusterDefaults = { channel: 'KafkaChannel' };
    expect(judgeBy(inMemoryChannelRule, aChannel(), eventingPolicy({ ...BOUNDS, clusterDefaults }))).toEqual([]);
  });

  it('says nothing where the environment allows it, or says nothing', () => {
    const allowed = eventingPolicy({ channels: ['InMemoryChannel'] });
    expect(judgeBy(inMemoryChannelRule, aChannel(), allowed)).toEqual([]);
    expect(judgeBy(inMemoryChannelRule, aChannel(), eventingPolicy({}))).toEqual([]);
    expect(judgeBy(inMemoryChannelRule, aChannel(template('KafkaChannel')), eventingPolicy())).toEqual([]);
  });

  const config = (name: string) => ({
    config: { apiVersion: 'v1', kind: 'ConfigMap', name, namespace: 'knative-eventing' },
  });
  const configMap = (name: string, text: string): JsonObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'knative-eventing' },
    data: { 'channel-template-spec': text },
  });

  it.each<[what: string, broker: JsonObject, beside: JsonObject[], found: number]>([
    ['Kafka', aBroker(), [], 0],
    ['no class, no config', aBroker({}, {}), [], 1],
    ["the shipped default's name", aBroker(config('config-br-default-channel'), {}), [], 1],
    ['a config out of sight', aBroker(config('durable'), {}), [], 0],
    ['a config that says InMemoryChannel', aBroker(config('x'), {}), [configMap('x', 'kind: InMemoryChannel\n')], 1],
    ['one in JSON', aBroker(config('x'), {}), [configMap('x', '{"apiVersion":"a","kind":"InMemoryChannel"}')], 1],
    [
      'one that says KafkaChannel',
      aBroker(config('imc-channel'), {}),
      [configMap('imc-channel', 'kind: KafkaChannel')],
      0,
    ],
  ])('judges a Broker: %s', (_, broker, beside, found) => {
    expect(judgeBy(inMemoryChannelRule, broker, eventingPolicy(), { beside })).toHaveLength(found);
  });

  it('leaves a class that is not allowed to the other rule', () => {
    const policy = eventingPolicy({ ...BOUNDS, brokerClasses: ['Kafka'] });
    expect(judgeBy(inMemoryChannelRule, aBroker({}, {}), policy)).toEqual([]);
    expect(judgeBy(brokerClass, aBroker({}, {}), policy)).toHaveLength(1);
  });
});

describe('eventing/channel-kind', () => {
  it('names the kinds that are allowed', () => {
    expect(messages(judgeBy(channelKind, aChannel(template('NatssChannel')), eventingPolicy()))).toEqual([
      'Channel orders names NatssChannel; prod allows KafkaChannel',
    ]);
    expect(judgeBy(channelKind, aChannel(template('InMemoryChannel')), eventingPolicy())).toEqual([]);
    expect(judgeBy(channelKind, aChannel(template('KafkaChannel')), eventingPolicy())).toEqual([]);
  });
});

describe('eventing/broker-class', () => {
  it.each<[annotations: JsonObject, expected: string[]]>([
    [{ 'eventing.knative.dev/broker.class': 'Kafka' }, []],
    [
      { 'eventing.knative.dev/broker.class': 'RabbitMQBroker' },
      ['Broker orders has the class RabbitMQBroker; prod allows Kafka'],
    ],
    [{}, ['Broker orders has no class, and the cluster then takes MTChannelBasedBroker; prod allows Kafka']],
  ])('%j gives %j', (annotations, expected) => {
    const policy = eventingPolicy({ brokerClasses: ['Kafka'] });
    expect(messages(judgeBy(brokerClass, aBroker({}, annotations), policy))).toEqual(expected);
  });
});
