import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { deliveryBackoff } from '../../../../src/policy/rules/eventing/deliveryBackoff.ts';
import { deliveryRetry } from '../../../../src/policy/rules/eventing/deliveryRetry.ts';
import { deliveryTimeout } from '../../../../src/policy/rules/eventing/deliveryTimeout.ts';
import { aPolicy, judgeBy, messages, paths } from '../../builders.ts';
import { aBroker, aChannel, anObject, aSequence, aSubscription, aTrigger, eventingPolicy, ref } from './builders.ts';

const withDelivery = (delivery: JsonObject) => aTrigger({ delivery });

describe('eventing/delivery-retry', () => {
  it.each<[delivery: JsonObject, expected: string[]]>([
    [{ retry: 3 }, []],
    [{ retry: 12 }, []],
    [{ retry: 2 }, ['Trigger payment has retry 2, and prod asks for at least 3']],
    [{ retry: 13 }, ['Trigger payment has retry 13, and prod allows at most 12']],
    [{}, ['Trigger payment names no retry, so that nothing is tried again; prod asks for at least 3']],
    [{ retry: null }, ['Trigger payment names no retry, so that nothing is tried again; prod asks for at least 3']],
    [{ retry: 'often' }, []],
    [{ retry: -1 }, []],
  ])('a Trigger with %j gives %j', (delivery, expected) => {
    expect(messages(judgeBy(deliveryRetry, withDelivery(delivery), eventingPolicy()))).toEqual(expected);
  });

  it('leaves to the Broker what a Trigger without a delivery gets', () => {
    expect(judgeBy(deliveryRetry, aTrigger(), eventingPolicy())).toEqual([]);
    expect(judgeBy(deliveryRetry, aBroker(), eventingPolicy())).toEqual([]);
  });

  it('judges each step by its place, and fixes it there', () => {
    const sequence = aSequence({ steps: [{ ...ref('Service', 'a'), delivery: { retry: 5 } }, ref('Service', 'b')] });
    expect(judgeBy(deliveryRetry, sequence, eventingPolicy())).toMatchObject([
      {
        path: '/spec/steps/1',
        message: 'step 2 of Sequence checkout names no retry, so that nothing is tried again; prod asks for at least 3',
        fix: [{ op: 'add', path: '/spec/steps/1/delivery', value: { retry: 3 } }],
      },
    ]);
  });

  it('judges the branches of a Parallel', () => {
    const branches = [{ subscriber: ref('Service', 'a'), delivery: { retry: 40 } }];
    const parallel = anObject('flows.knative.dev/v1', 'Parallel', 'fan', { branches });
    expect(paths(judgeBy(deliveryRetry, parallel, eventingPolicy()))).toEqual(['/spec/branches/0/delivery/retry']);
  });

  it("takes a Subscription's delivery from its channel where that is in sight", () => {
    const none = aChannel();
    const some = aChannel({ delivery: { retry: 5 } });
    expect(judgeBy(deliveryRetry, aSubscription(), eventingPolicy(), { beside: [none] })).toHaveLength(1);
    expect(judgeBy(deliveryRetry, aSubscription(), eventingPolicy(), { beside: [some] })).toEqual([]);
  });

  it('says nothing without bounds, and asks for nothing where the smallest is 0', () => {
    expect(judgeBy(deliveryRetry, withDelivery({ retry: 900 }), aPolicy())).toEqual([]);
    expect(judgeBy(deliveryRetry, withDelivery({}), eventingPolicy({ delivery: { retry: { min: 0 } } }))).toEqual([]);
  });
});

describe('eventing/delivery-backoff', () => {
  it.each<[delivery: JsonObject, expected: string[]]>([
    [{ backoffPolicy: 'exponential', backoffDelay: 'PT0.5S' }, []],
    [{ backoffDelay: 'PT10S' }, []],
    [{ backoffDelay: 'PT0.1S' }, []],
    [{ backoffDelay: 'PT10.1S' }, ['Trigger payment has backoffDelay PT10.1S, and prod allows at most PT10S']],
    [{ backoffDelay: 'P1D' }, ['Trigger payment has backoffDelay P1D, and prod allows at most PT10S']],
    [{ backoffDelay: 'PT0S' }, ['Trigger payment has backoffDelay PT0S, and prod asks for at least PT0.1S']],
    [{ backoffDelay: '5m' }, []],
    [{ backoffPolicy: 'linear' }, ['Trigger payment has backoffPolicy linear, and prod allows exponential']],
    [{ backoffPolicy: 'fixed' }, []],
  ])('%j gives %j', (delivery, expected) => {
    expect(messages(judgeBy(deliveryBackoff, withDelivery(delivery), eventingPolicy()))).toEqual(expected);
  });

  it('fixes at the nearest bound', () => {
    const [finding] = judgeBy(deliveryBackoff, withDelivery({ backoffDelay: 'PT1H' }), eventingPolicy());
    expect(finding?.fix).toEqual([{ op: 'replace', path: '/spec/delivery/backoffDelay', value: 'PT10S' }]);
  });
});

describe('eventing/delivery-timeout', () => {
  it.each<[timeout: string, expected: string[]]>([
    ['PT30S', []],
    ['PT10M', []],
    ['PT600S', []],
    ['PT601S', ['Trigger payment has timeout PT601S, and prod allows at most PT10M']],
    ['30m', []],
  ])('%s gives %j', (timeout, expected) => {
    expect(messages(judgeBy(deliveryTimeout, withDelivery({ timeout }), eventingPolicy()))).toEqual(expected);
  });
});
