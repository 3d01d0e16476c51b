import { describe, expect, it } from '@jest/globals';
import { isDelivered, isRetried, retriesOf } from '../../../src/knative/eventing/retries.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';

const NOW = Date.parse('2026-03-01T08:00:00Z');
const REFUSED = { status: undefined };

function waits(delivery: JsonObject, count: number): number[] {
  const retries = retriesOf(delivery);
  return Array.from({ length: count }, (_, retry) => retries.wait(retry, REFUSED, NOW));
}

describe('retriesOf', () => {
  it.each<[JsonObject, number[]]>([
    [{ backoffPolicy: 'exponential', backoffDelay: 'PT0.2S' }, [200, 400, 800, 1600]],
    [{ backoffPolicy: 'linear', backoffDelay: 'PT2S' }, [0, 2000, 4000, 6000]],
    [{ backoffDelay: 'PT2S' }, [0, 0]],
    [{ backoffPolicy: 'exponential' }, [0, 0]],
    [{ backoffPolicy: 'exponential', backoffDelay: '2s' }, [0, 0]],
    [{}, [0, 0]],
  ])('of %j waits %j ms', (delivery, expected) => {
    expect(waits(delivery, expected.length)).toEqual(expected);
  });

  it.each([
    ['PT1M', 1000, 2 ** 31 - 1],
    ['PT0.1S', 5000, 2 ** 31 - 1],
    // nothing times infinity is no number
    ['PT0S', 5000, 0],
    [undefined, 5000, 0],
  ])('doubles a delay of %s %s times to what a timer can wait', (backoffDelay = '', retry, expected) => {
    const retries = retriesOf({ backoffPolicy: 'exponential', backoffDelay });
    expect(retries.wait(retry, REFUSED, NOW)).toBe(expected);
  });

  it.each<[JsonObject, number, number | undefined]>([
    [{}, 0, undefined],
    [{ retry: 5, timeout: 'PT10S' }, 5, 10_000],
    [{ retry: -1, timeout: 'PT0S' }, 0, undefined],
    [{ timeout: '-PT5S' }, 0, undefined],
    [{ timeout: 'P60D' }, 0, 2 ** 31 - 1],
    [{ retry: '5', timeout: 10 }, 0, undefined],
  ])('of %j tries %s times more, for %s ms each', (delivery, most, timeout) => {
    expect(retriesOf(delivery)).toMatchObject({ most, timeout });
  });
});

describe('Retry-After', () => {
  const delivery = { backoffPolicy: 'exponential', backoffDelay: 'PT1S', retryAfterMax: 'PT30S' };

  it.each([
    [429, '10', 10_000],
    [503, '10', 10_000],
    [500, '10', 1000],
    [429, '3600', 30_000],
    [429, '0', 1000],
    [429, '-5', 1000],
    [429, 'Sun, 01 Mar 2026 08:00:20 GMT', 20_000],
    [429, 'Sun, 01 Mar 2026 07:00:00 GMT', 1000],
    [429, 'soon', 1000],
    [429, undefined, 1000],
  ])('with %s and %s waits %s ms', (status, retryAfter, expected) => {
    expect(retriesOf(delivery).wait(0, { status, retryAfter }, NOW)).toBe(expected);
  });

  it('counts only where the delivery says how much of it', () => {
    const { retryAfterMax, ...without } = delivery;
    expect(retryAfterMax).toBeDefined();
    const answer = { status: 429, retryAfter: '10' };
    expect(retriesOf(without).wait(0, answer, NOW)).toBe(1000);
    expect(retriesOf({ ...without, retryAfterMax: 'PT0S' }).wait(0, answer, NOW)).toBe(1000);
  });
});

describe('an answer', () => {
  it.each([
    [undefined, 'sent again'],
    [200, 'delivered'],
    [202, 'delivered'],
    [204, 'delivered'],
    [301, 'given up'],
    [400, 'given up'],
    [401, 'given up'],
    [404, 'sent again'],
    [408, 'sent again'],
    [409, 'sent again'],
    [413, 'given up'],
    [429, 'sent again'],
    [500, 'sent again'],
    [599, 'sent again'],
  ])('of %s means: %s', (status, expected) => {
    const answer = { status };
    const found = isDelivered(answer) ? 'delivered' : isRetried(answer) ? 'sent again' : 'given up';
    expect(found).toBe(expected);
  });
});
