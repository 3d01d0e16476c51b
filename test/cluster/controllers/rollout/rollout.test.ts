/**
 * TrafficRollouts under Knative's real webhook, controllers and autoscaler; on the embedded API server, under the platform's
 * own. The controllers' clock is the test's, and so is what is measured.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Turns } from '../../../../controllers/minScale/turns.ts';
import { makeRollouts } from '../../../../controllers/rollout/controller.ts';
import type { MeasureInterval } from '../../../../controllers/rollout/measure/source.ts';
import { makeSchedules } from '../../../../controllers/schedule/controller.ts';
import { makeServingControllers, type Runtime, readyAtOnce } from '../../../../controllers/serving/controllers.ts';
import { revisions, services } from '../../../../src/knative/resources.ts';
import { arrayAt, type JsonObject, objectAt, stringAt } from '../../../../src/kubernetes/json.ts';
import { nameOf } from '../../../../src/kubernetes/object.ts';
import { trafficRollouts } from '../../../../src/rollout/resource.ts';
import { readTraffic } from '../../../../src/rollout/traffic.ts';
import { moduleOf } from '../../../../tools/controlplane/build/module.ts';
import { podsReady } from '../../../../tools/controlplane/kubernetes/pods.ts';
import { until } from '../../../../tools/controlplane/process/wait.ts';
import type { Cluster } from '../../../controllers/kit/cluster.ts';
import { type Run, run } from '../../../controllers/kit/run.ts';
import { recorded } from '../../../controllers/rollout/recorded.ts';
import { FakeClock } from '../../../kubernetes/client/fakeClock.ts';
import { trafficText } from '../../../rollout/world.ts';
import { cluster, freshNamespace } from '../../harness/cluster.ts';
import { clusterOver } from '../../harness/controllers.ts';
import { openGateway } from '../schedule/knative.ts';

const { api, kubectl, kubeconfig } = cluster();
const SLOW_MS = 600_000;
const SECONDS = 120;
const FIRST = 'api-service-00001';
const SECOND = 'api-service-00002';
/** Knative's are built from source, whose definitions are labelled devel: v0.47 is its release 1.20, v0.50 is 1.23. */
const [, minor = ''] = /^v0\.(\d+)\./.exec(moduleOf('knative').version) ?? [];
const VERSION = { knativeVersion: `1.${Number(minor) - 27}` };

let real: Cluster;
let isEmbedded = false;
let running: Run | undefined;
let namespace = '';
let eye: ReturnType<typeof recorded>;
const clock = new FakeClock();
let errors = 0;
/** On the embedded API server: a Revision whose pods do not come. */
let podless: string | undefined;

const runtime: Runtime = {
  ...readyAtOnce,
  instancesOf: (revision, ...others) =>
    nameOf(revision) === podless ? { wanted: 1, ready: 0 } : readyAtOnce.instancesOf(revision, ...others),
};

const measure: MeasureInterval = async ({ revision, from, to }) => ({
  revision,
  from,
  to,
  requests: 100,
  metrics: [{ name: 'error-rate', value: { type: 'value', value: errors } }],
});

beforeAll(async () => {
  isEmbedded = (stringAt(await api.get('/version'), 'gitVersion') ?? '').endsWith('+weir');
  for (const name of ['scalingschedules', 'trafficrollouts']) {
    const made = await kubectl(['apply', '--server-side', '-f', `overlays/base/${name}.yaml`]);
    if (made.code !== 0) throw new Error(made.stderr);
    await kubectl(['wait', '--for=condition=Established', '--timeout=30s', `crd/${name}.weir.dev`]);
  }
  const restart = () => Promise.reject(new Error('other suites use it, too'));
  real = await clusterOver({ kubectl, kubeconfig, restart });
}, SLOW_MS);

afterEach(async () => {
  await running?.stop();
  running = undefined;
  await real.client.delete(trafficRollouts, { namespace, name: 'api-service' });
});

afterAll(() => real.stop());

/** A rollout, and the Service with its first Revision, which has two pods. */
async function start(): Promise<void> {
  errors = 0;
  podless = undefined;
  namespace = await freshNamespace(cluster());
  eye = recorded((await real.connect()).client);
  const turns = new Turns();
  const own = [makeRollouts({ turns, measure, ...VERSION }), makeSchedules({ turns, ...VERSION })];
  const controllers = isEmbedded ? [...makeServingControllers({ runtime }), ...own] : own;
  running = await run(real, { controllers, clock, client: eye.client });
  await real.apply({
    apiVersion: 'weir.dev/v1alpha1',
    kind: 'TrafficRollout',
    metadata: { name: 'api-service', namespace },
    spec: {
      serviceRef: { name: 'api-service' },
      strategy: { canary: { steps: [{ percent: 50, pause: '1m' }] } },
      analysis: {
        interval: '30s',
        failureLimit: 2,
        metrics: [{ name: 'error-rate', max: 0.01 }],
      },
    },
  });
  await deploy('1', '2');
  await becomes('00001 100', 'Healthy');
}

