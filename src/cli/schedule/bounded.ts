/** What the bounds of an environment leave of a schedule, and for how long a PolicyException lets it go beyond them. Pure. */
import { policyException } from '../../kubernetes/kinds.ts';
import type { PolicyException } from '../../policy/engine/exceptions.ts';
import type { Inventory } from '../../policy/engine/inventory.ts';
import type { EffectivePolicy } from '../../policy/engine/policy.ts';
import { BOUNDED, type Bounded, RULES, withinBounds } from '../../policy/rules/schedule/bounds.ts';
import { exceptionsOf, liftingAll } from '../../policy/rules/schedule/lifted.ts';
import type { Interval, Scale, ScalingSchedule } from '../../schedule/model.ts';

/** An environment, and what is known beside the schedule: the exceptions among it count. */
export interface Surroundings {
  readonly policy: EffectivePolicy;
  readonly inventory: Inventory;
}

/** Divided where an exception ends, where that changes a value. */
export function boundedIntervals(
  intervals: readonly Interval[],
  schedule: ScalingSchedule,
  surroundings: Surroundings,
): Interval[] {
  const ends = endsOf(schedule, surroundings);
  return intervals.flatMap(({ from, to, state }) => {
    const pieces: Interval[] = [];
    const inside = ends.filter((end) => from < end && end < to);
    for (const [index, begin] of [from, ...inside].entries()) {
      const end = inside[index] ?? to;
      const scale = state.scale === undefined ? undefined : scaleAt(state.scale, schedule, surroundings, begin);
      const before = pieces.at(-1);
      if (before === undefined || !isSame(before.state.scale, scale)) {
        pieces.push({ from: begin, to: end, state: { ...state, scale } });
      } else pieces[pieces.length - 1] = { ...before, to: end };
    }
    return pieces;
  });
}

/** A bound that a value goes beyond by an exception. */
export interface Beyond {
  readonly field: Bounded;
  readonly exception: PolicyException;
  /** What is left of the value once the exception has ended. */
  readonly cutTo: number;
}

/** What the scale owes to exceptions at the moment. */
export function beyondBounds(
  scale: Scale,
  schedule: ScalingSchedule,
  { policy, inventory }: Surroundings,
  at: Date,
): Beyond[] {
  const bounded = withinBounds(scale, policy);
  return BOUNDED.flatMap((field) => {
    const cutTo = bounded[field];
    if (cutTo === undefined || cutTo === scale[field]) return [];
    const exception = liftingAll(RULES[field], schedule, policy, inventory, at);
    return exception === undefined ? [] : [{ field, exception, cutTo }];
  });
}

function scaleAt(scale: Scale, schedule: ScalingSchedule, surroundings: Surroundings, at: Date): Scale {
  const lifted = new Set(beyondBounds(scale, schedule, surroundings, at).map(({ field }) => field));
  return withinBounds(scale, surroundings.policy, lifted);
}

/** The moments from which an exception excuses no more, in their order. */
function endsOf({ namespace }: ScalingSchedule, { policy, inventory }: Surroundings): Date[] {
  const exceptions = exceptionsOf(inventory.inNamespace(policyException, namespace), policy);
  const ends = new Set(exceptions.map(({ until }) => until.getTime() + 1));
  return [...ends].sort((left, right) => left - right).map((end) => new Date(end));
}

function isSame(one: Scale | undefined, other: Scale | undefined): boolean {
  return one?.minScale === other?.minScale && one?.maxScale === other?.maxScale && one?.target === other?.target;
}
