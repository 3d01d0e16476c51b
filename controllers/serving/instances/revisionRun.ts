/**
 * One Revision's scaling, as Knative's autoscaler and the reconciler around it keep it (knative/serving
 * pkg/autoscaler/scaling/multiscaler.go, pkg/reconciler/autoscaling/kpa): its load, its decisions, the number of Pods
 * that follows. No I/O; times are milliseconds.
 */
import { Autoscaler } from '../../../src/knative/autoscaler/autoscaler.ts';
import { RevisionLoad } from '../../../src/knative/autoscaler/load.ts';
import { type ScaleState, scaleStep, servingMode } from '../../../src/knative/autoscaler/scaleTarget.ts';
import type { AutoscalerSettings } from '../../../src/knative/autoscaler/settings.ts';
import { TICK_MS } from '../../../src/knative/autoscaler/tick.ts';
import type { PlaneReport } from '../../../src/platform/network/plane.ts';

/** What objects say of a Revision now. */
export interface RevisionSays extends Pick<ScaleState, 'activity' | 'activeChanged' | 'isInitialized'> {
  readonly settings: AutoscalerSettings;
  /** How long it may take to start, in milliseconds. */
  readonly progressDeadline: number;
  /** Kubernetes' HorizontalPodAutoscaler decides, and not what is here. */
  readonly isOfClassHpa: boolean;
  /** What was decided last, by whoever decides; -1 where nothing was. */
  readonly desiredScale: number;
}

/** What steers the number of a Revision's Pods. Times are milliseconds. */
export interface Scaling {
  /** Pods that there are to be. */
  readonly replicas: number;
  /** What the PodAutoscaler's status says is wanted; -1 where that is not known yet. */
  readonly want: number;
  /** Whether requests go through the activator although Pods are ready. */
  readonly isProxied: boolean;
  readonly isPanicking: boolean;
  readonly says: RevisionSays;
  readonly desiredPods: number;
  /** Undefined where nobody counts with one. */
  readonly excessBurstCapacity: number | undefined;
  /** Nothing can change until a request comes or an object changes. */
  readonly isAtRest: boolean;
  /** What the load was when it was asked last, for metrics. */
  observed(now: number): { readonly stable: number; readonly panic: number } | undefined;
  /** Goes by what objects say by now. */
  follow(says: RevisionSays, now: number): void;
  /** Takes in what the Plane tells of the time since it was asked last. @param ready Pods that answer for themselves */
  record(report: PlaneReport, ready: number, now: number): void;
  /**
   * A request waits, and no Pod is there: the activator tells of it without waiting for its second.
   *
   * @param isCounted whether the next report has it among its requests
   */
  poke(ready: number, now: number, isCounted: boolean): void;
  /** Once a second: decides where it is time to, and goes on from the last decision. */
  step(ready: number, now: number): void;
}

export interface Beginning {
  /** Pods that there are to be, until it decides. */
  readonly replicas: number;
  readonly ready: number;
  readonly now: number;
}

export class RevisionRun implements Scaling {
  #says: RevisionSays;
  readonly #load: RevisionLoad;
  readonly #autoscaler: Autoscaler;
  #replicas: number;
  #want: number;
  #proxyingSince: number | undefined;
  #nextDecision: number;
  /** Of requests that were recorded the moment they came: what of them is in the next report again. */
  #toldConcurrency = 0;
  #toldRequests = 0;

  constructor(says: RevisionSays, { replicas, ready, now }: Beginning) {
    this.#says = says;
    this.#load = new RevisionLoad(says.settings);
    this.#autoscaler = new Autoscaler(says.settings, ready, now);
    this.#replicas = replicas;
    this.#want = this.#autoscaler.decided.desiredPods;
    this.#proxyingSince = now;
    this.#nextDecision = now;
  }

  get replicas(): number {
    return this.#replicas;
  }

  get want(): number {
    return this.#want;
  }

  get isProxied(): boolean {
    return this.#proxyingSince !== undefined;
  }

  get isPanicking(): boolean {
    return this.#autoscaler.decided.isPanicking;
  }

  get says(): RevisionSays {
    return this.#says;
  }

  observed(now: number): { readonly stable: number; readonly panic: number } | undefined {
    return this.#load.observed(this.#says.settings.metric, now, this.#arePodsAsked);
  }

  get desiredPods(): number {
    return this.#autoscaler.decided.desiredPods;
  }

  get excessBurstCapacity(): number {
    return this.#autoscaler.decided.excessBurstCapacity;
  }

  get isAtRest(): boolean {
    if (this.#replicas > 0 || this.#want > 0 || this.isPanicking) return false;
    const { minScale, enableScaleToZero } = this.#says.settings;
    // bounds may change while there are no Pods, and hold once a decision was made
    const isToHavePods = (minScale > 0 || !enableScaleToZero) && this.desiredPods >= 0;
    return this.#says.activity === 'inactive' && !isToHavePods;
  }

  follow(says: RevisionSays, now: number): void {
    if (says.settings !== this.#says.settings) {
      this.#load.resize(says.settings, now);
      this.#autoscaler.update(says.settings);
    }
    this.#says = says;
  }

  record(report: PlaneReport, ready: number, now: number): void {
    // a part of a second has the requests that it has, as with Knative; more than one are a second's each
    const seconds = Math.max(1, report.seconds);
    const requests = report.activatorRequests / seconds;
    if (report.activatorConcurrency > 0 || requests > 0 || this.#toldConcurrency > 0) {
      this.#load.record(now, {
        concurrency: report.activatorConcurrency - this.#toldConcurrency,
        requests: requests - this.#toldRequests,
      });
      this.#toldConcurrency = 0;
      this.#toldRequests = 0;
    }
    if (ready === 0 || !this.#arePodsAsked) return;
    this.#load.record(now, {
      concurrency: report.concurrency,
      requests: report.requests / seconds,
      proxiedConcurrency: report.proxiedConcurrency,
      proxiedRequests: report.proxiedRequests / seconds,
    });
  }

  poke(ready: number, now: number, isCounted: boolean): void {
    this.#load.record(now, { concurrency: 1, requests: 1 });
    this.#toldConcurrency++;
    if (isCounted) this.#toldRequests++;
    if (this.desiredPods <= 0) this.#decide(ready, now);
    this.step(ready, now);
  }

  step(ready: number, now: number): void {
    if (now >= this.#nextDecision) this.#decide(ready, now);
    const { settings } = this.#says;
    const step = scaleStep(this.desiredPods, settings, this.#state(), now);
    this.#want = step.want;
    if (step.apply !== undefined) this.#replicas = step.apply;
    const isProxying = servingMode(step.want, this.excessBurstCapacity) === 'Proxy';
    this.#proxyingSince = isProxying ? (this.#proxyingSince ?? now) : undefined;
  }

  #decide(ready: number, now: number): void {
    this.#autoscaler.decide(this.observed(now), ready, now);
    this.#nextDecision = now + TICK_MS;
  }

  /** With the activator always in the way, it alone tells of the load (kpa.go, resolveScrapeTarget). */
  get #arePodsAsked(): boolean {
    return this.#says.settings.targetBurstCapacity !== -1;
  }

  #state(): ScaleState {
    const { activity, activeChanged, isInitialized, progressDeadline } = this.#says;
    return {
      activity,
      activeChanged,
      isInitialized,
      isProxying: this.isProxied,
      proxyingSince: this.#proxyingSince,
      // the activator is this process: it is in the way as soon as that is said
      isActivatorSeen: true,
      progressDeadline,
    };
  }
}
