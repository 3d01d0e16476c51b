import { describe, expect, it, jest } from '@jest/globals';
import { TRACE_ANNOTATION } from '../../../controllers/minScale/trace.ts';
import { podAutoscalers, revisions } from '../../../src/knative/resources.ts';
import { events } from '../../../src/kubernetes/client/events.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { HOUR, MIN, TIMEOUT, useShop } from './harness.ts';
import { autoscaling } from './shop.ts';

jest.setTimeout(TIMEOUT);
const shop = useShop();

/** Tries again until it passes. */
async function until(check: () => Promise<void>, tries = 1_000): Promise<void> {
  for (let left = tries; ; left--) {
    try {
      return await check();
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

describe('a window', () => {
  it('holds its Revision from start to end, and puts back what was there', async () => {
    await shop.open();
    const before = await shop.revision();
    await shop.schedule('hours');
    await shop.settle();
    expect(await shop.minScaleOf()).toBe('1');
    expect(await shop.statusOf('hours')).toMatchObject({
      cause: 'author',
      held: 0,
      nextTransition: '2026-05-04T09:00:00Z',
    });

    await shop.pass(HOUR);
    expect(await shop.minScaleOf()).toBe('10');
    expect(await shop.statusOf('hours')).toMatchObject({
      observedGeneration: 1,
      cause: 'window',
      activeWindow: 'day',
      effective: { minScale: 10 },
      nextTransition: '2026-05-04T17:00:00Z',
      held: 1,
      revisions: [{ name: 'cart-00001', minScale: 10, authored: { [MIN]: '1' } }],
    });
    expect(await shop.conditionOf('hours', 'Ready')).toMatchObject({
      status: 'True',
      reason: 'Holds',
      message: 'window day holds min-scale 10 on cart-00001',
      observedGeneration: 1,
    });

    await shop.pass(8 * HOUR);
    const after = await shop.revision();
    expect(after.metadata).toMatchObject({ annotations: (before.metadata as JsonObject).annotations });
    expect(await shop.annotationsOf('PodAutoscaler')).not.toHaveProperty([TRACE_ANNOTATION]);
    expect(await shop.statusOf('hours')).toMatchObject({
      cause: 'author',
      held: 0,
      revisions: [],
    });
  });

  it.each([
    ['in the older spelling', { minScale: 3 }, { minScale: 10 }],
    ['nowhere', { 'max-scale': 40 }, { 'min-scale': 10, 'max-scale': 40 }],
    ['in both spellings', { minScale: 3, 'min-scale': 4 }, { minScale: 3, 'min-scale': 10 }],
  ])('where the author wrote min-scale %s', async (_, authored, held) => {
    await shop.open({ annotations: autoscaling(authored) });
    await shop.schedule('hours');
    await shop.settle();
    await shop.pass(HOUR);
    const creator = { 'serving.knative.dev/creator': 'jane' };
    expect(await shop.annotationsOf('Revision')).toEqual({
      ...creator,
      ...autoscaling(held),
    });
    await shop.pass(8 * HOUR);
    expect(await shop.annotationsOf('Revision')).toEqual({
      ...creator,
      ...autoscaling(authored),
    });
  });

  it('records what the author wrote before it writes, and asks for nothing between transitions', async () => {
    const seen = await shop.eye();
    await shop.open({ client: seen.client });
    await shop.schedule('hours');
    await shop.settle();
    seen.asked.length = 0;
    await shop.pass(HOUR);
    expect(seen.asked).toEqual([
      'get revisions cart-00001',
      'get podautoscalers cart-00001',
      'patch scalingschedules/status hours',
      'patch podautoscalers cart-00001',
      'patch revisions cart-00001',
      'patch scalingschedules/status hours',
    ]);
    seen.asked.length = 0;
    await shop.pass(2 * HOUR);
    await shop.pass(2 * HOUR);
    await shop.setReady('cart-00001', false);
    await shop.settle();
    expect(seen.asked).toEqual([]);
    expect(await shop.minScaleOf()).toBe('10');
  });

  it.each([
    ['the record', 'patch podautoscalers cart-00001'],
    ['the trace', 'patch revisions cart-00001'],
  ])('is right in the end where the process dies after %s', async (_, last) => {
    const seen = await shop.eye();
    await shop.open({ client: seen.client });
    const { clock } = shop.running;
    await shop.schedule('hours');
    await shop.settle();
    let isDead = false;
    seen.onAsk = (what) => {
      isDead ||= what === last;
      if (isDead) throw new Error('the process has ended');
    };
    clock.advance(HOUR);
    await shop.settle({ patience: 0 });
    expect(isDead).toBe(true);
    expect(await shop.minScaleOf()).toBe('1');
    await shop.running.stop();

    // in the window, and after it
    await shop.runAgain(clock);
    await shop.settle();
    expect(await shop.minScaleOf()).toBe('10');
    await shop.pass(8 * HOUR);
    expect(await shop.minScaleOf()).toBe('1');
  });

  it('ends right where the process died in it and comes back after it', async () => {
    const seen = await shop.eye();
    await shop.open({ client: seen.client });
    const { clock } = shop.running;
    await shop.schedule('hours');
    await shop.settle();
    seen.onAsk = (what) => {
      if (what === 'patch revisions cart-00001') throw new Error('the process has ended');
    };
    clock.advance(HOUR);
    await shop.settle({ patience: 0 });
    await shop.running.stop();
    clock.advance(24 * HOUR - 2 * HOUR);
    await shop.runAgain(clock);
    await shop.settle();
    expect(await shop.minScaleOf()).toBe('1');
    expect(await shop.annotationsOf('PodAutoscaler')).not.toHaveProperty([TRACE_ANNOTATION]);
  });

  it('is right at once after days without anybody, and replays nothing', async () => {
    await shop.open();
    await shop.schedule('hours');
    await shop.settle();
    await shop.pass(HOUR);
    const { clock } = shop.running;
    await shop.running.stop();
    clock.advance(3 * 24 * HOUR + 20 * 60_000);
    await shop.runAgain(clock);
    await shop.settle();
    expect(await shop.minScaleOf()).toBe('10');
    expect(shop.running.news).toEqual([]);
    await shop.running.stop();
    clock.advance(30 * 24 * HOUR + 12 * HOUR);
    await shop.runAgain(clock);
    await shop.settle();
    expect(await shop.minScaleOf()).toBe('1');
    expect(shop.running.news).toHaveLength(1);
  });

  it('tells each transition once, as an Event, a CloudEvent and a lag', async () => {
    await shop.open();
    await shop.schedule('hours');
    await shop.settle();
    shop.running.clock.advance(HOUR);
    await shop.settle();
    const { metadata } = await shop.scheduleNamed('hours');
    expect(shop.running.news.at(-1)).toEqual({
      type: 'dev.weir.schedule.transition.v1',
      subject: `weir.dev/v1alpha1/namespaces/${shop.namespace}/scalingschedules/hours`,
      data: {
        namespace: shop.namespace,
        schedule: 'hours',
        from: { cause: 'author', window: null },
        to: { cause: 'window', window: 'day' },
        scale: { minScale: 10 },
        revisions: [{ name: 'cart-00001', minScale: 10 }],
        at: '2026-05-04T09:00:00.000Z',
        until: '2026-05-04T17:00:00Z',
      },
    });
    await until(async () => {
      const { items } = await shop.cluster.client.list(events, { namespace: shop.namespace });
      expect(items.filter(({ reason }) => reason === 'WindowStarted')).toEqual([
        expect.objectContaining({
          note: 'window day asks for min-scale 10, held on cart-00001, until 2026-05-04T17:00:00Z',
          reportingController: 'weir.dev/schedule',
          regarding: expect.objectContaining({
            kind: 'ScalingSchedule',
            name: 'hours',
            uid: (metadata as JsonObject).uid,
          }),
        }),
      ]);
    });
    const metrics = await shop.running.registry.metrics();
    expect(metrics).toContain('weir_schedule_active_windows 1');
    expect(metrics).toContain('weir_schedule_transition_lag_seconds_bucket{le="0.05"} 1');
    await shop.pass(8 * HOUR);
    expect(await shop.running.registry.metrics()).toContain('weir_schedule_active_windows 0');
    expect(shop.running.news.map(({ data }) => data.to)).toEqual([
      { cause: 'author', window: null },
      { cause: 'window', window: 'day' },
      { cause: 'author', window: null },
    ]);

    // by somebody's hand, and no lag of the clock's
    const lags = async () => /_lag_seconds_count (\d+)/.exec(await shop.running.registry.metrics())?.[1];
    const before = await lags();
    await shop.schedule('hours', { default: { minScale: 2 } });
    await shop.settle();
    expect(await shop.minScaleOf()).toBe('2');
    expect([before, await lags()]).toEqual(['2', '2']);
  });
});

describe('outside of its windows a schedule', () => {
  it('holds its default, and gives back when it has none any more', async () => {
    await shop.open();
    await shop.schedule('hours', { default: { minScale: 2 } });
    await shop.settle();
    expect(await shop.minScaleOf()).toBe('2');
    await shop.pass(HOUR);
    expect(await shop.minScaleOf()).toBe('10');
    await shop.pass(8 * HOUR);
    expect(await shop.minScaleOf()).toBe('2');
    await shop.schedule('hours');
    await shop.settle();
    expect(await shop.minScaleOf()).toBe('1');
  });
});

describe('a deploy in a window', () => {
  it('is held once it is ready, and the Revision before it until it has no traffic', async () => {
    await shop.open();
    await shop.schedule('hours');
    await shop.settle();
    await shop.pass(HOUR);
    const next = { name: 'cart-00002', annotations: autoscaling({ 'min-scale': 2 }), isReady: false };
    await shop.deploy(next);
    await shop.settle();
    expect(await shop.minScaleOf('cart-00002')).toBe('2');
    expect(await shop.conditionOf('hours', 'Ready')).toMatchObject({
      reason: 'Holds',
      message: 'window day holds min-scale 10 on cart-00001; cart-00002 is not ready yet',
    });
    await shop.setReady(next.name);
    await shop.settle();
    expect(await shop.minScaleOf('cart-00002')).toBe('10');
    await shop.setRoutingState('cart-00001', 'reserve');
    await shop.settle();
    expect([await shop.minScaleOf(), await shop.minScaleOf('cart-00002')]).toEqual(['1', '10']);
    await shop.pass(8 * HOUR);
    expect(await shop.minScaleOf('cart-00002')).toBe('2');
  });

  it('is another Revision even where it has the name of one that was held', async () => {
    await shop.open();
    await shop.schedule('hours');
    await shop.settle();
    await shop.pass(HOUR);
    const revision = { namespace: shop.namespace, name: 'cart-00001' };
    await shop.cluster.client.delete(revisions, revision);
    await shop.cluster.client.delete(podAutoscalers, revision);
    await shop.settle();
    await shop.deploy({ name: revision.name, annotations: autoscaling({ 'min-scale': 3 }) });
    await shop.settle();
    expect(await shop.minScaleOf()).toBe('10');
    await shop.pass(8 * HOUR);
    expect(await shop.minScaleOf()).toBe('3');
  });
});
