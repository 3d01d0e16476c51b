/** How a policy fills in what the author left out: only what is absent, and with the reason. */
import type { JsonObject, JsonValue } from '../../kubernetes/json.ts';
import type { Kind } from '../../kubernetes/kinds.ts';
import { Filler } from './filler.ts';
import type { Place } from './memory.ts';
import { describeSource, type EffectivePolicy } from './policy.ts';
import type { RuleContext } from './rule.ts';
import type { Subject } from './subject.ts';

/** Decides some of an object's values. Defaulters are listed in ../defaults/index.ts. */
export interface Defaulter {
  /** `family/name`, as for rules: `autoscaling/min-scale`. */
  readonly id: string;
  readonly kinds: readonly Kind[];
  /** As a rule's: then it is asked once for all objects that are alike. */
  readonly looksAt?: 'settings';
  /**
   * Of one that looks at more: false of a place at which it does not look, so that nobody has to bring that into the state
   * in which it would see it. Left out, it may look at any.
   */
  reads?(path: string): boolean;
  /** Only values that the author left out; the same object with its fills in it asks for none. */
  fill(subject: Subject, context: RuleContext): readonly Fill[];
}

export interface Fill {
  /** Where the value goes, as a JSON pointer into the object. */
  readonly path: string;
  readonly value: JsonValue;
  /** Where the policy decides it, as a JSON pointer into the policy: `/spec/autoscaling/minScale/default`. */
  readonly from: string;
  /** Said where the value is not the policy's own: `kept at the author's max-scale`. */
  readonly because?: string;
}

export interface AppliedDefault {
  readonly path: string;
  readonly value: JsonValue;
  /** `policies/prod.yaml:14 overrides policies/base.yaml:9`. */
  readonly source: string;
}

/** The same defaulters, each of which looks at settings alone. */
export function fillsBySettings(defaulters: readonly Defaulter[]): readonly Defaulter[] {
  return defaulters.map((defaulter) => ({ ...defaulter, looksAt: 'settings' }));
}

/** The defaulters that know a kind: `serving.knative.dev/Service`. */
export function defaultersFor(key: string, defaulters: readonly Defaulter[]): readonly Defaulter[] {
  const plan = plans.get(defaulters) ?? planOf(defaulters);
  return plan.get(key) ?? [];
}

/** Worked out once for each list: objects come by the thousand. */
const plans = new WeakMap<readonly Defaulter[], Map<string, readonly Defaulter[]>>();

function planOf(defaulters: readonly Defaulter[]): Map<string, readonly Defaulter[]> {
  const plan = new Map<string, Defaulter[]>();
  for (const defaulter of defaulters) {
    for (const { key } of defaulter.kinds) plan.set(key, [...(plan.get(key) ?? []), defaulter]);
  }
  plans.set(defaulters, plan);
  return plan;
}

/** What a defaulter fills into every object that is alike, or that it has to be asked about each. */
export interface KnownFills {
  readonly defaulter: Defaulter;
  readonly fills?: readonly AppliedDefault[];
}

/** What the defaulters say of an object, in their order. */
export interface Fills {
  readonly all: readonly (readonly AppliedDefault[])[];
  /** Those among them that hang on more than on what is alike. */
  readonly own: readonly AppliedDefault[];
}

/**
 * Asks the defaulters what they fill into an object.
 *
 * @param known where what they said of objects that are alike is kept, and found again
 */
export function fillsFor(
  subject: Subject,
  context: RuleContext,
  defaulters: readonly Defaulter[],
  known?: Pick<Place<readonly KnownFills[], unknown, unknown>, 'filled' | 'keepFilled'>,
): Fills {
  const all: (readonly AppliedDefault[])[] = [];
  const own: AppliedDefault[] = [];
  if (known?.filled !== undefined) {
    for (const { defaulter, fills } of known.filled) {
      if (fills !== undefined) all.push(fills);
      else {
        const asked = fillsOf(defaulter, subject, context);
        all.push(asked);
        own.push(...asked);
      }
    }
    return { all, own };
  }

  const filled: KnownFills[] = [];
  for (const defaulter of defaultersFor(subject.key, defaulters)) {
    const fills = fillsOf(defaulter, subject, context);
    all.push(fills);
    if (defaulter.looksAt !== 'settings') {
      own.push(...fills);
      filled.push({ defaulter });
    } else if (fills.length > 0) filled.push({ defaulter, fills });
  }
  known?.keepFilled(
    filled,
    filled.flatMap(({ fills = [] }) => fills),
  );
  return { all, own };
}

/** The object with the policy's defaults, and which of the fills those are: one whose place is taken is left out, the author's word stands. */
export function applyFills(
  object: JsonObject,
  { all }: Fills,
): { readonly object: JsonObject; readonly defaults: readonly AppliedDefault[] } {
  const filler = new Filler(object);
  const defaults: AppliedDefault[] = [];
  for (const fills of all) {
    for (const fill of fills) if (filler.fill(fill.path, fill.value)) defaults.push(fill);
  }
  return { object: filler.object, defaults };
}

/** What those defaulters fill in that look at more than settings: for objects that are alike, all that may differ. */
export function fillsBeyondSettings(
  subject: Subject,
  context: RuleContext,
  defaulters: readonly Defaulter[],
): readonly AppliedDefault[] {
  const fills: AppliedDefault[] = [];
  for (const defaulter of defaultersFor(subject.key, defaulters)) {
    if (defaulter.looksAt !== 'settings') fills.push(...fillsOf(defaulter, subject, context));
  }
  return fills;
}

/** Whether one of those defaulters may look at the place. */
export function isReadBeyondSettings(key: string, path: string, defaulters: readonly Defaulter[]): boolean {
  return defaultersFor(key, defaulters).some((each) => each.looksAt !== 'settings' && (each.reads?.(path) ?? true));
}

const NO_FILLS: readonly AppliedDefault[] = [];

function fillsOf(defaulter: Defaulter, subject: Subject, context: RuleContext): readonly AppliedDefault[] {
  const fills = defaulter.fill(subject, context);
  if (fills.length === 0) return NO_FILLS;
  return fills.map((fill) => ({ path: fill.path, value: fill.value, source: sourceOf(fill, context.policy) }));
}

function sourceOf(fill: Fill, policy: EffectivePolicy): string {
  const source = describeSource(policy, fill.from);
  return fill.because === undefined ? source : `${source} (${fill.because})`;
}
