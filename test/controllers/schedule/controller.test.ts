import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { REFUSED_MS } from '../../../controllers/minScale/refusals.ts';
import { TRACE_ANNOTATION } from '../../../controllers/minScale/trace.ts';
import { makeSchedules, type ScheduleOptions } from '../../../controllers/schedule/controller.ts';
import { podAutoscalers, revisions, scalingSchedules } from '../../../controllers/schedule/kinds.ts';
import { ApiError } from '../../../src/kubernetes/client/errors.ts';
import { events } from '../../../src/kubernetes/client/events.ts';
import { arrayAt, type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { type Cluster, startCluster } from '../kit/cluster.ts';
import { HandPolicies, policiesOf } from '../kit/policies.ts';
import { type Run, type RunOptions, run } from '../kit/run.ts';
import {
  annotationsOf,
  aPodAutoscaler,
  aSchedule,
  aService,
  autoscaling,
  deploy,
  type RevisionOptions,
  scheduleNamed,
  setReady,
  setRoutingState,
} from './shop.ts';
import { type Watched, watched } from './watched.ts';

const HOUR = 3_600_000;
const DAY = { name: 'day', start: '0 9 * * *', end: '0 17 * * *' };
const MIN = 'autoscaling.knative.dev/min-scale';

/** Each of them is done within a second or two where nothing else runs. */
jest.setTimeout(60_000);

let cluster: Cluster;
let running: Run;
let namespace = '';
let made = 0;

beforeAll(async () => {
  cluster = await startCluster();
}, 120_000);

afterAll(() => cluster.stop());

afterEach(async () => {
  await running.stop();
  // a run of another test shall not find it
  for (const schedule of (await cluster.client.list(scalingSchedules, { namespace })).items) {
    const name = stringAt(schedule, 'metadata', 'name') ?? '';
    await cluster.client.delete(scalingSchedules, { namespace, name });
  }
});

/** A namespace of its own with the Service cart and its first Revision, and the controller, at eight in the morning. */
async function start({
  environment,
  annotations = autoscaling({ 'min-scale': 1 }),
  options = {},
  ...rest
}: {
  environment?: string;
  annotations?: Record<string, string>;
  options?: ScheduleOptions;
} & Partial<RunOptions> = {}): Promise<RevisionOptions> {
  namespace = `shop-${++made}`;
  await cluster.namespace(namespace, environment);
  await cluster.apply(aService(namespace, 'cart', { tier: 'web' }));
  const revision = { namespace, name: 'cart-00001', annotations };
  await deploy(cluster, revision);
  running = await run(cluster, { controllers: [makeSchedules(options)], ...rest });
  return revision;
}

/** The administrator's client as the controllers get it, with an eye on it. */
async function eye(): Promise<Watched> {
  return watched((await cluster.connect()).client);
}

async function minScaleOf(name = 'cart-00001', kind: 'Revision' | 'PodAutoscaler' = 'Revision'): Promise<unknown> {
  return (await annotationsOf(cluster, kind, namespace, name))[MIN];
}

/** Tries again until it passes. */
async function until(check: () => Promise<void>, tries = 300): Promise<void> {
  for (let left = tries; ; left--) {
    try {
      return await check();
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function conditionOf(schedule: string, type: string): Promise<JsonObject | undefined> {
  const object = await scheduleNamed(cluster, namespace, schedule);
  const found = arrayAt(object, 'status', 'conditions').find((each) => stringAt(each, 'type') === type);
  return found as JsonObject | undefined;
}

describe('a window', () => {
  it('holds its Revision from start to end, and puts back what was there', async () => {
    const { name } = await start();
    const before = await cluster.client.get(revisions, { namespace, name });
    await cluster.apply(aSchedule(namespace, 'hours'));
    await running.settle();
    expect(await minScaleOf()).toBe('1');
    expect((await scheduleNamed(cluster, namespace, 'hours')).status).toMatchObject({
      cause: 'author',
      held: 0,
      nextTransition: '2026-05-04T09:00:00Z',
    });

    await running.pass(HOUR);
    expect(await minScaleOf()).toBe('10');
    expect((await scheduleNamed(cluster, namespace, 'hours')).status).toMatchObject({
      observedGeneration: 1,
      cause: 'window',
      activeWindow: 'day',
      effective: { minScale: 10 },
      nextTransition: '2026-05-04T17:00:00Z',
      held: 1,
      revisions: [{ name, minScale: 10, authored: { [MIN]: '1' } }],
    });
    expect(await conditionOf('hours', 'Ready')).toMatchObject({
      status: 'True',
      reason: 'Holds',
      message: 'window day holds min-scale 10 on cart-00001',
      observedGeneration: 1,
    });

    await running.pass(8 * HOUR);
    const after = await cluster.client.get(revisions, { namespace, name });
    expect(after.metadata).toMatchObject({ annotations: (before.metadata as JsonObject).annotations });
    expect(await annotationsOf(cluster, 'PodAutoscaler', namespace, name)).not.toHaveProperty([TRACE_ANNOTATION]);
    expect((await scheduleNamed(cluster, namespace, 'hours')).status).toMatchObject({
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
    const revision = await start({ annotations: autoscaling(authored) });
    await cluster.apply(aSchedule(namespace, 'hours'));
    await running.settle();
    await running.pass(HOUR);
    const creator = { 'serving.knative.dev/creator': 'jane' };
    expect(await annotationsOf(cluster, 'Revision', namespace, revision.name)).toEqual({
      ...creator,
      ...autoscaling(held),
    });
    await running.pass(8 * HOUR);
    expect(await annotationsOf(cluster, 'Revision', namespace, revision.name)).toEqual({
      ...creator,
      ...autoscaling(authored),
    });
  });

  it('records what the author wrote before it writes, and asks for nothing between transitions', async () => {
    const seen = await eye();
    await start({ client: seen.client });
    await cluster.apply(aSchedule(namespace, 'hours'));
    await running.settle();
    seen.asked.length = 0;
    await running.pass(HOUR);
    expect(seen.asked).toEqual([
      'get revisions cart-00001',
      'get podautoscalers cart-00001',
      'patch scalingschedules/status hours',
      'patch podautoscalers cart-00001',
      'patch revisions cart-00001',
      'patch scalingschedules/status hours',
    ]);
    seen.asked.length = 0;
    await running.pass(2 * HOUR);
    await running.pass(2 * HOUR);
    await setReady(cluster, { namespace, name: 'cart-00001' }, false);
    await running.settle();
    expect(seen.asked).toEqual([]);
    expect(await minScaleOf()).toBe('10');
  });

  it.each([
    ['the record', 'patch podautoscalers cart-00001'],
    ['the trace', 'patch revisions cart-00001'],
  ])('is right in the end where the process dies after %s', async (_, last) => {
    const seen = await eye();
    await start({ client: seen.client });
    const { clock } = running;
    await cluster.apply(aSchedule(namespace, 'hours'));
    await running.settle();
    let isDead = false;
    seen.onAsk = (what) => {
      isDead ||= what === last;
      if (isDead) throw new Error('the process has ended');
    };
    clock.advance(HOUR);
    await running.settle({ patience: 0 });
    expect(isDead).toBe(true);
    expect(await minScaleOf()).toBe('1');
    await running.stop();

    // in the window, and after it
    running = await run(cluster, { controllers: [makeSchedules()], clock });
    await running.settle();
    expect(await minScaleOf()).toBe('10');
    await running.pass(8 * HOUR);
    expect(await minScaleOf()).toBe('1');
  });

  it('ends right where the process died in it and comes back after it', async () => {
    const seen = await eye();
    await start({ client: seen.client });
    const { clock } = running;
    await cluster.apply(aSchedule(namespace, 'hours'));
    await running.settle();
    seen.onAsk = (what) => {
      if (what === 'patch revisions cart-00001') throw new Error('the process has ended');
    };
    clock.advance(HOUR);
    await running.settle({ patience: 0 });
    await running.stop();
    clock.advance(24 * HOUR - 2 * HOUR);
    running = await run(cluster, { controllers: [makeSchedules()], clock });
    await running.settle();
    expect(await minScaleOf()).toBe('1');
    expect(await annotationsOf(cluster, 'PodAutoscaler', namespace, 'cart-00001')).not.toHaveProperty([
      TRACE_ANNOTATION,
    ]);
  });

  it('is right at once after days without anybody, and replays nothing', async () => {
    await start();
    await cluster.apply(aSchedule(namespace, 'hours'));
    await running.settle();
    await running.pass(HOUR);
    const { clock } = running;
    await running.stop();
    clock.advance(3 * 24 * HOUR + 20 * 60_000);
    running = await run(cluster, { controllers: [makeSchedules()], clock });
    await running.settle();
    expect(await minScaleOf()).toBe('10');
    expect(running.news).toEqual([]);
    await running.stop();
    clock.advance(30 * 24 * HOUR + 12 * HOUR);
    running = await run(cluster, { controllers: [makeSchedules()], clock });
    await running.settle();
    expect(await minScaleOf()).toBe('1');
    expect(running.news).toHaveLength(1);
  });

  it('tells each transition once, as an Event, a CloudEvent and a lag', async () => {
    await start();
    await cluster.apply(aSchedule(namespace, 'hours'));
    await running.settle();
    running.clock.advance(HOUR);
    await running.settle();
    const { metadata } = await scheduleNamed(cluster, namespace, 'hours');
    expect(running.news.at(-1)).toEqual({
      type: 'dev.weir.schedule.transition.v1',
      subject: `weir.dev/v1alpha1/namespaces/${namespace}/scalingschedules/hours`,
      data: {
        namespace,
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
      const { items } = await cluster.client.list(events, { namespace });
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
    const metrics = await running.registry.metrics();
    expect(metrics).toContain('weir_schedule_active_windows 1');
    expect(metrics).toContain('weir_schedule_transition_lag_seconds_bucket{le="0.05"} 1');
    await running.pass(8 * HOUR);
    expect(await running.registry.metrics()).toContain('weir_schedule_active_windows 0');
    expect(running.news.map(({ data }) => data.to)).toEqual([
      { cause: 'author', window: null },
      { cause: 'window', window: 'day' },
      { cause: 'author', window: null },
    ]);

    // by somebody's hand, and no lag of the clock's
    const lags = async () => /_lag_seconds_count (\d+)/.exec(await running.registry.metrics())?.[1];
    const before = await lags();
    await cluster.apply(aSchedule(namespace, 'hours', { default: { minScale: 2 } }));
    await running.settle();
    expect(await minScaleOf()).toBe('2');
    expect([before, await lags()]).toEqual(['2', '2']);
  });
});

describe('outside of its windows a schedule', () => {
  it('holds its default, and gives back when it has none any more', async () => {
    await start();
    await cluster.apply(aSchedule(namespace, 'hours', { default: { minScale: 2 } }));
    await running.settle();
    expect(await minScaleOf()).toBe('2');
    await running.pass(HOUR);
    expect(await minScaleOf()).toBe('10');
    await running.pass(8 * HOUR);
    expect(await minScaleOf()).toBe('2');
    await cluster.apply(aSchedule(namespace, 'hours'));
    await running.settle();
    expect(await minScaleOf()).toBe('1');
  });
});

describe('what was there comes back', () => {
  async function inWindow(): Promise<void> {
    await start();
    await cluster.apply(aSchedule(namespace, 'hours'));
    await running.settle();
    await running.pass(HOUR);
    expect(await minScaleOf()).toBe('10');
  }

  it('when the schedule is deleted', async () => {
    await inWindow();
    await cluster.client.delete(scalingSchedules, { namespace, name: 'hours' });
    await running.settle();
    expect(await minScaleOf()).toBe('1');
    expect(await annotationsOf(cluster, 'PodAutoscaler', namespace, 'cart-00001')).not.toHaveProperty([
      TRACE_ANNOTATION,
    ]);
  });

  it('when it was deleted while nobody looked', async () => {
    await inWindow();
    const { clock } = running;
    await running.stop();
    await cluster.client.delete(scalingSchedules, { namespace, name: 'hours' });
    running = await run(cluster, { controllers: [makeSchedules()], clock });
    await running.settle();
    expect(await minScaleOf()).toBe('1');
  });

  it('when the process dies between putting back and forgetting, or before', async () => {
    for (const last of ['patch revisions cart-00001', 'patch podautoscalers cart-00001']) {
      const seen = await eye();
      await start({ client: seen.client });
      await cluster.apply(aSchedule(namespace, 'hours'));
      await running.settle();
      await running.pass(HOUR);
      const { clock } = running;
      seen.onAsk = (what) => {
        if (what === last) throw new Error('the process has ended');
      };
      await cluster.client.delete(scalingSchedules, { namespace, name: 'hours' });
      await running.settle({ patience: 0 });
      expect(await annotationsOf(cluster, 'PodAutoscaler', namespace, 'cart-00001')).toHaveProperty([TRACE_ANNOTATION]);
      await running.stop();
      running = await run(cluster, { controllers: [makeSchedules()], clock });
      await running.settle();
      expect(await minScaleOf()).toBe('1');
      expect(await annotationsOf(cluster, 'PodAutoscaler', namespace, 'cart-00001')).not.toHaveProperty([
        TRACE_ANNOTATION,
      ]);
      await running.stop();
    }
  });

  it('when somebody took the trace away', async () => {
    await inWindow();
    const body = { metadata: { annotations: { [TRACE_ANNOTATION]: null } } };
    await cluster.client.patch(podAutoscalers, { namespace, name: 'cart-00001' }, { type: 'merge', body });
    await running.settle();
    await running.pass(8 * HOUR);
    expect(await minScaleOf()).toBe('1');
  });

  it('when the PodAutoscaler is deleted, and Knative makes another one with what is held', async () => {
    await inWindow();
    await cluster.client.delete(podAutoscalers, { namespace, name: 'cart-00001' });
    await running.settle();
    await cluster.apply(
      aPodAutoscaler({ namespace, name: 'cart-00001', annotations: autoscaling({ 'min-scale': 10 }) }),
    );
    await running.settle();
    expect(await minScaleOf()).toBe('10');
    await running.pass(8 * HOUR);
    expect(await minScaleOf()).toBe('1');
  });

  it('when somebody wrote nonsense into the trace and emptied the status', async () => {
    await inWindow();
    const body = { metadata: { annotations: { [TRACE_ANNOTATION]: '{"holder":7' } } };
    await cluster.client.patch(podAutoscalers, { namespace, name: 'cart-00001' }, { type: 'merge', body });
    await running.settle();
    const empty = { type: 'merge', body: { status: null } } as const;
    await cluster.client.patch(scalingSchedules, { namespace, name: 'hours', subresource: 'status' }, empty);
    await running.settle();
    await running.pass(8 * HOUR);
    expect(await minScaleOf()).toBe('1');
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
    await cluster.apply(aSchedule(namespace, 'hours', change));
    await running.settle();
    expect(await minScaleOf()).toBe('1');
    expect((await scheduleNamed(cluster, namespace, 'hours')).status).toMatchObject({ held: 0, revisions: [] });
  });

  it('when the Revision turns to reserve, and goes again when it is active again', async () => {
    await inWindow();
    await setRoutingState(cluster, { namespace, name: 'cart-00001' }, 'reserve');
    await running.settle();
    expect(await minScaleOf()).toBe('1');
    expect(await conditionOf('hours', 'Ready')).toMatchObject({ status: 'False', reason: 'NothingToHold' });
    await setRoutingState(cluster, { namespace, name: 'cart-00001' }, 'active');
    await running.settle();
    expect(await minScaleOf()).toBe('10');
  });

  it('by the hand of a person at night, for as long as it says', async () => {
    await inWindow();
    const override = { minScale: 15, until: '2026-05-04T11:00:00Z' };
    await cluster.apply(aSchedule(namespace, 'hours', { override }));
    await running.settle();
    expect(await minScaleOf()).toBe('15');
    await running.pass(2 * HOUR);
    expect(await minScaleOf()).toBe('10');
  });

  it('not while the schedule cannot be read: then it stays as it is', async () => {
    await inWindow();
    await cluster.apply(aSchedule(namespace, 'hours', { timeZone: 'Mars/Olympus' }));
    await running.settle();
    await running.pass(8 * HOUR);
    expect(await minScaleOf()).toBe('10');
    expect(await conditionOf('hours', 'Ready')).toMatchObject({
      status: 'False',
      reason: 'Invalid',
      message: expect.stringContaining('/spec/timeZone: the tz database has no time zone "Mars/Olympus"'),
    });
    await cluster.apply(aSchedule(namespace, 'hours'));
    await running.settle();
    expect(await minScaleOf()).toBe('1');
  });
});

describe('a deploy in a window', () => {
  it('is held once it is ready, and the Revision before it until it has no traffic', async () => {
    await start();
    await cluster.apply(aSchedule(namespace, 'hours'));
    await running.settle();
    await running.pass(HOUR);
    const next = { namespace, name: 'cart-00002', annotations: autoscaling({ 'min-scale': 2 }), isReady: false };
    await deploy(cluster, next);
    await running.settle();
    expect(await minScaleOf('cart-00002')).toBe('2');
    expect(await conditionOf('hours', 'Ready')).toMatchObject({
      reason: 'Holds',
      message: 'window day holds min-scale 10 on cart-00001; cart-00002 is not ready yet',
    });
    await setReady(cluster, next);
    await running.settle();
    expect(await minScaleOf('cart-00002')).toBe('10');
    await setRoutingState(cluster, { namespace, name: 'cart-00001' }, 'reserve');
    await running.settle();
    expect([await minScaleOf(), await minScaleOf('cart-00002')]).toEqual(['1', '10']);
    await running.pass(8 * HOUR);
    expect(await minScaleOf('cart-00002')).toBe('2');
  });

  it('is another Revision even where it has the name of one that was held', async () => {
    const revision = await start();
    await cluster.apply(aSchedule(namespace, 'hours'));
    await running.settle();
    await running.pass(HOUR);
    await cluster.client.delete(revisions, revision);
    await cluster.client.delete(podAutoscalers, revision);
    await running.settle();
    await deploy(cluster, { ...revision, annotations: autoscaling({ 'min-scale': 3 }) });
    await running.settle();
    expect(await minScaleOf()).toBe('10');
    await running.pass(8 * HOUR);
    expect(await minScaleOf()).toBe('3');
  });
});

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
    await start();
    const loser = winner === 'other' ? 'hours' : 'other';
    await cluster.apply(aSchedule(namespace, 'hours'), aSchedule(namespace, 'other', spec));
    await running.settle();
    await running.pass(HOUR);
    expect(await minScaleOf()).toBe(value);
    expect(await conditionOf(winner, 'Uncontested')).toMatchObject({
      status: 'False',
      reason: 'Wins',
      message: expect.stringContaining(`ScalingSchedule ${loser}`),
    });
    expect(await conditionOf(loser, 'Uncontested')).toMatchObject({
      status: 'False',
      reason: 'Loses',
      message: expect.stringContaining(`this one, ${loser}, loses`),
    });
    expect(await conditionOf(loser, 'Ready')).toMatchObject({ status: 'True', reason: 'GivesWay' });

    // who is left takes over what the author wrote
    await cluster.client.delete(scalingSchedules, { namespace, name: winner });
    await running.settle();
    expect(await minScaleOf()).toBe(loser === 'hours' ? '10' : '4');
    expect(await conditionOf(loser, 'Uncontested')).toMatchObject({ status: 'True', reason: 'Alone' });
    await running.pass(8 * HOUR);
    expect(await minScaleOf()).toBe('1');
  });

  it('the winner says so, too, where the loser comes later', async () => {
    await start();
    await cluster.apply(aSchedule(namespace, 'hours'));
    await running.settle();
    await running.pass(HOUR);
    expect(await conditionOf('hours', 'Uncontested')).toMatchObject({ status: 'True', reason: 'Alone' });
    await cluster.apply(aSchedule(namespace, 'weak', { priority: -1 }));
    await running.settle();
    expect(await conditionOf('hours', 'Uncontested')).toMatchObject({ status: 'False', reason: 'Wins' });
    await cluster.client.delete(scalingSchedules, { namespace, name: 'weak' });
    await running.settle();
    expect(await conditionOf('hours', 'Uncontested')).toMatchObject({ status: 'True', reason: 'Alone' });
  });

  it('one hands over to the other at the minute', async () => {
    await start();
    const night = { windows: [{ name: 'night', start: '0 17 * * *', end: '0 9 * * *', minScale: 3 }] };
    await cluster.apply(aSchedule(namespace, 'hours'), aSchedule(namespace, 'night', night));
    await running.settle();
    expect(await minScaleOf()).toBe('3');
    for (const value of ['10', '3', '10', '3']) {
      await running.pass(value === '10' ? HOUR : 8 * HOUR);
      expect(await minScaleOf()).toBe(value);
      if (value === '3') await running.pass(15 * HOUR);
    }
    await cluster.client.delete(scalingSchedules, { namespace, name: 'hours' });
    await cluster.client.delete(scalingSchedules, { namespace, name: 'night' });
    await running.settle();
    expect(await minScaleOf()).toBe('1');
  });
});

describe('a value stays within', () => {
  it('the environment, and says so', async () => {
    await start({ environment: 'prod', policies: new HandPolicies(await policiesOf()) });
    await cluster.apply(
      aSchedule(namespace, 'hours', {
        windows: [{ name: 'day', start: '0 9 * * *', end: '0 17 * * *', minScale: 5000 }],
      }),
    );
    await running.settle();
    await running.pass(HOUR);
    const most = (await policiesOf()).get('prod')?.autoscaling?.minScale?.max;
    expect(await minScaleOf()).toBe(`${most}`);
    expect(await conditionOf('hours', 'WithinBounds')).toMatchObject({
      status: 'False',
      reason: 'Cut',
      message: expect.stringContaining(`cart-00001: min-scale 5000 is cut to ${most}, the most that prod allows`),
    });
    expect((await scheduleNamed(cluster, namespace, 'hours')).status).toMatchObject({ effective: { minScale: most } });
  });

  it('the environment that the namespace is in now, by the policy that holds now', async () => {
    const shipped = await policiesOf();
    const policies = new HandPolicies(shipped);
    await start({ policies });
    await cluster.apply(aSchedule(namespace, 'hours', { windows: [{ ...DAY, minScale: 5000 }] }));
    await running.settle();
    await running.pass(HOUR);
    expect(await minScaleOf()).toBe('5000');

    await cluster.namespace(namespace, 'prod');
    await running.settle();
    const prod = shipped.get('prod');
    expect(await minScaleOf()).toBe(`${prod?.autoscaling?.minScale?.max}`);
    if (prod === undefined) throw new Error('there is no policy prod');
    const autoscaling = { ...prod.autoscaling, minScale: { max: 7 } };
    policies.change(new Map([...shipped, ['prod', { ...prod, autoscaling }]]));
    await running.settle();
    expect(await minScaleOf()).toBe('7');
  });

  it("the cluster's limit, as soon as that is set", async () => {
    await start();
    await cluster.namespace('knative-serving');
    await cluster.apply(aSchedule(namespace, 'hours'));
    await running.settle();
    await running.pass(HOUR);
    expect(await minScaleOf()).toBe('10');
    const config = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: 'knative-serving', name: 'config-autoscaler' },
    };
    await cluster.apply({ ...config, data: { 'max-scale-limit': '7', 'max-scale': '7' } });
    await running.settle();
    expect(await minScaleOf()).toBe('7');
    await cluster.apply({ ...config, data: {} });
    await running.settle();
    expect(await minScaleOf()).toBe('10');
  });
});

describe('the version of Knative', () => {
  const definition = {
    group: 'apiextensions.k8s.io',
    version: 'v1',
    plural: 'customresourcedefinitions',
    kind: 'CustomResourceDefinition',
    isNamespaced: false,
  };

  async function label(version: string | null): Promise<void> {
    const body = { metadata: { labels: { 'app.kubernetes.io/version': version } } };
    await cluster.client.patch(definition, { name: 'revisions.serving.knative.dev' }, { type: 'merge', body });
  }

  afterEach(() => label('1.23.0'));

  it.each([
    ['unknown', 'devel', 'is labelled "devel" by app.kubernetes.io/version'],
    ['not written down', null, 'has no label app.kubernetes.io/version'],
  ])('%s: nothing is written, and a condition says how to go on', async (_, version, words) => {
    await label(version);
    const seen = await eye();
    await start({ client: seen.client });
    await cluster.apply(aSchedule(namespace, 'hours'));
    await running.settle();
    await running.pass(HOUR);
    expect(await minScaleOf()).toBe('1');
    expect(seen.asked.filter((what) => !what.includes('status'))).toEqual([]);
    expect(await conditionOf('hours', 'Ready')).toMatchObject({
      status: 'False',
      reason: 'KnativeVersionUnknown',
      message: expect.stringContaining(words),
    });
    await label('1.22.1');
    await running.settle();
    expect(await minScaleOf()).toBe('10');
  });

  it('up to 1.20: the PodAutoscaler is written, and the Revision never', async () => {
    await label('devel');
    const seen = await eye();
    await start({ client: seen.client, options: { knativeVersion: '1.20' } });
    await cluster.apply(aSchedule(namespace, 'hours'));
    await running.settle();
    await running.pass(HOUR);
    expect(await minScaleOf('cart-00001', 'PodAutoscaler')).toBe('10');
    await running.pass(8 * HOUR);
    expect(await annotationsOf(cluster, 'PodAutoscaler', namespace, 'cart-00001')).toEqual(
      autoscaling({ metric: 'concurrency', 'min-scale': 1 }),
    );
    expect(await minScaleOf()).toBe('1');
    expect(seen.asked.filter((what) => what.startsWith('patch revisions'))).toEqual([]);
  });
});

describe('what goes wrong', () => {
  it('a refusal is told, counted and tried again, and holds up nobody else', async () => {
    const seen = await eye();
    await start({ client: seen.client });
    await cluster.apply(aService(namespace, 'till', { tier: 'web' }));
    await deploy(cluster, { namespace, name: 'till-00001', service: 'till' });
    let mayWrite = false;
    seen.onAsk = (what) => {
      if (what === 'patch revisions cart-00001' && !mayWrite) {
        throw new ApiError(403, 'Forbidden', 'admission webhook "no.example.com" denied the request: not today');
      }
    };
    await cluster.apply(aSchedule(namespace, 'hours', { selector: { matchLabels: { tier: 'web' } } }));
    await running.settle();
    await running.pass(HOUR);
    expect([await minScaleOf(), await minScaleOf('till-00001')]).toEqual(['1', '10']);
    expect(await conditionOf('hours', 'Ready')).toMatchObject({
      status: 'False',
      reason: 'Refused',
      message: 'cart-00001: admission webhook "no.example.com" denied the request: not today',
    });
    expect((await scheduleNamed(cluster, namespace, 'hours')).status).toMatchObject({
      held: 1,
      revisions: expect.arrayContaining([
        expect.objectContaining({ name: 'cart-00001', authored: { [MIN]: '1' } }),
        expect.objectContaining({ name: 'till-00001', minScale: 10, authored: {} }),
      ]),
    });
    expect(await running.registry.metrics()).toContain('weir_schedule_refusals_total 1');

    mayWrite = true;
    await running.pass(300_000);
    expect(await minScaleOf()).toBe('10');
    expect(await conditionOf('hours', 'Ready')).toMatchObject({ status: 'True', reason: 'Holds' });
    await running.pass(8 * HOUR);
    expect([await minScaleOf(), await minScaleOf('till-00001')]).toEqual(['1', undefined]);
  });

  it('every other write fails in passing: the end is right, and nothing is lost', async () => {
    const seen = await eye();
    await start({ client: seen.client });
    let count = 0;
    const errors = [409, 429, 500, 503];
    seen.onAsk = (what) => {
      if (!what.startsWith('patch') || ++count % 2 === 0) return;
      throw new ApiError(errors[count % errors.length] ?? 500, '', 'try again');
    };
    await cluster.apply(aSchedule(namespace, 'hours', { default: { minScale: 2 } }));
    await running.settle({ patience: 20 });
    expect(await minScaleOf()).toBe('2');
    running.clock.advance(HOUR);
    await running.settle({ patience: 20 });
    expect(await minScaleOf()).toBe('10');
    await cluster.client.delete(scalingSchedules, { namespace, name: 'hours' });
    await running.settle({ patience: 20 });
    expect(await minScaleOf()).toBe('1');
  });

  it('somebody undoes each write: neither side wears out the API server, and what was there comes back', async () => {
    await start();
    await cluster.apply(aSchedule(namespace, 'hours'));
    await running.settle();
    const undo = async (): Promise<boolean> => {
      const isHeld = (await minScaleOf()) === '10';
      const body = { metadata: { annotations: { [MIN]: '3' } } };
      if (isHeld) await cluster.client.patch(revisions, { namespace, name: 'cart-00001' }, { type: 'merge', body });
      await running.settle();
      return isHeld;
    };
    for (const wait of [HOUR, REFUSED_MS]) {
      await running.pass(wait);
      let undone = 0;
      for (let time = 0; time < 8; time++) if (await undo()) undone++;
      expect(undone).toBe(5);
      expect((await scheduleNamed(cluster, namespace, 'hours')).status).toMatchObject({
        held: 0,
        revisions: [{ name: 'cart-00001', authored: { [MIN]: '1' } }],
      });
    }
    await running.pass(8 * HOUR);
    expect(await minScaleOf()).toBe('1');
  });

  it('somebody else writes on a Revision that is held: it is held again, and that is told', async () => {
    await start();
    await cluster.apply(aSchedule(namespace, 'hours'));
    await running.settle();
    await running.pass(HOUR);
    const body = { metadata: { annotations: { [MIN]: '50' } } };
    await cluster.client.patch(revisions, { namespace, name: 'cart-00001' }, { type: 'merge', body });
    await running.settle();
    expect(await minScaleOf()).toBe('10');
    expect(running.news.at(-1)).toMatchObject({
      type: 'dev.weir.drift.repaired.v1',
      subject: `serving.knative.dev/v1/namespaces/${namespace}/revisions/cart-00001`,
    });
    await running.pass(8 * HOUR);
    expect(await minScaleOf()).toBe('1');
  });

  it.each(['get revisions cart-00001', 'patch revisions cart-00001'])(
    'a Revision changes just before %s: it is decided anew',
    async (last) => {
      const seen = await eye();
      await start({ client: seen.client });
      await cluster.apply(aSchedule(namespace, 'hours'));
      await running.settle();
      seen.onAsk = async (what) => {
        if (what === last) {
          await setRoutingState(cluster, { namespace, name: 'cart-00001' }, 'reserve');
        }
      };
      await running.pass(HOUR);
      const { metadata } = await cluster.client.get(revisions, { namespace, name: 'cart-00001' });
      const managers = arrayAt(metadata, 'managedFields').map((each) => stringAt(each, 'manager'));
      expect(managers).toContain('weir');
      expect(managers).not.toContain('weir-schedule');
      expect(running.told.filter((line) => line.startsWith('warn'))).toEqual([]);
    },
  );

  it('its Service is not there: it says so, and holds it when it comes', async () => {
    await start();
    const scaleTargetRef = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'till' };
    await cluster.apply(aSchedule(namespace, 'hours', { scaleTargetRef }));
    await running.settle();
    await running.pass(HOUR);
    expect(await conditionOf('hours', 'Ready')).toMatchObject({
      status: 'False',
      reason: 'NoTarget',
      message: expect.stringContaining('Service till is not there'),
    });
    await cluster.apply(aService(namespace, 'till'));
    await deploy(cluster, { namespace, name: 'till-00001', service: 'till' });
    await running.settle();
    expect(await minScaleOf('till-00001')).toBe('10');
  });
});
