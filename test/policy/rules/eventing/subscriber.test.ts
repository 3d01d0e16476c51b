import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { subscriberRule } from '../../../../src/policy/rules/eventing/subscriber.ts';
import { aService, judgeBy, messages } from '../../builders.ts';
import { aBroker, anObject, aSequence, aTrigger, eventingPolicy, ref } from './builders.ts';

const plainService = (name: string) => anObject('v1', 'Service', name, { ports: [{ port: 80 }] });
const judge = (object: JsonObject, ...beside: JsonObject[]) =>
  judgeBy(subscriberRule, object, eventingPolicy(), { beside });

describe('eventing/subscriber', () => {
  it('is content with what is in sight', () => {
    expect(judge(aTrigger(), aBroker(), aService({ name: 'payment' }))).toEqual([]);
  });

  it('finds Brokers and subscribers that are not there', () => {
    expect(judge(aTrigger())).toMatchObject([
      {
        path: '/spec/broker',
        message:
          'broker of Trigger payment is Broker orders, which is not in sight in namespace shop; deploy it along, or name one that is there',
      },
      {
        path: '/spec/subscriber/ref/name',
        message:
          'subscriber of Trigger payment is Knative Service payment, which is not in sight in namespace shop; deploy it along, or name one that is there',
      },
    ]);
  });

  it.each<[sink: JsonObject, count: number]>([
    [{ name: 'dead-letters-prod', namespace: 'weir-system' }, 0],
    [{ name: 'dead-letters-dev', namespace: 'weir-system' }, 1],
    [{ name: 'dead-letters-prod', namespace: 'shop' }, 1],
  ])('looks for no dead-letter sink that Weir keeps for the environment: %j', (sink, count) => {
    const deadLetterSink = { ref: { apiVersion: 'v1', kind: 'Service', ...sink } };
    const broker = aBroker({ delivery: { deadLetterSink } });
    expect(judgeBy(subscriberRule, broker, eventingPolicy({ deadLetters: { keep: true } }))).toHaveLength(count);
    expect(judgeBy(subscriberRule, broker, eventingPolicy())).toHaveLength(1);
  });

  it.each<[trigger: JsonObject, namespaceLabels: JsonObject]>([
    [{ broker: 'default' }, { 'eventing.knative.dev/injection': 'enabled' }],
  ])('expects no Broker where Knative injects it', (spec, labels) => {
    const home = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels } };
    expect(judge(aTrigger(spec), home, aService({ name: 'payment' }))).toEqual([]);
    expect(judge(aTrigger(), home, aService({ name: 'payment' }))).toHaveLength(1);
  });

  it('tells the two kinds of Service apart, and fixes the group', () => {
    expect(judge(aTrigger(), aBroker(), plainService('payment'))).toMatchObject([
      {
        path: '/spec/subscriber/ref/apiVersion',
        message:
          'subscriber of Trigger payment is Knative Service payment in serving.knative.dev, and there is none; a Service of that name is in the core group: write apiVersion v1',
        fix: [{ op: 'replace', path: '/spec/subscriber/ref/apiVersion', value: 'v1' }],
      },
    ]);
    const toCore = aTrigger({ subscriber: ref('Service', 'payment', 'v1') });
    expect(judge(toCore, aBroker(), aService({ name: 'payment' }))[0]?.fix).toEqual([
      { op: 'replace', path: '/spec/subscriber/ref/apiVersion', value: 'serving.knative.dev/v1' },
    ]);
  });

  it.each<[reference: JsonObject, expected: string]>([
    [
      ref('Deployment', 'payment', 'apps/v1'),
      'subscriber of Trigger payment is Deployment payment, to which nothing can be sent; name the Service in front of it',
    ],
    [
      ref('Service', 'payment', 'eventing.knative.dev/v1'),
      'subscriber of Trigger payment is Service payment of eventing.knative.dev/v1, which has no such kind; write apiVersion serving.knative.dev/v1 or v1',
    ],
    [
      ref('Broker', 'audit', 'v1'),
      'subscriber of Trigger payment is Broker audit of v1, which has no such kind; write apiVersion eventing.knative.dev/v1',
    ],
  ])('refuses %j', (subscriber, expected) => {
    expect(messages(judge(aTrigger({ subscriber }), aBroker()))).toEqual([expected]);
  });

  it('leaves kinds alone that it does not know', () => {
    expect(judge(aTrigger({ subscriber: ref('Lambda', 'f', 'aws.example.com/v1') }), aBroker())).toEqual([]);
    expect(judge(aTrigger({ subscriber: { uri: 'https://example.com' } }), aBroker())).toEqual([]);
  });

  it('names the step, and the place where a dead letter sink is missing', () => {
    const delivery = { deadLetterSink: ref('Service', 'dead') };
    const sequence = aSequence({ steps: [ref('Service', 'a'), { ...ref('Service', 'b'), delivery }] });
    const findings = judge(sequence, aService({ name: 'a' }), aService({ name: 'b' }));
    expect(findings).toMatchObject([
      {
        path: '/spec/steps/1/delivery/deadLetterSink/ref/name',
        message:
          'dead letter sink of step 2 of Sequence checkout is Knative Service dead, which is not in sight in namespace shop; deploy it along, or name one that is there',
      },
    ]);
  });

  it('takes an object without a namespace for one in any', () => {
    const broker = { ...aBroker(), metadata: { name: 'orders' } };
    const service = { ...aService(), metadata: { name: 'payment' } };
    expect(judge(aTrigger(), broker, service)).toEqual([]);
  });
});
