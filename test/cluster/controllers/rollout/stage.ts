/**
 * A Service and its TrafficRollout under Knative's real webhook, controllers and autoscaler; on the embedded API server,
 * under the platform's own. The controllers' clock is the test's, and so is what is measured.
 */
import { Turns } from '../../../../controllers/minScale/turns.ts';
import { makeRollouts } from '../../../../controllers/rollout/controller.ts';
import type { MeasureInterval } from '../../../../controllers/rollout/measure/source.ts';
import { makeSchedules } from '../../../../controllers/schedule/controller.ts';
import { makeServingControllers, type Runtime, readyAtOnce } from '../../../../controllers/serving/controllers.ts';
import { revisions, services } from '../../../../src/knative/resources.ts';
import { arrayAt, type JsonObject, objectAt, stringAt } from '../../../../src/kubernetes/json.ts';
import { nameOf, referenceTo } from '../../../../src/kubernetes/object.ts';
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

export const SLOW_MS = 600_000;
export const SECONDS = 120;
export const FIRST = 'api-service-00001';
export const SECOND = 'api-service-00002';
export const THIRD = 'api-service-00003';
export const FOURTH = 'api-service-00004';
export const MINUTE = 60_000;
/** Half of the traffic, then all of it. */
export const CANARY: JsonObject = { canary: { steps: [{ percent: 50, pause: '1m' }] } };

const NAME = 'api-service';
const MIN_SCALE = 'autoscaling.knative.dev/min-scale';
/** Knative's are built from source, whose definitions are labelled devel: v0.47 is its release 1.20, v0.50 is 1.23. */
const [, minor = ''] = /^v0\.(\d+)\./.exec(moduleOf('knative').version) ?? [];
const VERSION = { knativeVersion: `1.${Number(minor) - 27}` };

const { api, kubectl, kubeconfig } = cluster();

export class Stage {
  namespace = '';
  readonly clock = new FakeClock();
  /** By Revision: the share of its answers that are errors. */
  readonly errors = new Map<string, number>();
  #real: Cluster | undefined;
  #isEmbedded = false;
  #running: Run | undefined;
  #eye: ReturnType<typeof recorded> | undefined;
  /** The Revision whose pods do not come. */
  #podless: string | undefined;
  readonly #listeners = new Set<Parameters<Runtime['onChange']>[0]>();

