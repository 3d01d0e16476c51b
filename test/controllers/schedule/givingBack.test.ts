import { describe, expect, it, jest } from '@jest/globals';
import { TRACE_ANNOTATION } from '../../../controllers/minScale/trace.ts';
import { podAutoscalers } from '../../../src/knative/resources.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { scalingSchedules } from '../../../src/schedule/resource.ts';
import { HOUR, TIMEOUT, useShop } from './harness.ts';
import { aPodAutoscaler, autoscaling } from './shop.ts';

jest.setTimeout(TIMEOUT);
const shop = useShop();

describe('what was there comes back', () => {
  async function inWindow(): Promise<void> {
    await shop.open();
    await shop.schedule('hours');
    await shop.settle();
    await shop.pass(HOUR);
    expect(await shop.minScaleOf()).toBe('10');
  }

  it('when the schedule is deleted', async () => {
    await inWindow();
    await shop.unschedule('hours');
    await shop.settle();
    expect(await shop.minScaleOf()).toBe('1');
    expect(await shop.annotationsOf('PodAutoscaler')).not.toHaveProperty([TRACE_ANNOTATION]);
  });

  it('when it was deleted while nobody looked', async () => {
    await inWindow();
    const { clock } = shop.running;
    await shop.running.stop();
    await shop.unschedule('hours');
    await shop.runAgain(clock);
    await shop.settle();
    expect(await shop.minScaleOf()).toBe('1');
  });

  it('when the process dies between putting back and forgetting, or before', async () => {
    for (const last of ['patch revisions cart-00001', 'patch podautoscalers cart-00001']) {
      const seen = await shop.eye();
      await shop.open({ client: seen.client });
      await shop.schedule('hours');
      await shop.settle();
      await shop.pass(HOUR);
      const { clock } = shop.running;
      seen.onAsk = (what) => {
        if (what === last) throw new Error('the process has ended');
      };
      await shop.unschedule('hours');
      await shop.settle({ patience: 0 });
      expect(await shop.annotationsOf('PodAutoscaler')).toHaveProperty([TRACE_ANNOTATION]);
      await shop.running.stop();
      await shop.runAgain(clock);
      await shop.settle();
      expect(await shop.minScaleOf()).toBe('1');
      expect(await shop.annotationsOf('PodAutoscaler')).not.toHaveProperty([TRACE_ANNOTATION]);
      await shop.running.stop();
    }
  });

  it('when somebody took the trace away', async () => {
    await inWindow();
    const body = { metadata: { annotations: { [TRACE_ANNOTATION]: null } } };
    await shop.patch(podAutoscalers, 'cart-00001', body);
    await shop.settle();
    await shop.pass(8 * HOUR);
    expect(await shop.minScaleOf()).toBe('1');
  });

  it('when the PodAutoscaler is deleted, and Knative makes another one with what is held', async () => {
    await inWindow();
    const { namespace } = shop;
    await shop.cluster.client.delete(podAutoscalers, { namespace, name: 'cart-00001' });
    await shop.settle();
    await shop.cluster.apply(
      aPodAutoscaler({ namespace, name: 'cart-00001', annotations: autoscaling({ 'min-scale': 10 }) }),
    );
    await shop.settle();
    expect(await shop.minScaleOf()).toBe('10');
    await shop.pass(8 * HOUR);
    expect(await shop.minScaleOf()).toBe('1');
  });

  it('when the PodAutoscaler is deleted just as another schedule takes over', async () => {
    const seen = await shop.eye();
    await shop.open({ client: seen.client });
    const { namespace } = shop;
    await shop.schedule('hours');
    await shop.settle();
    await shop.pass(HOUR);
    seen.onAsk = async (what) => {
      if (what !== 'patch podautoscalers cart-00001') return;
      seen.onAsk = () => {};
      await shop.cluster.client.delete(podAutoscalers, { namespace, name: 'cart-00001' });
    };
    await shop.schedule('strong', { priority: 1, default: { minScale: 12 } });
    await shop.settle();
    await shop.cluster.apply(
      aPodAutoscaler({ namespace, name: 'cart-00001', annotations: autoscaling({ 'min-scale': 10 }) }),
    );
    await shop.settle();
    await shop.unschedule('strong');
    await shop.unschedule('hours');
    await shop.settle();
    expect(await shop.minScaleOf()).toBe('1');
  });

  it('when somebody wrote nonsense into the trace and emptied the status', async () => {
    await inWindow();
    const body = { metadata: { annotations: { [TRACE_ANNOTATION]: '{"holder":7' } } };
    await shop.patch(podAutoscalers, 'cart-00001', body);
    await shop.settle();
    const empty = { type: 'merge', body: { status: null } } as const;
    await shop.cluster.client.patch(
      scalingSchedules,
      { namespace: shop.namespace, name: 'hours', subresource: 'status' },
      empty,
    );
    await shop.settle();
    await shop.pass(8 * HOUR);
    expect(await shop.minScaleOf()).toBe('1');
  });

  it.each<[string, JsonObject]>([
    ['suspended', { suspend: true }],
    ['over', { until: '2026-05-04T08:30:00Z' }],
    [
      'for another Service',
      { scaleTargetRef: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'till' } },
    ],
  ])('when it is %s', async (_, change) => {
    await inWindow();
    await shop.schedule('hours', change);
    await shop.settle();
    expect(await shop.minScaleOf()).toBe('1');
    expect(await shop.statusOf('hours')).toMatchObject({ held: 0, revisions: [] });
  });

  it('when the Revision turns to reserve, and goes again when it is active again', async () => {
    await inWindow();
    await shop.setRoutingState('cart-00001', 'reserve');
    await shop.settle();
    expect(await shop.minScaleOf()).toBe('1');
    expect(await shop.conditionOf('hours', 'Ready')).toMatchObject({ status: 'False', reason: 'NothingToHold' });
    await shop.setRoutingState('cart-00001', 'active');
    await shop.settle();
    expect(await shop.minScaleOf()).toBe('10');
  });

  it('by the hand of a person at night, for as long as it says', async () => {
    await inWindow();
    const override = { minScale: 15, until: '2026-05-04T11:00:00Z' };
    await shop.schedule('hours', { override });
    await shop.settle();
    expect(await shop.minScaleOf()).toBe('15');
    await shop.pass(2 * HOUR);
    expect(await shop.minScaleOf()).toBe('10');
  });

  it('not while the schedule cannot be read: then it stays as it is', async () => {
    await inWindow();
    await shop.schedule('hours', { timeZone: 'Mars/Olympus' });
    await shop.settle();
    await shop.pass(8 * HOUR);
    expect(await shop.minScaleOf()).toBe('10');
    expect(await shop.conditionOf('hours', 'Ready')).toMatchObject({
      status: 'False',
      reason: 'Invalid',
      message: expect.stringContaining('/spec/timeZone: the tz database has no time zone "Mars/Olympus"'),
    });
    await shop.schedule('hours');
    await shop.settle();
    expect(await shop.minScaleOf()).toBe('1');
  });
});
