/**
 * What of a wish is done now: stabilization, scaling policies and bounds (k8s.io/kubernetes
 * pkg/controller/podautoscaler/horizontal.go, normalizeDesiredReplicas and normalizeDesiredReplicasWithBehaviors, 1.36).
 * Pure but for the memory that it is given.
 */
import { longestPeriod, type ScaleEvent, type ScalingRules, scaleDownLimit, scaleUpLimit } from './rules.ts';

export interface Behavior {
  readonly scaleUp: ScalingRules;
  readonly scaleDown: ScalingRules;
}

export interface Recommendation {
  readonly at: number;
  readonly replicas: number;
}

/** What is kept of one object between two looks. */
export interface Memory {
  recommendations: readonly Recommendation[];
  ups: readonly ScaleEvent[];
  downs: readonly ScaleEvent[];
}

export interface Wish {
  /** Pods that there are to be as of now. */
  readonly current: number;
  /** What metrics ask for. */
  readonly desired: number;
  readonly min: number;
  readonly max: number;
}

export interface Said {
  readonly reason: string;
  readonly message: string;
}

export interface Normalized {
  readonly replicas: number;
  /** Of the condition AbleToScale, which is True. */
  readonly able: Said;
  /** Of the condition ScalingLimited. */
  readonly limited: Said & { readonly isLimited: boolean };
}

/** kube-controller-manager's `--horizontal-pod-autoscaler-downscale-stabilization`. */
const DOWN_STABILIZATION_SECONDS = 300;
/** Where no policy says how far it may go up: to twice as many, and to four at least. */
const UP_FACTOR = 2;
const UP_LEAST = 4;

const READY_FOR_NEW: Said = { reason: 'ReadyForNewScale', message: 'recommended size matches current size' };
const UP_STABILIZED: Said = {
  reason: 'ScaleUpStabilized',
  message: 'recent recommendations were lower than current one, applying the lowest recent recommendation',
};
const DOWN_STABILIZED: Said = {
  reason: 'ScaleDownStabilized',
  message: 'recent recommendations were higher than current one, applying the highest recent recommendation',
};
const WITHIN: Said = {
  reason: 'DesiredWithinRange',
  message: 'the desired count is within the acceptable range',
};
const UP_LIMIT: Said = {
  reason: 'ScaleUpLimit',
  message: 'the desired replica count is increasing faster than the maximum scale rate',
};
const DOWN_LIMIT: Said = {
  reason: 'ScaleDownLimit',
  message: 'the desired replica count is decreasing faster than the maximum scale rate',
};
const TOO_MANY: Said = {
  reason: 'TooManyReplicas',
  message: 'the desired replica count is more than the maximum replica count',
};
const TOO_FEW: Said = {
  reason: 'TooFewReplicas',
  message: 'the desired replica count is less than the minimum replica count',
};

export function newMemory(current: number, now: number): Memory {
  return { recommendations: [{ at: now, replicas: current }], ups: [], downs: [] };
}

export function normalize(wish: Wish, behavior: Behavior | undefined, memory: Memory, now: number): Normalized {
  return behavior === undefined ? simply(wish, memory, now) : byBehavior(wish, behavior, memory, now);
}

function simply({ current, desired, min, max }: Wish, memory: Memory, now: number): Normalized {
  const cutoff = now - DOWN_STABILIZATION_SECONDS * 1000;
  const recent = memory.recommendations.filter(({ at }) => at >= cutoff);
  memory.recommendations = [...recent, { at: now, replicas: desired }];
  const stable = Math.max(desired, ...recent.map(({ replicas }) => replicas));
  const limit = Math.max(UP_FACTOR * current, UP_LEAST);
  const [most, why] = max > limit ? [limit, UP_LIMIT] : [max, TOO_MANY];
  const able = stable === desired ? READY_FOR_NEW : DOWN_STABILIZED;
  if (stable < min) return { replicas: min, able, limited: { ...TOO_FEW, isLimited: true } };
  if (stable > most) return { replicas: most, able, limited: { ...why, isLimited: true } };
  return { replicas: stable, able, limited: { ...WITHIN, isLimited: false } };
}

function byBehavior(wish: Wish, behavior: Behavior, memory: Memory, now: number): Normalized {
  const stable = stabilize(wish, behavior, memory, now);
  const stabilized = wish.desired >= wish.current ? UP_STABILIZED : DOWN_STABILIZED;
  const able = stable === wish.desired ? READY_FOR_NEW : stabilized;
  const [replicas, why] = byRate({ ...wish, desired: stable }, behavior, memory, now);
  return { replicas, able, limited: { ...why, isLimited: replicas !== stable } };
}

/** No higher than the highest, and no lower than the lowest, of what was asked for of late. */
function stabilize({ current, desired }: Wish, { scaleUp, scaleDown }: Behavior, memory: Memory, now: number): number {
  const upCutoff = now - (scaleUp.stabilizationSeconds ?? 0) * 1000;
  const downCutoff = now - (scaleDown.stabilizationSeconds ?? DOWN_STABILIZATION_SECONDS) * 1000;
  let lowest = desired;
  let highest = desired;
  for (const { at, replicas } of memory.recommendations) {
    if (at > upCutoff) lowest = Math.min(replicas, lowest);
    if (at > downCutoff) highest = Math.max(replicas, highest);
  }
  const oldest = Math.min(upCutoff, downCutoff);
  const recent = memory.recommendations.filter(({ at }) => at >= oldest);
  memory.recommendations = [...recent, { at: now, replicas: desired }];
  return Math.min(Math.max(current, lowest), highest);
}

function byRate(
  { current, desired, min, max }: Wish,
  { scaleUp, scaleDown }: Behavior,
  memory: Memory,
  now: number,
): readonly [replicas: number, why: Said] {
  if (desired > current) {
    const limit = Math.max(current, scaleUpLimit(current, memory, scaleUp, now));
    const [most, why] = max > limit ? [limit, UP_LIMIT] : [max, TOO_MANY];
    if (desired > most) return [most, why];
  } else if (desired < current) {
    const limit = Math.min(current, scaleDownLimit(current, memory, scaleDown, now));
    const [least, why] = min < limit ? [limit, DOWN_LIMIT] : [min, TOO_FEW];
    if (desired < least) return [least, why];
  }
  return [desired, WITHIN];
}

/** Remembers a change that was made, where policies look back at it. */
export function remember(
  memory: Memory,
  behavior: Behavior | undefined,
  { from, to }: { readonly from: number; readonly to: number },
  now: number,
): void {
  if (behavior === undefined || from === to) return;
  const event = { at: now, change: Math.abs(to - from) };
  // policies of either direction look back at changes of both
  const since = now - Math.max(longestPeriod(behavior.scaleUp), longestPeriod(behavior.scaleDown));
  const recent = (events: readonly ScaleEvent[]): ScaleEvent[] => events.filter(({ at }) => at >= since);
  if (to > from) memory.ups = [...recent(memory.ups), event];
  else memory.downs = [...recent(memory.downs), event];
}
