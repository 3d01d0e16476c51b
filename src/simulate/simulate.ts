/**
 * Plays a traffic to a Service, a second a step. A pod takes containerConcurrency requests at once, each for the same
 * time; what no pod can take waits, first come, first served, as behind Knative's activator and queue-proxy. Nothing
 * is refused and nothing fails: where a real service would give up, the wait grows.
 */
import { Autoscaler } from '../knative/autoscaler/autoscaler.ts';
import { RevisionLoad } from '../knative/autoscaler/load.ts';
import {
  type Activity,
  activeChange,
  activeThreshold,
  type ScaleState,
  scaleStep,
  servingMode,
} from '../knative/autoscaler/scaleTarget.ts';
import type { AutoscalerSettings } from '../knative/autoscaler/settings.ts';
import { TICK_MS } from '../knative/autoscaler/tick.ts';
import type { Simulation, Traffic, Workload } from './model.ts';
import { Pods } from './pods.ts';
import { peak, sum } from './values.ts';
import { WaitingRequests } from './waitingRequests.ts';

/** What Knative gives a Revision to start, unless it says otherwise (config-deployment `progress-deadline`). */
const PROGRESS_DEADLINE_MS = 600_000;
const SECOND_MS = 1000;

/** Begins with the initial scale, ready: as a service that was just deployed. */
export function simulate({ begin, rates }: Traffic, workload: Workload): Simulation {
  const { settings, containerConcurrency, requestTime, startTime } = workload;
  const seconds = rates.length;
  const wanted = new Float64Array(seconds);
  const ready = new Float64Array(seconds);
  const there = new Float64Array(seconds);
  const waiting = new Float64Array(seconds);

  const pods = new Pods(Math.max(settings.initialScale, settings.minScale), startTime);
  const requests = new WaitingRequests();
  const revision = new RevisionScale(settings, pods.readyAt(0), begin);
  let coldStarts = 0;
  let panic = 0;

  for (let second = 0; second < seconds; second++) {
    const now = begin + second * SECOND_MS;
    const arriving = rates[second] ?? 0;
    const readyPods = pods.readyAt(second);
    const capacity =
      containerConcurrency === 0 ? Number.POSITIVE_INFINITY : (readyPods * containerConcurrency) / requestTime;
    const served = requests.pass(second, arriving, readyPods === 0 ? 0 : capacity);

    revision.observe(now, served * requestTime + requests.waiting, arriving);
    const { apply, isPanicking, want } = revision.step(now, readyPods, pods.count === 0 && arriving > 0);
    if (apply !== undefined) {
      if (pods.count === 0 && apply > 0 && requests.waiting > 0) coldStarts++;
      pods.scale(apply, second);
    }
    if (isPanicking) panic++;

    wanted[second] = Math.max(0, want);
    ready[second] = readyPods;
    there[second] = pods.count;
    waiting[second] = requests.waiting;
  }

  const totals = {
    requests: sum(rates),
    waited: requests.waited,
    longestWait: requests.longestWait(seconds),
    coldStarts,
    mostPods: peak(there),
    podHours: sum(there) / 3600,
    panic,
    left: requests.waiting,
  };
  return { wanted, ready, pods: there, waiting, totals };
}

/** The autoscaler and the reconciler around it, with what they remember of the Revision. */
class RevisionScale {
  readonly #settings: AutoscalerSettings;
  readonly #load: RevisionLoad;
  readonly #autoscaler: Autoscaler;
  #activity: Activity = 'activating';
  #activeChanged: number;
  #isInitialized = false;
  #proxyingSince: number | undefined;

  constructor(settings: AutoscalerSettings, readyPods: number, now: number) {
    this.#settings = settings;
    this.#load = new RevisionLoad(settings);
    this.#autoscaler = new Autoscaler(settings, readyPods, now);
    this.#activeChanged = now;
    this.#proxyingSince = now;
  }

  observe(now: number, concurrency: number, requests: number): void {
    this.#load.record(now, { concurrency, requests });
  }

  /** @param isPoked a request came while there is no pod: the autoscaler does not wait for its tick */
  step(now: number, readyPods: number, isPoked: boolean): { want: number; apply?: number; isPanicking: boolean } {
    const settings = this.#settings;
    if (isPoked || now % TICK_MS === 0) {
      this.#autoscaler.decide(this.#load.observed(settings.metric, now, false), readyPods, now);
    }
    const { desiredPods, excessBurstCapacity, isPanicking } = this.#autoscaler.decided;
    const step = scaleStep(desiredPods, settings, this.#state(), now);
    this.#follow(step.want, readyPods, excessBurstCapacity, now);
    return { ...step, isPanicking };
  }

  #follow(want: number, readyPods: number, excessBurstCapacity: number, now: number): void {
    const isProxying = servingMode(want, excessBurstCapacity) === 'Proxy';
    this.#proxyingSince = isProxying ? (this.#proxyingSince ?? now) : undefined;

    const { activity } = activeChange(want, readyPods, this.#settings, this.#state());
    if (readyPods >= activeThreshold(this.#settings, this.#isInitialized)) this.#isInitialized = true;
    if (activity !== this.#activity) this.#activeChanged = now;
    this.#activity = activity;
  }

  #state(): ScaleState {
    return {
      activity: this.#activity,
      activeChanged: this.#activeChanged,
      isInitialized: this.#isInitialized,
      isProxying: this.#proxyingSince !== undefined,
      proxyingSince: this.#proxyingSince,
      isActivatorSeen: true,
      progressDeadline: PROGRESS_DEADLINE_MS,
    };
  }
}