  get cluster(): Cluster {
    return there(this.#real);
  }

  async begin(): Promise<void> {
    this.#isEmbedded = (stringAt(await api.get('/version'), 'gitVersion') ?? '').endsWith('+weir');
    for (const name of ['scalingschedules', 'trafficrollouts']) {
      const made = await kubectl(['apply', '--server-side', '-f', `overlays/base/${name}.yaml`]);
      if (made.code !== 0) throw new Error(made.stderr);
      await kubectl(['wait', '--for=condition=Established', '--timeout=30s', `crd/${name}.weir.dev`]);
    }
    const restart = () => Promise.reject(new Error('other suites use it, too'));
    this.#real = await clusterOver({ kubectl, kubeconfig, restart });
  }

  async close(): Promise<void> {
    await this.#running?.stop();
    this.#running = undefined;
    await this.cluster.client.delete(trafficRollouts, this.#place);
  }

  async end(): Promise<void> {
    await this.#real?.stop();
  }

  /** A rollout in a namespace of its own, and the Service with its first Revision, which has two pods. */
  async open(strategy: JsonObject = CANARY): Promise<void> {
    this.errors.clear();
    this.#podless = undefined;
    this.namespace = await freshNamespace(cluster());
    this.#eye = recorded((await this.cluster.connect()).client);
    const turns = new Turns();
    const own = [makeRollouts({ turns, measure: this.#measure, ...VERSION }), makeSchedules({ turns, ...VERSION })];
    const controllers = this.#isEmbedded ? [...makeServingControllers({ runtime: this.#runtime }), ...own] : own;
    this.#running = await run(this.cluster, { controllers, clock: this.clock, client: this.#eye.client });
    await this.cluster.apply({
      apiVersion: 'weir.dev/v1alpha1',
      kind: 'TrafficRollout',
      metadata: { name: NAME, namespace: this.namespace },
      spec: {
        serviceRef: { name: NAME },
        strategy,
        analysis: {
          interval: '30s',
          failureLimit: 2,
          metrics: [{ name: 'error-rate', max: 0.01 }],
        },
      },
    });
    await this.deploy('1', '2');
    await this.becomes('00001 100', 'Healthy');
  }

  /** A new template, without spec.traffic, as Git has it. */
  async deploy(tag: string, minScale = '1'): Promise<void> {
    const annotations = { [MIN_SCALE]: minScale };
    await this.cluster.apply({
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      metadata: { name: NAME, namespace: this.namespace },
      spec: { template: { metadata: { annotations }, spec: { containers: [{ image: `dev.local/shop/api:${tag}` }] } } },
    });
  }

  /** As a Git tool does it, by server-side apply. */
  async applyAs(fieldManager: string, spec: JsonObject): Promise<void> {
    const metadata = { name: NAME, namespace: this.namespace };
    const body = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata, spec };
    const options = { fieldManager, force: true };
    await this.cluster.client.patch(services, this.#place, { type: 'apply', body }, options);
  }

  /** As a person does it by hand. */
  async edit(spec: JsonObject): Promise<void> {
    const options = { fieldManager: 'kubectl-edit' };
    await this.cluster.client.patch(services, this.#place, { type: 'merge', body: { spec } }, options);
  }

  async say(command: string): Promise<void> {
    const body = { metadata: { annotations: { 'weir.dev/rollout-command': command } } };
    await this.cluster.client.patch(trafficRollouts, this.#place, { type: 'merge', body });
  }

  async deleteService(): Promise<void> {
    await this.cluster.client.delete(services, this.#place);
  }

  /** Its pods do not come from now on; those of another one, which were kept back until now, do. */
  podless(revision: string | undefined): void {
    const before = this.#podless;
    this.#podless = revision;
    for (const listener of this.#listeners) {
      for (const name of [before, revision]) if (name !== undefined) listener('Revision', `${this.namespace}/${name}`);
    }
  }

  /** Its pods go, and its PodAutoscaler is made anew, which has seen none. */
  async forget(revision: string): Promise<void> {
    this.podless(revision);
    const ofIt = ['-l', `serving.knative.dev/revision=${revision}`];
    await kubectl(['delete', '-n', this.namespace, 'pods', ...ofIt, '--force', '--grace-period=0']);
    await kubectl(['delete', '-n', this.namespace, 'podautoscaler', revision]);
  }

  /** Moves the controllers' clock, and waits until they are done. */
  async pass(milliseconds: number): Promise<void> {
    this.clock.advance(milliseconds);
    await this.settle();
  }

  async settle(): Promise<void> {
    await there(this.#running).settle();
  }

  /** Until spec.traffic is that, the rollout is in the phase, and the Route has taken it. @param seconds of the controllers' clock for each look */
  async becomes(wanted: string, phase: string, seconds = 0): Promise<void> {
    await this.until(`spec.traffic is ${wanted}, and the rollout ${phase}`, seconds, async () => {
      const now = await this.status();
      const is = [await this.traffic(), now.phase];
      if (is.join() === [wanted, phase].join() && now.routedSince !== undefined) return true;
      throw new Error(JSON.stringify([is, now]));
    });
  }

  /** Kubelet, gateway and controllers do what they do, until it is so. @param seconds of the controllers' clock for each look */
  async until(what: string, seconds: number, isSo: () => Promise<boolean>): Promise<void> {
    await until(what, { seconds: SECONDS }, async () => {
      await this.#world();
      await this.pass(seconds * 1000);
      return isSo();
    });
  }

  /** What a kubelet and a gateway would do. */
  async #world(): Promise<void> {
    if (this.#isEmbedded) return;
    const { namespace } = this;
    const ofOthers = this.#podless === undefined ? '' : `,serving.knative.dev/revision!=${this.#podless}`;
    const selector = `serving.knative.dev/service=${NAME}${ofOthers}`;
    await podsReady(api, { namespace, count: 0, selector, seconds: SECONDS });
    await openGateway(namespace);
  }

  async traffic(): Promise<string> {
    const service = await this.cluster.client.get(services, this.#place);
    return trafficText(readTraffic(arrayAt(service, 'spec', 'traffic')));
  }

  async status(): Promise<JsonObject> {
    return objectAt(await this.#rollout(), 'status') ?? {};
  }

  /** `True Pinned: a new Revision …`. */
  async condition(type: string): Promise<string> {
    return conditionText(await this.#rollout(), type);
  }

  async readiness(revision: string): Promise<string> {
    return conditionText(await this.#revision(revision), 'Ready');
  }

  async revisions(): Promise<string[]> {
    return (await this.cluster.client.list(revisions, { namespace: this.namespace })).items.map(nameOf).sort();
  }

  async minScale(revision: string): Promise<string | undefined> {
    return stringAt(await this.#revision(revision), 'metadata', 'annotations', MIN_SCALE);
  }

  /** `active`: Knative heeds its min-scale. `reserve`: it lets it go to zero. */
  async routingState(revision: string): Promise<string | undefined> {
    return stringAt(await this.#revision(revision), 'metadata', 'labels', 'serving.knative.dev/routingState');
  }

  /** It has left the Route, or is held at none. */
  async mayGoToZero(revision: string): Promise<boolean> {
    return (await this.routingState(revision)) === 'reserve' || (await this.minScale(revision)) === '0';
  }

  /** How many writes of Services there were. */
  get writes(): number {
    return there(this.#eye).of('services').length;
  }

  #rollout(): Promise<JsonObject> {
    return this.cluster.client.get(trafficRollouts, this.#place);
  }

  #revision(name: string): Promise<JsonObject> {
    return this.cluster.client.get(revisions, { namespace: this.namespace, name });
  }

  get #place() {
    return { namespace: this.namespace, name: NAME };
  }

  readonly #measure: MeasureInterval = async ({ revision, from, to }) => ({
    revision,
    from,
    to,
    requests: 100,
    metrics: [{ name: 'error-rate', value: { type: 'value', value: this.errors.get(revision) ?? 0 } }],
  });

  /** On the embedded API server. */
  readonly #runtime: Runtime = {
    ...readyAtOnce,
    instancesOf: (revision, ...others) => {
      const isPodless = nameOf(revision) === this.#podless && referenceTo(revision).namespace === this.namespace;
      return isPodless ? { wanted: 1, ready: 0 } : readyAtOnce.instancesOf(revision, ...others);
    },
    onChange: (listener) => {
      this.#listeners.add(listener);
      return () => void this.#listeners.delete(listener);
    },
  };
}

function conditionText(object: JsonObject, type: string): string {
  const found = arrayAt(object, 'status', 'conditions').find((each) => stringAt(each, 'type') === type);
  return `${stringAt(found, 'status')} ${stringAt(found, 'reason')}: ${stringAt(found, 'message')}`;
}

function there<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('the stage is not open');
  return value;
}
