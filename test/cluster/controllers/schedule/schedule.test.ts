/** ScalingSchedules under Knative's real webhook, controllers and autoscaler; the controllers' clock is the test's. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { TRACE_ANNOTATION } from '../../../../controllers/minScale/trace.ts';
import { makeSchedules, type ScheduleOptions } from '../../../../controllers/schedule/controller.ts';
import { scalingHome } from '../../../../src/knative/serving/scalingHome.ts';
import { arrayAt, type JsonObject, numberAt, objectAt, stringAt } from '../../../../src/kubernetes/json.ts';
import { scalingSchedules } from '../../../../src/schedule/resource.ts';
import { moduleOf } from '../../../../tools/controlplane/build/module.ts';
import { until } from '../../../../tools/controlplane/process/wait.ts';
import type { Cluster } from '../../../controllers/kit/cluster.ts';
import { type Run, type RunOptions, run } from '../../../controllers/kit/run.ts';
import { aSchedule } from '../../../controllers/schedule/shop.ts';
import { watched } from '../../../controllers/schedule/watched.ts';
import { cluster, freshNamespace } from '../../harness/cluster.ts';
import {
  atRest,
  deploy,
  deploymentOf,
  followed,
  podAutoscalerOf,
  ready,
  revisionOf,
  revisionsOf,
  serviceOf,
} from './knative.ts';
import { realCluster } from './real.ts';

const { api } = cluster();
const HOUR = 3_600_000;
const FIRST = 'cart-00001';
const SECOND = 'cart-00002';
/** Knative's are built from source, whose definitions are labelled devel: v0.47 is its release 1.20, v0.50 is 1.23. */
const [, minor = ''] = /^v0\.(\d+)\./.exec(moduleOf('knative').version) ?? [];
const KNATIVE = `1.${Number(minor) - 27}`;
const HOME = scalingHome(KNATIVE);
const OPTIONS: ScheduleOptions = { knativeVersion: KNATIVE };
const SLOW_MS = 600_000;

let real: Cluster;
let running: Run | undefined;
let namespace = '';

beforeAll(async () => {
  real = await realCluster();
}, SLOW_MS);

afterEach(async () => {
  await running?.stop();
  running = undefined;
  // the next run begins at eight again, and would look at it
  for (const { metadata } of (await real.client.list(scalingSchedules, { namespace })).items) {
    const name = stringAt(metadata, 'name') ?? '';
    await real.client.delete(scalingSchedules, { namespace, name });
  }
});

afterAll(() => real.stop());

/** The Service cart with one Revision that is ready, and the controller at eight in the morning. */
async function start(options: Partial<RunOptions> & { schedules?: ScheduleOptions } = {}): Promise<Run> {
  const { schedules = OPTIONS, ...rest } = options;
  namespace = await freshNamespace(cluster());
  await deploy({ namespace, revision: FIRST, annotations: { 'min-scale': '1' }, tag: '1' });
  await ready(namespace, FIRST);
  running = await run(real, { controllers: [makeSchedules(schedules)], ...rest });
  return running;
}

async function statusOf(name = 'hours'): Promise<JsonObject | undefined> {
  return objectAt(await real.client.get(scalingSchedules, { namespace, name }), 'status');
}

async function readyOf(name = 'hours'): Promise<JsonObject | undefined> {
  const found = arrayAt(await statusOf(name), 'conditions').find((each) => stringAt(each, 'type') === 'Ready');
  return objectAt(found);
}

async function isTraced(revision: string): Promise<boolean> {
  return (
    stringAt(await podAutoscalerOf(namespace, revision), 'metadata', 'annotations', TRACE_ANNOTATION) !== undefined
  );
}

async function templateOf(revision: string): Promise<JsonObject | undefined> {
  return objectAt(await deploymentOf(namespace, revision), 'spec', 'template');
}

