/** What the limits of an environment and of the Service leave of a schedule, and for how long a PolicyException lets it go beyond. Pure. */
import { policyException } from '../../kubernetes/kinds.ts';
import type { PolicyException } from '../../policy/engine/exceptions.ts';
import { exceptionsOf, liftingAll } from '../../policy/rules/schedule/lifted.ts';
import { RULE_OF_BOUND } from '../../policy/scaling/bounds.ts';
import { type Within, withinLimits } from '../../policy/scaling/within.ts';
import type { Interval, Scale } from '../../schedule/model.ts';
import type { Surroundings } from './surroundings.ts';
import { causeText } from './words.ts';

export interface BoundedIntervals {
  readonly intervals: readonly Interval[];
  /** Each once: `window weekdays: min-scale 30 is cut to 20, the most that prod allows`. */
  readonly cuts: readonly string[];
}

/** Divided where an exception ends, where that changes a value. */
export function boundedIntervals(intervals: readonly Interval[], surroundings: Surroundings): BoundedIntervals {
  const ends = endsOf(surroundings);
  // between two ends the same exceptions hold: to look for them at each interval would take seconds for a year of many
  const liftedAfter = new Map<number, ReadonlySet<string>>();
  const liftedFrom = (begin: Date): ReadonlySet<string> => {
    const ended = ends.findLastIndex((end) => end <= begin);
    const lifted = liftedAfter.get(ended) ?? new Set(liftedAt(surroundings, begin).keys());
    liftedAfter.set(ended, lifted);
    return lifted;
  };
  const told = new Set<string>();
  const bounded = intervals.flatMap(({ from, to, state }) => {
    const pieces: Interval[] = [];
    const inside = ends.filter((end) => from < end && end < to);
    for (const [index, begin] of [from, ...inside].entries()) {
      const end = inside[index] ?? to;
      const { scale, cuts } =
        state.scale === undefined ? NOTHING_HELD : within(state.scale, surroundings, liftedFrom(begin));
      for (const cut of cuts) told.add(`${causeText(state)}: ${cut}`);
      const before = pieces.at(-1);
      if (before === undefined || !isSame(before.state.scale, scale)) {
        pieces.push({ from: begin, to: end, state: { ...state, scale } });
      } else pieces[pieces.length - 1] = { ...before, to: end };
    }
    return pieces;
  });
  return { intervals: bounded, cuts: [...told] };
}

const NOTHING_HELD = { scale: undefined, cuts: [] };

/** What the controller makes of a scale at the moment. */
export function scaleAt(scale: Scale, surroundings: Surroundings, at: Date): Within {
  return within(scale, surroundings, new Set(liftedAt(surroundings, at).keys()));
}

/** A value that goes beyond a bound by an exception. */
export interface Beyond {
  readonly field: keyof Scale;
  readonly exception: PolicyException;
  /** What is left of the value once the exception has ended. */
  readonly cutTo: number;
}

/** What the scale owes to exceptions at the moment. */
export function beyondBounds(scale: Scale, surroundings: Surroundings, at: Date): Beyond[] {
  const lifted = liftedAt(surroundings, at);
  const free = within(scale, surroundings, new Set(lifted.keys())).scale;
  const beyond: Beyond[] = [];
  for (const [rule, exception] of lifted) {
    const others = new Set(lifted.keys());
    others.delete(rule);
    const cut = within(scale, surroundings, others).scale;
    for (const field of FIELDS) {
      const cutTo = cut[field];
      if (cutTo !== undefined && cutTo !== free[field]) beyond.push({ field, exception, cutTo });
    }
  }
  return beyond;
}

const FIELDS = ['minScale', 'maxScale', 'target'] as const satisfies readonly (keyof Scale)[];

function within(scale: Scale, { context, author }: Surroundings, lifted: ReadonlySet<string>): Within {
  return withinLimits(scale, author?.annotations, { policy: context?.policy, autoscaler: undefined, lifted });
}

/** The rules whose bounds do not count at the moment, each with the exception that makes it so. */
function liftedAt({ schedule, inventory, context }: Surroundings, at: Date): Map<string, PolicyException> {
  const lifted = new Map<string, PolicyException>();
  if (context === undefined) return lifted;
  for (const rule of Object.values(RULE_OF_BOUND)) {
    const exception = liftingAll(rule, schedule, context.policy, inventory, at);
    if (exception !== undefined) lifted.set(rule, exception);
  }
  return lifted;
}

/** The moments from which an exception excuses no more, in their order. */
function endsOf({ schedule: { namespace }, inventory, context }: Surroundings): Date[] {
  if (context === undefined) return [];
  const exceptions = exceptionsOf(inventory.inNamespace(policyException, namespace), context.policy);
  const ends = new Set(exceptions.map(({ until }) => until.getTime() + 1));
  return [...ends].sort((left, right) => left - right).map((end) => new Date(end));
}

function isSame(one: Scale | undefined, other: Scale | undefined): boolean {
  return FIELDS.every((field) => one?.[field] === other?.[field]);
}
