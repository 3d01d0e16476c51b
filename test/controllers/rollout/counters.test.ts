/** What the platform counts of each Revision. */
import { describe, expect, it } from '@jest/globals';
import { askCounters, nobodyCounts, RequestCounters } from '../../../controllers/rollout/measure/counters.ts';
import type { Question } from '../../../controllers/rollout/measure/source.ts';
import { FakeClock } from '../../kubernetes/client/fakeClock.ts';
import { aRollout } from '../../rollout/builders.ts';

const METRICS = [
  { name: 'error-rate', max: 0.01 },
  { name: 'p95-latency', max: '500ms' },
];
const { analysis } = aRollout({ analysis: { metrics: METRICS } });

function seen(status: number, milliseconds: number, revision = 'shop/cart-00002') {
  return { revision, status, milliseconds, waitedMilliseconds: 0, isProxied: false, isColdStart: false };
}

function question(clock: FakeClock, seconds: number): Question {
  if (analysis === undefined) throw new Error('no analysis');
  const to = clock.now().getTime();
  const from = to - seconds * 1000;
  return { namespace: 'shop', service: 'cart', revision: 'cart-00002', stable: 'cart-00001', from, to, analysis };
}

async function ask(counters: RequestCounters, clock: FakeClock, seconds: number) {
  const { requests, metrics } = await askCounters(counters)(question(clock, seconds), new AbortController().signal);
  return { requests, values: metrics.map(({ value }) => (value.type === 'value' ? value.value : value.type)) };
}

describe('the counters of the platform', () => {
  it('have the requests, the failures and the percentile of an interval, and of no other Revision', async () => {
    const clock = new FakeClock();
    const counters = new RequestCounters(clock);
    for (let count = 0; count < 100; count++) counters.onRequest(seen(count < 5 ? 503 : 200, count + 1));
    for (let count = 0; count < 50; count++) counters.onRequest(seen(500, 9_000, 'shop/cart-00001'));
    clock.advance(30_000);
    const { requests, values } = await ask(counters, clock, 30);
    expect([requests, values[0]]).toEqual([100, 0.05]);
    expect(Number(values[1])).toBeGreaterThan(0.095 * 0.98);
    expect(Number(values[1])).toBeLessThan(0.095 * 1.02);
  });

  it('forget what was before the interval', async () => {
    const clock = new FakeClock();
    const counters = new RequestCounters(clock);
    counters.onRequest(seen(500, 10));
    clock.advance(30_000);
    expect((await ask(counters, clock, 30)).requests).toBe(1);
    clock.advance(1_000);
    expect(await ask(counters, clock, 30)).toEqual({ requests: 0, values: ['none', 'none'] });
  });

  it('forget Revisions of long ago where nobody ever asks for an interval', () => {
    const clock = new FakeClock();
    const counters = new RequestCounters(clock);
    const from = clock.now().getTime();
    counters.onRequest(seen(200, 10, 'shop/cart-00001'));
    const ofTheFirst = () => counters.read('shop/cart-00001', from - 3_600_000, from + 3_600_000).requests;
    clock.advance(24 * 3_600_000);
    counters.onRequest(seen(200, 10, 'shop/cart-00002'));
    expect(ofTheFirst()).toBe(1);
    clock.advance(2 * 3_600_000);
    counters.onRequest(seen(200, 10, 'shop/cart-00003'));
    expect(ofTheFirst()).toBe(0);
  });

  it('count nobody who hung up as a failure, nor how long that took', async () => {
    const clock = new FakeClock();
    const counters = new RequestCounters(clock);
    counters.onRequest(seen(499, 60_000));
    counters.onRequest(seen(200, 10));
    clock.advance(1_000);
    const { requests, values } = await ask(counters, clock, 30);
    expect([requests, values[0]]).toEqual([2, 0]);
    expect(Number(values[1])).toBeLessThan(0.011);
  });

  it('reach back a day, by the minute', async () => {
    const clock = new FakeClock();
    const counters = new RequestCounters(clock);
    for (let minute = 0; minute < 24 * 60; minute++) {
      counters.onRequest(seen(minute % 2 === 0 ? 500 : 200, 10));
      clock.advance(60_000);
    }
    expect(await ask(counters, clock, 24 * 3600)).toMatchObject({ requests: 1440, values: [0.5, expect.any(Number)] });
    expect((await ask(counters, clock, 3600)).requests).toBe(60);
  });

  it('go on where a clock is set back', async () => {
    const clock = new FakeClock();
    const counters = new RequestCounters(clock);
    counters.onRequest(seen(200, 10));
    clock.advance(-3_600_000);
    counters.onRequest(seen(200, 10));
    clock.advance(3_601_000);
    expect((await ask(counters, clock, 30)).requests).toBe(2);
  });

  it('are missed where nobody counts', async () => {
    const result = await nobodyCounts(question(new FakeClock(), 30), new AbortController().signal);
    expect(result.requests).toBeUndefined();
    expect(result.metrics[0]?.value).toMatchObject({
      type: 'error',
      message: expect.stringContaining('spec.analysis.prometheus.address'),
    });
  });
});