describe("a schedule under Knative's controllers", () => {
  it(
    'makes no Revision, restarts no pod and changes nothing of the Service',
    async () => {
      const { pass, settle } = await start();
      const service = await atRest(() => serviceOf(namespace));
      const revision = await revisionOf(namespace, FIRST);
      const template = await templateOf(FIRST);
      expect(template).toBeDefined();

      await real.apply(
        aSchedule(namespace, 'hours', {
          windows: [{ name: 'day', start: '0 9 * * *', end: '0 17 * * *', minScale: 3 }],
        }),
      );
      await settle();
      await pass(HOUR);
      await followed(namespace, FIRST, '3');
      await until('the autoscaler asks for three pods', { seconds: 120 }, async () => {
        expect(numberAt(await deploymentOf(namespace, FIRST), 'spec', 'replicas')).toBe(3);
        return true;
      });
      expect(await statusOf()).toMatchObject({
        cause: 'window',
        activeWindow: 'day',
        held: 1,
        effective: { minScale: 3 },
      });

      await pass(8 * HOUR);
      await followed(namespace, FIRST, '1');
      expect(await isTraced(FIRST)).toBe(false);
      expect(objectAt(await revisionOf(namespace, FIRST), 'metadata', 'annotations')).toEqual(
        objectAt(revision, 'metadata', 'annotations'),
      );
      expect(await revisionsOf(namespace)).toEqual([FIRST]);
      expect(await templateOf(FIRST)).toEqual(template);
      expect(stringAt(await serviceOf(namespace), 'metadata', 'resourceVersion')).toBe(
        stringAt(service, 'metadata', 'resourceVersion'),
      );
    },
    SLOW_MS,
  );

  it(
    'holds what a deploy makes in a window once it is ready, and gives back what goes to reserve',
    async () => {
      const { pass, settle } = await start();
      await real.apply(aSchedule(namespace, 'hours'));
      await settle();
      await pass(HOUR);
      await followed(namespace, FIRST, '10');

      await deploy({ namespace, revision: SECOND, annotations: { 'min-scale': null, minScale: '2' }, tag: '2' });
      await settle();
      expect(objectAt(await revisionOf(namespace, SECOND), 'metadata', 'annotations')).toMatchObject({
        'autoscaling.knative.dev/minScale': '2',
      });
      expect(await readyOf()).toMatchObject({ message: expect.stringContaining(`${SECOND} is not ready yet`) });

      await ready(namespace, SECOND);
      await until('the new one is held', { seconds: 120 }, async () => {
        const { annotations } = objectAt(await podAutoscalerOf(namespace, SECOND), 'metadata') ?? {};
        expect(annotations).toMatchObject({ 'autoscaling.knative.dev/minScale': '10' });
        return true;
      });
      await followed(namespace, FIRST, '1');
      expect(objectAt(await revisionOf(namespace, FIRST), 'metadata', 'labels')).toMatchObject({
        'serving.knative.dev/routingState': 'reserve',
      });
      await settle();
      expect(await isTraced(FIRST)).toBe(false);
      expect(await statusOf()).toMatchObject({ held: 1, revisions: [{ name: SECOND }] });
    },
    SLOW_MS,
  );

  it(
    'counts a Revision that only a tag names as active',
    async () => {
      const { pass, settle } = await start();
      await deploy({ namespace, revision: SECOND, annotations: { 'min-scale': '2' }, tag: '2' });
      await ready(namespace, SECOND);
      const traffic = [
        { latestRevision: true, percent: 100 },
        { revisionName: FIRST, percent: 0, tag: 'before' },
      ];
      await api.patch(`/apis/serving.knative.dev/v1/namespaces/${namespace}/services/cart`, { spec: { traffic } });
      await ready(namespace, SECOND);
      await real.apply(aSchedule(namespace, 'hours'));
      await settle();
      await pass(HOUR);
      await followed(namespace, FIRST, '10');
      await followed(namespace, SECOND, '10');
    },
    SLOW_MS,
  );

  it.each([
    ['deleted', () => real.client.delete(scalingSchedules, { namespace, name: 'hours' })],
    ['suspended', () => real.apply(aSchedule(namespace, 'hours', { suspend: true }))],
  ])(
    'gives back when it is %s',
    async (_, end) => {
      const { pass, settle } = await start();
      await real.apply(aSchedule(namespace, 'hours'));
      await settle();
      await pass(HOUR);
      await followed(namespace, FIRST, '10');
      await end();
      await settle();
      await followed(namespace, FIRST, '1');
      expect(await isTraced(FIRST)).toBe(false);
    },
    SLOW_MS,
  );

  it(
    'is right in the end where the process died between the record and the write',
    async () => {
      const seen = watched((await real.connect()).client);
      const { clock, settle } = await start({ client: seen.client });
      await real.apply(aSchedule(namespace, 'hours'));
      await settle();
      seen.onAsk = (what) => {
        const home = HOME === 'revision' ? 'revisions' : 'podautoscalers';
        if (what === `patch ${home} ${FIRST}`) throw new Error('the process has ended');
      };
      clock.advance(HOUR);
      await settle({ patience: 0 });
      await running?.stop();
      await followed(namespace, FIRST, '1');
      // on the PodAutoscaler one write does both
      expect(await isTraced(FIRST)).toBe(HOME === 'revision');

      // it is deleted before anybody comes back
      await real.client.delete(scalingSchedules, { namespace, name: 'hours' });
      running = await run(real, { controllers: [makeSchedules(OPTIONS)], clock });
      await running.settle();
      await followed(namespace, FIRST, '1');
      expect(await isTraced(FIRST)).toBe(false);
    },
    SLOW_MS,
  );

  it(
    "says what Knative's webhook denies, and writes it once that lets it pass",
    async () => {
      const path = '/api/v1/namespaces/knative-serving/configmaps/config-autoscaler';
      // told to look for the limit elsewhere, it does not know what will be denied
      const { pass, settle } = await start({ schedules: { ...OPTIONS, systemNamespace: 'default' } });
      const window = { name: 'day', start: '0 9 * * *', end: '0 17 * * *', minScale: 3, maxScale: 50 };
      await real.apply(aSchedule(namespace, 'hours', { windows: [window] }));
      await settle();
      try {
        await api.patch(path, { data: { 'max-scale-limit': '20', 'max-scale': '20' } });
        await until("Knative's webhook has heard of the limit", { seconds: 120 }, async () => {
          const body = { metadata: { annotations: { 'autoscaling.knative.dev/max-scale': '50' } } };
          const revision = `/apis/serving.knative.dev/v1/namespaces/${namespace}/revisions/${FIRST}`;
          const { status } = await api.ask('PATCH', `${revision}?dryRun=All`, body, 'application/merge-patch+json');
          expect(status).toBe(400);
          return true;
        });
        await pass(HOUR);
        expect(await readyOf()).toMatchObject({
          status: 'False',
          reason: 'Refused',
          message: expect.stringContaining('expected 1 <= 50 <= 20'),
        });
        await followed(namespace, FIRST, '1');
      } finally {
        await api.patch(path, { data: { 'max-scale-limit': null, 'max-scale': null } });
      }
      await until('it is let through', { seconds: 120 }, async () => {
        await pass(300_000);
        expect(await readyOf()).toMatchObject({ status: 'True', reason: 'Holds' });
        return true;
      });
      await followed(namespace, FIRST, '3');
      await pass(8 * HOUR);
      await followed(namespace, FIRST, '1');
    },
    SLOW_MS,
  );
});
