/**
 * From what the autoscaler wants to what is set: the bounds, the way to zero, and whether the Revision counts as active
 * (knative/serving pkg/reconciler/autoscaling/kpa/{scaler,kpa}.go). Pure; all times and durations are milliseconds.
 */
import { UNKNOWN_SCALE } from './autoscaler.ts';
import type { AutoscalerSettings } from './settings.ts';

/** The condition Active of a PodAutoscaler: `activating` is Unknown. */
export type Activity = 'active' | 'activating' | 'inactive';

/** How a Revision's scaling stands. */
export interface ScaleState {
  readonly activity: Activity;
  /** Since when, in milliseconds since 1970; undefined where the condition was never written. */
  readonly activeChanged: number | undefined;
  /** The condition ScaleTargetInitialized: the initial scale was reached once. */
  readonly isInitialized: boolean;
  /** Whether requests go through the activator, and since when. */
  readonly isProxying: boolean;
  readonly proxyingSince: number | undefined;
  /** Whether the activator was seen to answer for this Revision; always true where target-burst-capacity is -1. */
  readonly isActivatorSeen: boolean;
  /** How long a Revision may take to start, before it is given up (`progress-deadline`). */
  readonly progressDeadline: number;
}

export interface ScaleStep {
  /** What the PodAutoscaler's status says is wanted; -1 where that is not known yet. */
  readonly want: number;
  /** The number of pods to set now, where one is to be set. */
  readonly apply?: number;
  /** When to look again without any other cause, in milliseconds from now. */
  readonly again?: number;
}

/** Pods that fail on the way up are told before the Revision is given up. */
const ACTIVATION_BUFFER = 30_000;
/** An activator already in the way changes nothing that would wake the reconciler: it wakes itself. */
const PROXYING_LOOK = 3000;

/** What to set for what the autoscaler wants. @param desired pods, or -1 where no load has been seen yet */
export function scaleStep(desired: number, settings: AutoscalerSettings, state: ScaleState, now: number): ScaleStep {
  if (desired < 0 && state.activity !== 'activating') return { want: desired };
  const bounded = withinBounds(desired, settings, state.isInitialized);
  if (bounded !== 0) return { want: bounded, apply: bounded };
  if (!settings.enableScaleToZero) return { want: 1, apply: 1 };

  switch (state.activity) {
    case 'activating':
      return giveUp(state, now);
    case 'active':
      return idle(settings, state, now);
    case 'inactive':
      return toZero(settings, state, now);
  }
}

/** min-scale and max-scale, and the initial scale until it was reached once. */
function withinBounds(desired: number, settings: AutoscalerSettings, isInitialized: boolean): number {
  const { initialScale, isReachable, maxScale } = settings;
  const mindsInitial = initialScale > 1 && !isInitialized && isReachable;
  const least = mindsInitial ? Math.max(initialScale, settings.minScale) : settings.minScale;
  if (desired < least) return least;
  return Math.min(desired, maxScale);
}

/** A Revision that does not come up goes to zero once its deadline is over. */
function giveUp({ progressDeadline, activeChanged }: ScaleState, now: number): ScaleStep {
  const deadline = progressDeadline + ACTIVATION_BUFFER;
  if (since(activeChanged, now) > deadline) return { want: 0, apply: 0 };
  return { want: UNKNOWN_SCALE, again: deadline };
}

/** Idle for a stable window, it is called inactive, and its pods stay; before that one is kept. */
function idle({ stableWindow }: AutoscalerSettings, state: ScaleState, now: number): ScaleStep {
  const active = since(state.activeChanged, now);
  if (active < stableWindow) return { want: 1, apply: 1, again: stableWindow - active };
  return state.isProxying ? { want: 0, again: PROXYING_LOOK } : { want: 0 };
}

/** The last pod goes when the activator has been in the way for the grace period, and the retention is over. */
function toZero(settings: AutoscalerSettings, state: ScaleState, now: number): ScaleStep {
  if (!state.isActivatorSeen) return { want: 0 };
  const { podRetention, scaleToZeroGracePeriod } = settings;
  const inactive = since(state.activeChanged, now);
  if (inactive >= Math.max(scaleToZeroGracePeriod, podRetention)) return { want: 0, apply: 0 };
  if (inactive < podRetention) return { want: 0, again: podRetention - inactive };

  const left = scaleToZeroGracePeriod - since(state.proxyingSince, now);
  return left <= 0 ? { want: 0, apply: 0 } : { want: 0, again: left };
}

/** As Knative counts: a condition that was never written is -1 nanosecond old, which is none. */
function since(begin: number | undefined, now: number): number {
  return begin === undefined ? 0 : now - begin;
}

/** Whether requests go to the pods (`Serve`) or through the activator (`Proxy`). */
export function servingMode(want: number, excessBurstCapacity: number): 'Serve' | 'Proxy' {
  return want > 0 && excessBurstCapacity >= 0 ? 'Serve' : 'Proxy';
}

/** Activators that a Revision's requests are spread over: at least two, and enough for what its pods carry. */
export function activatorCount(readyPods: number, settings: AutoscalerSettings): number {
  const { targetBurstCapacity, total, activatorCapacity } = settings;
  if (targetBurstCapacity === 0) return LEAST_ACTIVATORS;
  const capacity = readyPods * total + Math.max(0, targetBurstCapacity);
  return Math.max(LEAST_ACTIVATORS, Math.ceil(capacity / activatorCapacity));
}

const LEAST_ACTIVATORS = 2;

export interface ActiveChange {
  readonly activity: Activity;
  readonly reason?: 'NoTraffic' | 'TimedOut' | 'Queued';
  readonly message?: string;
}

/** Pods that must be ready for a Revision to count as active, and as initialized. */
export function activeThreshold(settings: AutoscalerSettings, isInitialized: boolean): number {
  return Math.max(settings.minScale, isInitialized ? 1 : settings.initialScale);
}

/** What the condition Active becomes. @param isInitialized before this step; @param want as of scaleStep */
export function activeChange(
  want: number,
  readyPods: number,
  settings: AutoscalerSettings,
  state: Pick<ScaleState, 'activity' | 'isInitialized'>,
): ActiveChange {
  // the initial scale counts until it was reached, which this very step may see
  const threshold = activeThreshold(settings, state.isInitialized);
  if (want === 0 || threshold === 0) {
    if (state.activity === 'activating' && threshold > 0) return TIMED_OUT;
    return NO_TRAFFIC;
  }
  const isUp = want > 0 || state.activity !== 'inactive';
  if (readyPods < threshold) return isUp ? QUEUED : NO_TRAFFIC;
  return isUp ? { activity: 'active' } : { activity: state.activity };
}

const NO_TRAFFIC: ActiveChange = {
  activity: 'inactive',
  reason: 'NoTraffic',
  message: 'The target is not receiving traffic.',
};
const TIMED_OUT: ActiveChange = {
  activity: 'inactive',
  reason: 'TimedOut',
  message: 'The target could not be activated.',
};
const QUEUED: ActiveChange = {
  activity: 'activating',
  reason: 'Queued',
  message: 'Requests to the target are being buffered as resources are provisioned.',
};
