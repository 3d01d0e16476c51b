import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { customResourceDefinitions } from '../../../src/kubernetes/client/resources.ts';
import { HandPolicies, policiesOf } from '../kit/policies.ts';
import { DAY, HOUR, TIMEOUT, useShop } from './harness.ts';
import { autoscaling } from './shop.ts';

jest.setTimeout(TIMEOUT);
const shop = useShop();

describe('where schedules overlap', () => {
  it.each([
    [
      'the higher priority',
      { priority: 5, windows: [{ name: 'low', start: '0 9 * * *', end: '0 17 * * *', minScale: 4 }] },
      '4',
      'other',
    ],
    [
      'the larger min-scale',
      { windows: [{ name: 'high', start: '0 9 * * *', end: '0 17 * * *', minScale: 12 }] },
      '12',
      'other',
    ],
    [
      'nobody with less',
      { windows: [{ name: 'low', start: '0 9 * * *', end: '0 17 * * *', minScale: 4 }] },
      '10',
      'hours',
    ],
  ])('%s wins, and the loser is named', async (_, spec, value, winner) => {
    await shop.open();
    const loser = winner === 'other' ? 'hours' : 'other';
    await shop.schedule('hours');
    await shop.schedule('other', spec);
    await shop.settle();
    await shop.pass(HOUR);
    expect(await shop.minScaleOf()).toBe(value);
    expect(await shop.conditionOf(winner, 'Uncontested')).toMatchObject({
      status: 'False',
      reason: 'Wins',
      message: expect.stringContaining(`ScalingSchedule ${loser}`),
    });
    expect(await shop.conditionOf(loser, 'Uncontested')).toMatchObject({
      status: 'False',
      reason: 'Loses',
      message: expect.stringContaining(`this one, ${loser}, loses`),
    });
    expect(await shop.conditionOf(loser, 'Ready')).toMatchObject({ status: 'True', reason: 'GivesWay' });

    // who is left takes over what the author wrote
    await shop.unschedule(winner);
    await shop.settle();
    expect(await shop.minScaleOf()).toBe(loser === 'hours' ? '10' : '4');
    expect(await shop.conditionOf(loser, 'Uncontested')).toMatchObject({ status: 'True', reason: 'Alone' });
    await shop.pass(8 * HOUR);
    expect(await shop.minScaleOf()).toBe('1');
  });

  it('the winner says so, too, where the loser comes later', async () => {
    await shop.open();
    await shop.schedule('hours');
    await shop.settle();
    await shop.pass(HOUR);
    expect(await shop.conditionOf('hours', 'Uncontested')).toMatchObject({ status: 'True', reason: 'Alone' });
    await shop.schedule('weak', { priority: -1 });
    await shop.settle();
    expect(await shop.conditionOf('hours', 'Uncontested')).toMatchObject({ status: 'False', reason: 'Wins' });
    await shop.unschedule('weak');
    await shop.settle();
    expect(await shop.conditionOf('hours', 'Uncontested')).toMatchObject({ status: 'True', reason: 'Alone' });
  });

  it('one hands over to the other at the minute', async () => {
    await shop.open();
    const night = { windows: [{ name: 'night', start: '0 17 * * *', end: '0 9 * * *', minScale: 3 }] };
    await shop.schedule('hours');
    await shop.schedule('night', night);
    await shop.settle();
    expect(await shop.minScaleOf()).toBe('3');
    for (const value of ['10', '3', '10', '3']) {
      await shop.pass(value === '10' ? HOUR : 8 * HOUR);
      expect(await shop.minScaleOf()).toBe(value);
      if (value === '3') await shop.pass(15 * HOUR);
    }
    await shop.unschedule('hours');
    await shop.unschedule('night');
    await shop.settle();
    expect(await shop.minScaleOf()).toBe('1');
  });
});

