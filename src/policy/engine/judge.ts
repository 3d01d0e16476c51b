/** The engine: object, policy and context in; findings and defaults out. It does no I/O and reads no clock. */
import type { JsonObject } from '../../kubernetes/json.ts';
import type { PatchOperation } from '../../kubernetes/jsonPatch.ts';
import type { ObjectReference } from '../../kubernetes/object.ts';
import type { Action } from '../model/spec.ts';
import { type AppliedDefault, applyDefaults, type Defaulter } from './default.ts';
import { type Edit, toJsonPatch } from './edit.ts';
import { exceptionFor, type PolicyException } from './exceptions.ts';
import type { EffectivePolicy } from './policy.ts';
import { familyOf, type Rule, type RuleContext } from './rule.ts';
import { Subject } from './subject.ts';

export interface JudgeContext extends RuleContext {
  readonly exceptions: readonly PolicyException[];
}

/** What judges: every rule and defaulter there is, or those of a test. */
export interface Catalogue {
  readonly rules: readonly Rule[];
  readonly defaulters: readonly Defaulter[];
  /** Fills in what Knative's own webhook would, so that every door judges the same object. */
  knativeDefaults(object: JsonObject, policy: EffectivePolicy): JsonObject;
}

export interface Finding {
  readonly rule: string;
  readonly action: Exclude<Action, 'off'>;
  readonly environment: string;
  readonly resource: ObjectReference;
  /** JSON pointer into the object. */
  readonly path: string;
  readonly message: string;
  /** JSON Patch against the object as it was written. */
  readonly fix?: readonly PatchOperation[];
}

export interface Excused {
  readonly finding: Finding;
  readonly exception: PolicyException;
}

export interface Verdict {
  /** False where no rule knows the kind: the object passes untouched. */
  readonly judged: boolean;
  /** The object with the policy's defaults, without Knative's. */
  readonly object: JsonObject;
  readonly defaults: readonly AppliedDefault[];
  readonly findings: readonly Finding[];
  readonly excused: readonly Excused[];
  /** Rules that broke on this object: a mistake of Weir's, told and never hidden. */
  readonly failures: readonly string[];
}

/** Judges one object as it was written. */
export function judge(object: JsonObject, context: JudgeContext, catalogue: Catalogue): Verdict {
  const { policy } = context;
  const written = new Subject(object);
  const rules = rulesFor(written.key, policy, catalogue);
  if (rules.length === 0) {
    return { judged: false, object, defaults: [], findings: [], excused: [], failures: [] };
  }

  const defaulted = applyDefaults(object, context, catalogue.defaulters);
  const subject = new Subject(catalogue.knativeDefaults(defaulted.object, policy), object);
  const findings: Finding[] = [];
  const excused: Excused[] = [];
  const failures: string[] = [];

  for (const { rule, action } of rules) {
    if (action === 'off') continue;
    for (const violation of violationsOf(rule, subject, context, failures)) {
      const finding: Finding = {
        rule: rule.id,
        action,
        environment: policy.name,
        resource: written.reference,
        path: violation.path,
        message: violation.message,
        ...fixFor(object, violation.fix),
      };
      const exception = exceptionFor(finding, written.key, context.exceptions, context.now);
      if (exception === undefined) findings.push(finding);
      else excused.push({ finding, exception });
    }
  }
  return { judged: true, object: defaulted.object, defaults: defaulted.defaults, findings, excused, failures };
}

/** No fix at all where a part of it cannot be carried out: half of a move would lose what it moves. */
function fixFor(object: JsonObject, edits: readonly Edit[] | undefined): { fix?: readonly PatchOperation[] } {
  if (edits === undefined) return {};
  const fix = toJsonPatch(object, edits);
  const isWhole = fix.filter(({ op }) => op !== 'remove').length === edits.filter((edit) => 'set' in edit).length;
  return isWhole && fix.length > 0 ? { fix } : {};
}

function violationsOf(rule: Rule, subject: Subject, context: RuleContext, failures: string[]) {
  try {
    return rule.judge(subject, context);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    failures.push(`rule ${rule.id} could not judge this object, which is a mistake of Weir's: ${reason}`);
    return [];
  }
}

/** What the policy makes of a breach of the rule. Knative's own refusals deny whatever the policy says. */
export function actionFor(rule: Rule, policy: EffectivePolicy): Action {
  const family = familyOf(rule.id);
  if (family === 'knative') return rule.action;
  const action = policy.actions[rule.id] ?? policy.actions[`${family}/*`] ?? rule.action;
  return action === 'deny' && policy.enforcement === 'warn' ? 'warn' : action;
}

interface ActiveRule {
  readonly rule: Rule;
  readonly action: Action;
}

/** Rules by kind, worked out once for each catalogue and policy. */
const active = new WeakMap<Catalogue, WeakMap<EffectivePolicy, Map<string, readonly ActiveRule[]>>>();

function rulesFor(key: string, policy: EffectivePolicy, catalogue: Catalogue): readonly ActiveRule[] {
  const policies = active.get(catalogue) ?? new WeakMap<EffectivePolicy, Map<string, readonly ActiveRule[]>>();
  active.set(catalogue, policies);
  const byKind = policies.get(policy) ?? indexRules(policy, catalogue);
  policies.set(policy, byKind);
  return byKind.get(key) ?? [];
}

function indexRules(policy: EffectivePolicy, catalogue: Catalogue): Map<string, readonly ActiveRule[]> {
  const index = new Map<string, ActiveRule[]>();
  for (const rule of [...catalogue.rules, ...policy.custom]) {
    const entry = { rule, action: actionFor(rule, policy) };
    for (const kind of rule.kinds) {
      const entries = index.get(kind.key);
      if (entries === undefined) index.set(kind.key, [entry]);
      else entries.push(entry);
    }
  }
  return index;
}
