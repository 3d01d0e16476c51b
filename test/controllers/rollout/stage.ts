/**
 * A Service under the platform's own controllers, whose Revisions become what the test says, and the controllers that roll
 * it out, with a clock that the test moves and somebody who measures what the test says.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MakeController } from '../../../controllers/manager/controller.ts';
import { Turns } from '../../../controllers/minScale/turns.ts';
import { makeRollouts, type RolloutOptions } from '../../../controllers/rollout/controller.ts';
import type { MeasureInterval } from '../../../controllers/rollout/measure/source.ts';
import { makeSchedules } from '../../../controllers/schedule/controller.ts';
import { makeServingControllers, type Runtime, readyAtOnce } from '../../../controllers/serving/controllers.ts';
import { podAutoscalers, revisions, services } from '../../../src/knative/resources.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import { arrayAt, type JsonObject, objectAt, stringAt, valueAt } from '../../../src/kubernetes/json.ts';
import { nameOf, referenceTo } from '../../../src/kubernetes/object.ts';
import { trafficRollouts } from '../../../src/rollout/resource.ts';
import { readTraffic } from '../../../src/rollout/traffic.ts';
import { FakeClock } from '../../kubernetes/client/fakeClock.ts';
import { STEPS } from '../../rollout/builders.ts';
import { trafficText } from '../../rollout/world.ts';
import { type Cluster, startCluster } from '../kit/cluster.ts';
import { HandPolicies } from '../kit/policies.ts';
import { type Run, run } from '../kit/run.ts';

export const FIRST = 'api-service-00001';
export const SECOND = 'api-service-00002';
export const THIRD = 'api-service-00003';
export const MINUTE = 60_000;
export const TIMEOUT = 120_000;
export const MIN = 'autoscaling.knative.dev/min-scale';

export const ANALYSIS: JsonObject = {
  interval: '30s',
  failureLimit: 2,
  minimumRequests: 10,
  metrics: [
    { name: 'error-rate', max: 0.01 },
    { name: 'p95-latency', max: '500ms' },
  ],
};
export const CANARY: JsonObject = { strategy: { canary: { steps: STEPS } }, analysis: ANALYSIS };

/** What is measured of a Revision. */
export interface Fares {
  readonly errors?: number;
  readonly latency?: number;
  readonly requests?: number;
}

export class Stage {
  namespace = '';
  clock = new FakeClock();
  /** By image tag: what its Revisions do; ready unless said. */
  readonly behaviour = new Map<string, 'ready' | 'starts' | 'breaks'>();
  /** By Revision: pods by load, beside what its min-scale asks for. */
  readonly load = new Map<string, number>();
  /** By Revision; undefined: nobody answers. */
  readonly fares = new Map<string, Fares | undefined>();
  /** What whoever is behind the ingress answers. */
  answer = 200;
  #ingress: Server | undefined;
  #cluster: Cluster | undefined;
  #world: Run | undefined;
  #running: Run | undefined;
  readonly #killed: Promise<void>[] = [];
  #made = 0;
  readonly #listeners: Parameters<Runtime['onChange']>[0][] = [];

