import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { broker } from '../../../src/kubernetes/kinds.ts';
import { eventingDefaults } from '../../../src/policy/defaults/eventing.ts';
import type { EventingPolicy } from '../../../src/policy/model/eventing.ts';
import { aPolicy, aRule, fillsOf, only, verdictOf } from '../builders.ts';
import {
  aBroker,
  aChannel,
  aSequence,
  aSubscription,
  aTrigger,
  BOUNDS,
  eventingPolicy,
  ref,
} from '../rules/eventing/builders.ts';

const fills = (object: JsonObject, ...beside: JsonObject[]) =>
  fillsOf(eventingDefaults, object, eventingPolicy(), { beside });
const whole = (at: string) => ({
  [`${at}/retry`]: 5,
  [`${at}/backoffPolicy`]: 'exponential',
  [`${at}/backoffDelay`]: 'PT0.5S',
});

describe('the delivery that a policy fills in', () => {
  it.each<[what: string, object: JsonObject, expected: JsonObject]>([
    ['a Broker', aBroker(), whole('/spec/delivery')],
    [
      'a Broker that says something',
      aBroker({ delivery: { retry: 8 } }),
      { ...whole('/spec/delivery'), '/spec/delivery/retry': undefined },
    ],
    ['a Subscription', aSubscription(), whole('/spec/delivery')],
    ['each step', aSequence(), { ...whole('/spec/steps/0/delivery'), ...whole('/spec/steps/1/delivery') }],
    ['no Channel, which cannot be changed', aChannel(), {}],
    ["no Trigger, which takes its Broker's", aTrigger(), {}],
    [
      'what a Trigger with a delivery leaves out',
      aTrigger({ delivery: { retry: 9 } }),
      { ...whole('/spec/delivery'), '/spec/delivery/retry': undefined },
    ],
  ])('%s', (_, object, expected) => {
    const wanted = Object.fromEntries(Object.entries(expected).filter(([, value]) => value !== undefined));
    expect(fills(object)).toEqual(wanted);
  });

  it("keeps a Trigger at its Broker's own values", () => {
    const broker = aBroker({ delivery: { retry: 10, backoffPolicy: 'linear' } });
    expect(fills(aTrigger({ delivery: { timeout: 'PT5S' } }), broker)).toEqual({
      '/spec/delivery/retry': 10,
      '/spec/delivery/backoffPolicy': 'linear',
      '/spec/delivery/backoffDelay': 'PT0.5S',
    });
  });

  it('leaves a Subscription alone whose channel delivers', () => {
    expect(fills(aSubscription(), aChannel({ delivery: { retry: 4 } }))).toEqual({});
  });

  it('fills nothing without a policy', () => {
    expect(fillsOf(eventingDefaults, aBroker(), aPolicy())).toEqual({});
  });
});

describe('the dead letter sink that a policy fills in', () => {
  const sink = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'dead-letters' };
  const policy = eventingPolicy({ ...BOUNDS, delivery: { deadLetterSink: { default: { ref: sink } } } });

  it.each<[object: JsonObject, expected: JsonObject]>([
    [aBroker(), { '/spec/delivery/deadLetterSink': { ref: sink } }],
    [aBroker({ delivery: { deadLetterSink: ref('Service', 'own') } }), {}],
    [aTrigger({ delivery: { retry: 3 } }), {}],
    [aSubscription(), { '/spec/delivery/deadLetterSink': { ref: sink } }],
  ])('%#', (object, expected) => {
    expect(fillsOf(eventingDefaults, object, policy)).toEqual(expected);
  });

  describe('that Weir keeps', () => {
    const kept = { apiVersion: 'v1', kind: 'Service', name: 'dead-letters-prod', namespace: 'weir-system' };
    const deadLetters = { keep: true };

    it.each<[object: JsonObject, eventing: EventingPolicy, expected: JsonObject]>([
      [aBroker(), { deadLetters }, { '/spec/delivery/deadLetterSink': { ref: kept } }],
      [aSubscription(), { deadLetters }, { '/spec/delivery/deadLetterSink': { ref: kept } }],
      [aBroker({ delivery: { deadLetterSink: ref('Service', 'own') } }), { deadLetters }, {}],
      [aBroker(), { deadLetters: { keep: false } }, {}],
      [aBroker(), { deadLetters: { storage: '5Gi' } }, {}],
      [
        aBroker(),
        { deadLetters, delivery: { deadLetterSink: { default: { ref: sink } } } },
        { '/spec/delivery/deadLetterSink': { ref: sink } },
      ],
    ])('%#', (object, eventing, expected) => {
      expect(fillsOf(eventingDefaults, object, eventingPolicy(eventing))).toEqual(expected);
    });

    it('says which field of the policy asks for it', () => {
      const place = { file: 'policies/prod.yaml', line: 14, column: 5 };
      const sources = new Map([['/spec/eventing/deadLetters/keep', place]]);
      const policy = { ...eventingPolicy({ deadLetters }), sources };
      const catalogue = only({ rules: [aRule({ kinds: [broker] })], defaulters: eventingDefaults });
      const { defaults } = verdictOf(catalogue, aBroker(), policy);
      expect(defaults.map(({ source }) => source)).toEqual(['policies/prod.yaml:14']);
    });
  });

  it('never makes a Broker its own', () => {
    const toItself = { ref: { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'orders' } };
    const looping = eventingPolicy({ delivery: { deadLetterSink: { default: toItself } } });
    expect(fillsOf(eventingDefaults, aBroker(), looping)).toEqual({});
  });
});
