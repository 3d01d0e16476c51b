/** How a policy fills in what the author left out: only what is absent, and with the reason. */
import type { JsonObject, JsonValue } from '../../kubernetes/json.ts';
import type { Kind } from '../../kubernetes/kinds.ts';
import { Filler } from './filler.ts';
import { describeSource, type EffectivePolicy } from './policy.ts';
import type { RuleContext } from './rule.ts';
import type { Subject } from './subject.ts';

/** Decides some of an object's values. Defaulters are listed in ../defaults/index.ts. */
export interface Defaulter {
  /** `family/name`, as for rules: `autoscaling/min-scale`. */
  readonly id: string;
  readonly kinds: readonly Kind[];
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

export interface Defaulted {
  readonly object: JsonObject;
  readonly defaults: readonly AppliedDefault[];
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

/** Fills in the policy's defaults. A fill whose place is taken is left out: the author's word stands. */
export function applyDefaults(subject: Subject, context: RuleContext, defaulters: readonly Defaulter[]): Defaulted {
  const filler = new Filler(subject.object);
  const defaults: AppliedDefault[] = [];

  for (const defaulter of defaultersFor(subject.key, defaulters)) {
    for (const fill of defaulter.fill(subject, context)) {
      if (!filler.fill(fill.path, fill.value)) continue;
      defaults.push({ path: fill.path, value: fill.value, source: sourceOf(fill, context.policy) });
    }
  }
  return { object: filler.object, defaults };
}

function sourceOf(fill: Fill, policy: EffectivePolicy): string {
  const source = describeSource(policy, fill.from);
  return fill.because === undefined ? source : `${source} (${fill.because})`;
}
