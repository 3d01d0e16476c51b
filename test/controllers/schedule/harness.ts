/** A cluster for the tests of the schedules' controller, in it one shop after another, and the controller that runs. */
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { makeSchedules, type ScheduleOptions } from '../../../controllers/schedule/controller.ts';
import { configurations, podAutoscalers, revisions } from '../../../src/knative/resources.ts';
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import { arrayAt, type JsonObject, type JsonValue, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { uidOf } from '../../../src/kubernetes/object.ts';
import { scalingSchedules } from '../../../src/schedule/resource.ts';
import type { FakeClock } from '../../kubernetes/client/fakeClock.ts';
import { type Cluster, startCluster } from '../kit/cluster.ts';
import { type Run, type RunOptions, run, type SettleOptions } from '../kit/run.ts';
import {
  aConfiguration,
  aPodAutoscaler,
  aRevision,
  aSchedule,
  aService,
  autoscaling,
  type RevisionOptions,
} from './shop.ts';
import { type Watched, watched } from './watched.ts';

export const HOUR = 3_600_000;
/** When `aSchedule` holds. */
export const DAY = { name: 'day', start: '0 9 * * *', end: '0 17 * * *' };
export const MIN = 'autoscaling.knative.dev/min-scale';

/** Each test of a controller is done within a second or two where nothing else runs. */
export const TIMEOUT = 60_000;

export interface OpenOptions extends Partial<RunOptions> {
  readonly environment?: string;
  /** Of the first Revision; a min-scale of 1 unless given. */
  readonly annotations?: Readonly<Record<string, string>>;
  readonly options?: ScheduleOptions;
}

/** A Service of a namespace of its own with the first Revision, `cart-00001`, and the controller that follows its schedules. */
export class Shop {
  namespace = '';
  #cluster: Cluster | undefined;
  #running: Run | undefined;
  #made = 0;

  get cluster(): Cluster {
    return there(this.#cluster);
  }

  get running(): Run {
    return there(this.#running);
  }

  async begin(): Promise<void> {
    this.#cluster = await startCluster();
  }

  async end(): Promise<void> {
    await this.#cluster?.stop();
  }

  /** At eight in the morning. */
  async open({
    environment,
    annotations = autoscaling({ 'min-scale': 1 }),
    options = {},
    ...rest
  }: OpenOptions = {}): Promise<void> {
    this.namespace = `shop-${++this.#made}`;
    await this.cluster.namespace(this.namespace, environment);
    await this.addService('cart');
    await this.deploy({ name: 'cart-00001', annotations });
    this.#running = await run(this.cluster, { controllers: [makeSchedules(options)], ...rest });
  }

  /** Another process goes on where one has stopped. */
  async runAgain(clock: FakeClock): Promise<void> {
    this.#running = await run(this.cluster, { controllers: [makeSchedules()], clock });
  }

  async close(): Promise<void> {
    await this.running.stop();
    // a run of another test shall not find it
    for (const schedule of (await this.cluster.client.list(scalingSchedules, { namespace: this.namespace })).items) {
      await this.unschedule(stringAt(schedule, 'metadata', 'name') ?? '');
    }
  }

  settle(options?: SettleOptions): Promise<void> {
    return this.running.settle(options);
  }

  pass(milliseconds: number): Promise<void> {
    return this.running.pass(milliseconds);
  }

  /** The administrator's client as the controllers get it, with an eye on it. */
  async eye(): Promise<Watched> {
    return watched((await this.cluster.connect()).client);
  }

  schedule(name: string, spec: JsonObject = {}): Promise<void> {
    return this.cluster.apply(aSchedule(this.namespace, name, spec));
  }

  async unschedule(name: string): Promise<void> {
    await this.cluster.client.delete(scalingSchedules, { namespace: this.namespace, name });
  }

  scheduleNamed(name: string): Promise<JsonObject> {
    return this.cluster.client.get(scalingSchedules, { namespace: this.namespace, name });
  }

  async statusOf(schedule: string): Promise<JsonValue | undefined> {
    return (await this.scheduleNamed(schedule)).status;
  }

  async conditionOf(schedule: string, type: string): Promise<JsonValue | undefined> {
    const object = await this.scheduleNamed(schedule);
    return arrayAt(object, 'status', 'conditions').find((each) => stringAt(each, 'type') === type);
  }

  /** With the Configuration that Knative makes of it. */
  addService(name: string): Promise<void> {
    return this.cluster.apply(aService(this.namespace, name, { tier: 'web' }), aConfiguration(this.namespace, name));
  }

  /** A Revision with its PodAutoscaler, as a deploy leaves them. */
  async deploy({ isReady = true, ...rest }: Omit<RevisionOptions, 'namespace'> & { isReady?: boolean }): Promise<void> {
    const { namespace } = this;
    const owner = await this.cluster.client.get(configurations, { namespace, name: rest.service ?? 'cart' });
    const options = { namespace, configuration: uidOf(owner), ...rest };
    await this.cluster.apply(aRevision(options), aPodAutoscaler(options));
    await this.setReady(options.name, isReady);
  }

  async setReady(name: string, isReady = true): Promise<void> {
    const status = isReady ? 'True' : 'Unknown';
    const body = { status: { conditions: [{ type: 'Ready', status, lastTransitionTime: '2026-05-04T08:00:00Z' }] } };
    const place = { namespace: this.namespace, name, subresource: 'status' };
    await this.cluster.client.patch(revisions, place, { type: 'merge', body });
  }

  async setRoutingState(name: string, state: 'active' | 'reserve'): Promise<void> {
    await this.patch(revisions, name, { metadata: { labels: { 'serving.knative.dev/routingState': state } } });
  }

  async patch(resource: Resource, name: string, body: JsonObject): Promise<void> {
    await this.cluster.client.patch(resource, { namespace: this.namespace, name }, { type: 'merge', body });
  }

  revision(name = 'cart-00001'): Promise<JsonObject> {
    return this.cluster.client.get(revisions, { namespace: this.namespace, name });
  }

  async annotationsOf(kind: 'Revision' | 'PodAutoscaler', name = 'cart-00001'): Promise<JsonObject> {
    const resource = kind === 'Revision' ? revisions : podAutoscalers;
    const object = await this.cluster.client.get(resource, { namespace: this.namespace, name });
    return objectAt(object, 'metadata', 'annotations') ?? {};
  }

  async minScaleOf(name = 'cart-00001', kind: 'Revision' | 'PodAutoscaler' = 'Revision'): Promise<unknown> {
    return (await this.annotationsOf(kind, name))[MIN];
  }
}

function there<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('the shop is not open yet');
  return value;
}

/** For the tests of a file: one cluster, and a shop that each of them opens. */
export function useShop(): Shop {
  const shop = new Shop();
  beforeAll(() => shop.begin(), 120_000);
  afterEach(() => shop.close());
  afterAll(() => shop.end());
  return shop;
}
