/** Which bounds of an environment count for a scale that a schedule asks for, and the rules that hold Services to them. */
import { actionFor } from '../engine/action.ts';
import type { EffectivePolicy } from '../engine/policy.ts';
import type { NumberBounds } from '../model/bounds.ts';

/** The bounds of `spec.autoscaling`, each with the rule that judges it on a Service: who is excused there, is excused here. */
export const RULE_OF_BOUND = {
  minScale: 'autoscaling/min-scale',
  maxScale: 'autoscaling/max-scale',
  target: 'autoscaling/target',
  rpsTarget: 'autoscaling/rps-target',
} as const satisfies Readonly<Record<string, string>>;

export type BoundName = keyof typeof RULE_OF_BOUND;

/** A target is measured in its metric's own unit, and bounded by it; those of other metrics, such as cpu, no policy bounds. */
export const TARGET_BOUNDS = [
  { name: 'target', metric: 'concurrency' },
  { name: 'rpsTarget', metric: 'rps' },
] as const satisfies readonly { readonly name: BoundName; readonly metric: string }[];

export function boundOfMetric(metric: string): BoundName | undefined {
  return TARGET_BOUNDS.find((each) => each.metric === metric)?.name;
}

/**
 * None where the policy has turned the rule off, or an exception lets it be broken.
 *
 * @param lifted rules whose bounds do not count: `autoscaling/min-scale`, …
 */
export function boundsOf(
  name: BoundName,
  policy: EffectivePolicy | undefined,
  lifted: ReadonlySet<string> | undefined,
): NumberBounds {
  const id = RULE_OF_BOUND[name];
  const bounds = policy?.autoscaling?.[name];
  if (policy === undefined || bounds === undefined || lifted?.has(id) === true) return NONE;
  return actionFor({ id, action: 'deny' }, policy) === 'off' ? NONE : bounds;
}

const NONE: NumberBounds = {};