  get cluster(): Cluster {
    return there(this.#cluster);
  }

  get running(): Run {
    return there(this.#running);
  }

  async begin(): Promise<void> {
    this.#cluster = await startCluster();
    const ingress = createServer((_, response) => {
      response.statusCode = this.answer;
      response.end();
    });
    this.#ingress = ingress;
    await new Promise<void>((resolve) => ingress.listen(0, '127.0.0.1', resolve));
    const runtime: Runtime = {
      instancesOf: (revision, podAutoscaler, config) => this.#instancesOf(revision, podAutoscaler, config),
      reachOf: () => ({ status: 'True' }),
      onChange: (listener) => {
        this.#listeners.push(listener);
        return () => {};
      },
    };
    const ingressPort = (ingress.address() as AddressInfo).port;
    const controllers = makeServingControllers({ runtime, ingressPort });
    this.#world = await run(this.cluster, { controllers, clock: this.clock });
  }

  async end(): Promise<void> {
    await Promise.all(this.#killed);
    await this.#world?.stop();
    this.#ingress?.close();
    await this.#cluster?.stop();
  }

  /** A namespace of its own with the Service, whose first Revision has four pods, and its rollout. */
  async open({
    spec = CANARY,
    first = 'ready',
  }: {
    spec?: JsonObject;
    first?: 'ready' | 'starts';
  } = {}): Promise<void> {
    this.namespace = `shop-${++this.#made}`;
    this.behaviour.clear();
    this.behaviour.set('1', first);
    this.fares.clear();
    this.load.clear();
    this.load.set(FIRST, 4);
    await this.cluster.namespace(this.namespace);
    await this.deploy('1');
    await this.rollOut(spec);
  }

  /** The rollout has pinned the first Revision, and a second one is there. */
  async deployed(spec = CANARY): Promise<void> {
    await this.open({ spec });
    await this.start();
    await this.settle();
    await this.deploy('2');
    await this.settle();
  }

  /** Runs the controllers, as a process would. */
  async start(parts: { client?: Client; options?: RolloutOptions; controllers?: readonly MakeController[] } = {}) {
    const turns = new Turns();
    const { client, options = {} } = parts;
    const controllers = parts.controllers ?? [
      makeRollouts({ measure: this.measure, turns, ...options }),
      makeSchedules({ turns }),
    ];
    const { clock } = this;
    this.#running = await run(this.cluster, {
      controllers,
      clock,
      policies: new HandPolicies(),
      ...(client === undefined ? {} : { client }),
    });
    return this.#running;
  }

  async stop(): Promise<void> {
    await this.#running?.manager.stop(1_000);
    this.#running = undefined;
  }

  /** As a process ends that was killed: what it has begun, nobody waits for, but for the end of all. */
  kill(): void {
    if (this.#running !== undefined) this.#killed.push(this.#running.manager.stop(0));
    this.#running = undefined;
  }

  async close(): Promise<void> {
    await this.stop();
    const place = { namespace: this.namespace };
    for (const each of (await this.cluster.client.list(trafficRollouts, place)).items) {
      await this.cluster.client.delete(trafficRollouts, { ...place, name: nameOf(each) });
    }
  }

  readonly measure: MeasureInterval = async ({ revision, from, to, analysis }) => {
    const fares = this.fares.has(revision) ? this.fares.get(revision) : {};
    if (fares === undefined) {
      const value = { type: 'error', message: 'nobody answers' } as const;
      return {
        revision,
        from,
        to,
        requests: undefined,
        metrics: analysis.metrics.map(({ name }) => ({ name, value })),
      };
    }
    const { errors = 0, latency = 0.1, requests = 1000 } = fares;
    return {
      revision,
      from,
      to,
      requests,
      metrics: [
        { name: 'error-rate', value: { type: 'value', value: errors } },
        { name: 'p95-latency', value: { type: 'value', value: latency } },
      ],
    };
  };

  async rollOut(spec: JsonObject, name = 'api-service'): Promise<void> {
    await this.cluster.apply({
      apiVersion: 'weir.dev/v1alpha1',
      kind: 'TrafficRollout',
      metadata: { name, namespace: this.namespace },
      spec: { serviceRef: { name: 'api-service' }, ...spec },
    });
  }

  /** A new template, without spec.traffic, as Git has it. */
  async deploy(tag: string, annotations: JsonObject = {}): Promise<void> {
    await this.cluster.apply({
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      metadata: { name: 'api-service', namespace: this.namespace },
      spec: {
        template: { metadata: { annotations }, spec: { containers: [{ image: `dev.local/shop/api:${tag}` }] } },
      },
    });
    await this.#world?.settle();
  }

  /** What an image does changes. */
  become(tag: string, behaviour: 'ready' | 'starts' | 'breaks'): void {
    this.behaviour.set(tag, behaviour);
    for (const listener of this.#listeners) {
      for (const name of [FIRST, SECOND, THIRD]) listener('Revision', `${this.namespace}/${name}`);
    }
  }

  /** The PodAutoscaler of what an image runs is made anew, and no pod comes up: whether it is Ready is not known. */
  async forget(tag: string, revision: string): Promise<void> {
    this.behaviour.set(tag, 'starts');
    await this.cluster.client.delete(podAutoscalers, { namespace: this.namespace, name: revision });
    await this.settle();
  }

  /** Until nobody has anything to do: what one writes, another reads. @param isOver of who is waited for in vain */
  async settle(isOver: () => boolean = () => false): Promise<void> {
    const end = Date.now() + 60_000;
    for (let before = ''; !isOver(); ) {
      try {
        await this.#world?.settle();
        // whoever is dead is never done
        await this.#running?.settle({ withinMs: 50 });
      } catch (error) {
        if (Date.now() > end) throw error;
        continue;
      }
      const now = await this.#versions();
      if (now === before) return;
      before = now;
    }
  }

  /** In steps of an interval, as the world would see it, or in larger ones where nothing is to happen. */
  async pass(milliseconds: number, step = 30_000): Promise<void> {
    for (let left = milliseconds; left > 0; left -= step) {
      this.clock.advance(Math.min(left, step));
      await this.settle();
    }
  }

  async say(command: string): Promise<void> {
    const body = { metadata: { annotations: { 'weir.dev/rollout-command': command } } };
    const place = { namespace: this.namespace, name: 'api-service' };
    await this.cluster.client.patch(trafficRollouts, place, { type: 'merge', body });
    await this.settle();
  }

  rollout(name = 'api-service'): Promise<JsonObject> {
    return this.cluster.client.get(trafficRollouts, { namespace: this.namespace, name });
  }

  async status(): Promise<JsonObject> {
    return objectAt(await this.rollout(), 'status') ?? {};
  }

  /** `Progressing 1 10%`. */
  async phase(): Promise<string> {
    const { phase, step, weight } = await this.status();
    return `${phase} ${step} ${weight}%`;
  }

  async condition(type: string, name?: string): Promise<string> {
    const found = arrayAt(await this.rollout(name), 'status', 'conditions').find(
      (each) => stringAt(each, 'type') === type,
    );
    return `${stringAt(found, 'status')} ${stringAt(found, 'reason')}: ${stringAt(found, 'message')}`;
  }

  service(): Promise<JsonObject> {
    return this.cluster.client.get(services, { namespace: this.namespace, name: 'api-service' });
  }

  /** `00001 90, 00002 10 candidate`. */
  async traffic(): Promise<string> {
    return trafficText(readTraffic(arrayAt(await this.service(), 'spec', 'traffic')));
  }

  async revisions(): Promise<string[]> {
    const { items } = await this.cluster.client.list(revisions, { namespace: this.namespace });
    return items.map(nameOf).sort();
  }

  async minScale(name: string): Promise<string | undefined> {
    const revision = await this.cluster.client.get(revisions, { namespace: this.namespace, name });
    return stringAt(revision, 'metadata', 'annotations', MIN);
  }

  /** Whether Knative lets it go to zero: it has left the Route, or is held at none. */
  async mayGoToZero(name: string): Promise<boolean> {
    const { metadata } = await this.cluster.client.get(revisions, { namespace: this.namespace, name });
    const isReserve = stringAt(metadata, 'labels', 'serving.knative.dev/routingState') === 'reserve';
    return isReserve || stringAt(metadata, 'annotations', MIN) === '0';
  }

  /** Revisions with no-gc. */
  async kept(): Promise<string[]> {
    const { items } = await this.cluster.client.list(revisions, { namespace: this.namespace });
    return items
      .filter((each) => stringAt(each, 'metadata', 'annotations', 'serving.knative.dev/no-gc') === 'true')
      .map(nameOf)
      .sort();
  }

  async traced(): Promise<string[]> {
    const { items } = await this.cluster.client.list(podAutoscalers, { namespace: this.namespace });
    return items
      .filter((each) => valueAt(each, 'metadata', 'annotations', 'weir.dev/author-scale') !== undefined)
      .map(nameOf)
      .sort();
  }

  async #versions(): Promise<string> {
    const versions: string[] = [];
    for (const resource of [services, revisions, podAutoscalers, trafficRollouts]) {
      const { items } = await this.cluster.client.list(resource, { namespace: this.namespace });
      versions.push(...items.map((each) => stringAt(each, 'metadata', 'resourceVersion') ?? ''));
    }
    return versions.join();
  }

  #instancesOf: Runtime['instancesOf'] = (revision, podAutoscaler, config) => {
    const tag = stringAt(revision, 'spec', 'containers', 0, 'image')?.split(':').at(-1) ?? '';
    const behaviour = this.behaviour.get(tag) ?? 'ready';
    if (behaviour === 'starts') return { wanted: 1, ready: 0 };
    if (behaviour === 'breaks') {
      return { wanted: 1, ready: 0, failure: { of: 'container', reason: 'ExitCode1', message: 'it ended with 1' } };
    }
    const { ready } = readyAtOnce.instancesOf(revision, podAutoscaler, config);
    const isHere = referenceTo(revision).namespace === this.namespace;
    const load = isHere ? (this.load.get(nameOf(revision)) ?? 0) : 0;
    const count = ready === 0 ? 0 : Math.max(ready, load);
    return { wanted: count, ready: count };
  };
}

function there<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('the stage is not open');
  return value;
}
