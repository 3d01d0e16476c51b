/** The factory behind every rule of the sort 'this value stays within the bounds of the environment'. */
import type { Edit } from '../engine/edit.ts';
import { defineRule, type Rule, type RuleContext } from '../engine/rule.ts';
import type { Subject } from '../engine/subject.ts';
import type { Bounds } from '../model/bounds.ts';

/** Numbers as they are, durations in nanoseconds. `Infinity` is no limit at all. */
export type Measure = number | bigint;

export interface Told {
  /** How a sentence says the value: `500`, `unlimited`, `0s by default`. */
  readonly text: string;
  /** Where it stands, or would. */
  readonly path: string;
}

export interface BoundRule<Written, Value extends Measure> extends Omit<Rule, 'judge'> {
  /** How a sentence names the value: `max-scale`. */
  readonly label: string;
  bounds(context: RuleContext): Bounds<Written> | undefined;
  /** A bound of the policy as a measure; undefined where the policy file is wrong, which its loader has said. */
  parse(bound: Written): Value | undefined;
  /** The value that counts; undefined where there is nothing to judge. */
  read(subject: Subject, context: RuleContext): Value | undefined;
  /** Asked only where a value breaks its bound; undefined where Knative itself refuses the value, and says so. */
  tell(subject: Subject, context: RuleContext, value: Value): Told | undefined;
  /** Sets the value to the bound and keeps what hangs on it consistent. */
  fix?(subject: Subject, context: RuleContext, bound: Written): readonly Edit[] | undefined;
}

/** Makes the rule. It says nothing where the policy has no bounds, or the value cannot be read. */
export function boundRule<Written extends string | number, Value extends Measure>(
  options: BoundRule<Written, Value>,
): Rule {
  const { label, bounds: boundsOf, parse, read, tell, fix: fixOf, ...rule } = options;
  const parseOnce = remembered(parse);
  return defineRule({
    ...rule,
    judge(subject, context) {
      const bounds = boundsOf(context);
      if (bounds === undefined || (bounds.min === undefined && bounds.max === undefined)) return [];
      const value = read(subject, context);
      if (value === undefined) return [];

      const broken = brokenBound(value, bounds, parseOnce);
      if (broken === undefined) return [];
      const told = tell(subject, context, value);
      if (told === undefined) return [];
      const { name } = context.policy;
      const allowed = broken.isTooMuch
        ? `${name} allows at most ${broken.bound}`
        : `${name} requires at least ${broken.bound}`;
      const fix = fixOf?.(subject, context, broken.bound);
      return [
        {
          path: told.path,
          message: `${label} is ${told.text}, and ${allowed}`,
          ...(fix === undefined ? {} : { fix }),
        },
      ];
    },
  });
}

/** Policies have few bounds, and each is asked for once an object. */
function remembered<Written, Value>(parse: (bound: Written) => Value | undefined) {
  const known = new Map<Written, Value | undefined>();
  return (bound: Written): Value | undefined => {
    if (!known.has(bound)) known.set(bound, parse(bound));
    return known.get(bound);
  };
}

function brokenBound<Written, Value extends Measure>(
  value: Value,
  bounds: Bounds<Written>,
  parse: (bound: Written) => Value | undefined,
): { readonly bound: Written; readonly isTooMuch: boolean } | undefined {
  const max = bounds.max === undefined ? undefined : parse(bounds.max);
  if (bounds.max !== undefined && max !== undefined && value > max) return { bound: bounds.max, isTooMuch: true };
  const min = bounds.min === undefined ? undefined : parse(bounds.min);
  if (bounds.min !== undefined && min !== undefined && value < min) return { bound: bounds.min, isTooMuch: false };
  return undefined;
}