async function deploy(tag: string, minScale: string): Promise<void> {
  const annotations = { 'autoscaling.knative.dev/min-scale': minScale };
  await real.apply({
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name: 'api-service', namespace },
    spec: { template: { metadata: { annotations }, spec: { containers: [{ image: `dev.local/shop/api:${tag}` }] } } },
  });
}

/** What a kubelet and a gateway would do. */
async function world(): Promise<void> {
  if (isEmbedded) return;
  await podsReady(api, { namespace, count: 1, selector: 'serving.knative.dev/service=api-service', seconds: SECONDS });
  await openGateway(namespace);
}

async function traffic(): Promise<string> {
  const service = await real.client.get(services, { namespace, name: 'api-service' });
  return trafficText(readTraffic(arrayAt(service, 'spec', 'traffic')));
}

async function status(): Promise<JsonObject> {
  const rollout = await real.client.get(trafficRollouts, { namespace, name: 'api-service' });
  return objectAt(rollout, 'status') ?? {};
}

/** Until spec.traffic is that, the rollout is in the phase, and the Route has taken it. @param seconds of the controllers' clock for each look */
async function becomes(wanted: string, phase: string, seconds = 0): Promise<void> {
  await until(`spec.traffic is ${wanted}`, { seconds: SECONDS }, async () => {
    await world();
    if (seconds > 0) clock.advance(seconds * 1000);
    await running?.settle();
    const now = await status();
    const is = [await traffic(), now.phase];
    if (is.join() === [wanted, phase].join() && now.routedSince !== undefined) return true;
    throw new Error(JSON.stringify([is, now]));
  });
}

async function namesOfRevisions(): Promise<string[]> {
  return (await real.client.list(revisions, { namespace })).items.map(nameOf).sort();
}

async function minScale(name: string): Promise<string | undefined> {
  const revision = await real.client.get(revisions, { namespace, name });
  return stringAt(revision, 'metadata', 'annotations', 'autoscaling.knative.dev/min-scale');
}

describe('a new Revision', () => {
  it(
    'gets no traffic by itself, then half of it, then all, with the pods for it',
    async () => {
      await start();
      await deploy('2', '1');
      await becomes('00001 100, 00002 0 candidate', 'Checking');
      await becomes('00001 50, 00002 50 candidate', 'Progressing', 5);
      await becomes('00002 100', 'Healthy', 5);
      expect(await minScale(SECOND)).toBe('2');
      await until('nothing is held any more', { seconds: SECONDS }, async () => {
        clock.advance(30_000);
        await running?.settle();
        const held = await minScale(SECOND);
        if (held !== '1') throw new Error(`it is at ${held}`);
        return true;
      });
      expect(await namesOfRevisions()).toEqual([FIRST, SECOND]);
      // pinned, the candidate at 0, its step, and the end
      expect(eye.of('services')).toHaveLength(4);
    },
    SLOW_MS,
  );

  it(
    'of which Knative does not say any more whether it is Ready loses it at the deadline',
    async () => {
      await start();
      await deploy('2', '1');
      await becomes('00001 50, 00002 50 candidate', 'Progressing', 5);
      // its pods go, no kubelet starts the next ones, and its PodAutoscaler is made anew: that one has seen none of them
      podless = SECOND;
      const ofIt = ['-l', `serving.knative.dev/revision=${SECOND}`];
      await kubectl(['delete', '-n', namespace, 'pods', ...ofIt, '--force', '--grace-period=0']);
      await kubectl(['delete', '-n', namespace, 'podautoscaler', SECOND]);
      const place = { namespace, name: SECOND };
      await until(`${SECOND} is not known to be Ready`, { seconds: SECONDS }, async () => {
        const revision = await real.client.get(revisions, place);
        const ready = arrayAt(revision, 'status', 'conditions').find((each) => stringAt(each, 'type') === 'Ready');
        if (stringAt(ready, 'status') === 'Unknown') return true;
        throw new Error(JSON.stringify(ready));
      });
      await until('the rollout has seen that', { seconds: SECONDS }, async () => {
        await running?.settle();
        if (stringAt(await status(), 'candidate', 'unknownSince') !== undefined) return true;
        throw new Error(JSON.stringify(await status()));
      });
      clock.advance(600_000);
      await running?.settle();
      expect([await traffic(), stringAt(await status(), 'phase')]).toEqual(['00001 100', 'Failed']);
    },
    SLOW_MS,
  );

  it(
    'that answers badly loses it in one write',
    async () => {
      await start();
      await deploy('2', '1');
      await becomes('00001 50, 00002 50 candidate', 'Progressing', 5);
      errors = 0.5;
      const before = eye.of('services').length;
      await becomes('00001 100', 'Failed', 5);
      expect(eye.of('services').length - before).toBe(1);
      expect(await namesOfRevisions()).toEqual([FIRST, SECOND]);
      clock.advance(600_000);
      await running?.settle();
      expect(await traffic()).toBe('00001 100');
    },
    SLOW_MS,
  );
});