describe('a value stays within', () => {
  it('the environment, and says so', async () => {
    await shop.open({ environment: 'prod', policies: new HandPolicies(await policiesOf()) });
    await shop.schedule('hours', {
      windows: [{ name: 'day', start: '0 9 * * *', end: '0 17 * * *', minScale: 5000 }],
    });
    await shop.settle();
    await shop.pass(HOUR);
    const most = (await policiesOf()).get('prod')?.autoscaling?.minScale?.max;
    expect(await shop.minScaleOf()).toBe(`${most}`);
    expect(await shop.conditionOf('hours', 'WithinBounds')).toMatchObject({
      status: 'False',
      reason: 'Cut',
      message: expect.stringContaining(`cart-00001: min-scale 5000 is cut to ${most}, the most that prod allows`),
    });
    expect(await shop.statusOf('hours')).toMatchObject({ effective: { minScale: most } });
  });

  it('the environment that the namespace is in now, by the policy that holds now', async () => {
    const shipped = await policiesOf();
    const policies = new HandPolicies(shipped);
    await shop.open({ policies });
    await shop.schedule('hours', { windows: [{ ...DAY, minScale: 5000 }] });
    await shop.settle();
    await shop.pass(HOUR);
    expect(await shop.minScaleOf()).toBe('5000');

    await shop.cluster.namespace(shop.namespace, 'prod');
    await shop.settle();
    const prod = shipped.get('prod');
    expect(await shop.minScaleOf()).toBe(`${prod?.autoscaling?.minScale?.max}`);
    if (prod === undefined) throw new Error('there is no policy prod');
    const autoscaling = { ...prod.autoscaling, minScale: { max: 7 } };
    policies.change(new Map([...shipped, ['prod', { ...prod, autoscaling }]]));
    await shop.settle();
    expect(await shop.minScaleOf()).toBe('7');
  });

  it("the cluster's limit, as soon as that is set", async () => {
    await shop.open();
    await shop.cluster.namespace('knative-serving');
    await shop.schedule('hours');
    await shop.settle();
    await shop.pass(HOUR);
    expect(await shop.minScaleOf()).toBe('10');
    const config = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: 'knative-serving', name: 'config-autoscaler' },
    };
    await shop.cluster.apply({ ...config, data: { 'max-scale-limit': '7', 'max-scale': '7' } });
    await shop.settle();
    expect(await shop.minScaleOf()).toBe('7');
    await shop.cluster.apply({ ...config, data: {} });
    await shop.settle();
    expect(await shop.minScaleOf()).toBe('10');
  });
});

describe('the version of Knative', () => {
  async function label(version: string | null): Promise<void> {
    const body = { metadata: { labels: { 'app.kubernetes.io/version': version } } };
    await shop.cluster.client.patch(
      customResourceDefinitions,
      { name: 'revisions.serving.knative.dev' },
      { type: 'merge', body },
    );
  }

  afterEach(() => label('1.23.0'));

  it.each([
    ['unknown', 'devel', 'is labelled "devel" by app.kubernetes.io/version'],
    ['not written down', null, 'has no label app.kubernetes.io/version'],
  ])('%s: nothing is written, and a condition says how to go on', async (_, version, words) => {
    await label(version);
    const seen = await shop.eye();
    await shop.open({ client: seen.client });
    await shop.schedule('hours');
    await shop.settle();
    await shop.pass(HOUR);
    expect(await shop.minScaleOf()).toBe('1');
    expect(seen.asked.filter((what) => !what.includes('status'))).toEqual([]);
    expect(await shop.conditionOf('hours', 'Ready')).toMatchObject({
      status: 'False',
      reason: 'KnativeVersionUnknown',
      message: expect.stringContaining(words),
    });
    await label('1.22.1');
    await shop.settle();
    expect(await shop.minScaleOf()).toBe('10');
  });

  it('is lost for a while: what is held stays held, and what was deleted meanwhile is put back after it', async () => {
    await shop.open();
    await shop.schedule('hours');
    await shop.settle();
    await shop.pass(HOUR);
    await label('devel');
    await shop.settle();
    expect(await shop.statusOf('hours')).toMatchObject({ held: 1, revisions: [{ name: 'cart-00001' }] });
    await shop.unschedule('hours');
    await shop.settle();
    expect(await shop.minScaleOf()).toBe('10');
    await label('1.22.1');
    await shop.settle();
    expect(await shop.minScaleOf()).toBe('1');
  });

  it('up to 1.20: the PodAutoscaler is written, and the Revision never', async () => {
    await label('devel');
    const seen = await shop.eye();
    await shop.open({ client: seen.client, options: { knativeVersion: '1.20' } });
    await shop.schedule('hours');
    await shop.settle();
    await shop.pass(HOUR);
    expect(await shop.minScaleOf('cart-00001', 'PodAutoscaler')).toBe('10');
    await shop.pass(8 * HOUR);
    expect(await shop.annotationsOf('PodAutoscaler')).toEqual(autoscaling({ metric: 'concurrency', 'min-scale': 1 }));
    expect(await shop.minScaleOf()).toBe('1');
    expect(seen.asked.filter((what) => what.startsWith('patch revisions'))).toEqual([]);
  });
});
