/** The engine: object, policy and context in; findings and defaults out. It does no I/O and reads no clock. */
import { type JsonObject, stringAt } from '../../kubernetes/json.ts';
import type { PatchOperation } from '../../kubernetes/jsonPatch.ts';
import type { ObjectReference } from '../../kubernetes/object.ts';
import type { Action } from '../model/spec.ts';
import { actionFor } from './action.ts';
import { type Additions, additionsBetween, withAdditions } from './additions.ts';
import { Alike, type Likeness } from './alike.ts';
import { type AppliedDefault, applyFills, type Defaulter, type Fills, fillsFor, type KnownFills } from './default.ts';
import { type Edit, toJsonPatch } from './edit.ts';
import { exceptionFor, type PolicyException } from './exceptions.ts';
import type { Place } from './memory.ts';
import type { EffectivePolicy } from './policy.ts';
import type { Rule, RuleContext, Violation } from './rule.ts';
import { Subject } from './subject.ts';

export interface JudgeContext extends RuleContext {
  readonly exceptions: readonly PolicyException[];
  /** True where nobody carries fixes out: to work them out costs more than to find what is wrong. */
  readonly hasNoUseForFixes?: boolean;
}

/** What judges: every rule and defaulter there is, or those of a test. */
export interface Catalogue {
  readonly rules: readonly Rule[];
  readonly defaulters: readonly Defaulter[];
  /** Fills in what Knative's own webhook would, so that every door judges the same object. */
  knativeDefaults(object: JsonObject, policy: EffectivePolicy): JsonObject;
  /** Whether that hangs on nothing but the object's settings and the policy (alike.ts). Left out, it may hang on anything. */
  knativeLooksAtSettings?(policy: EffectivePolicy): boolean;
  /** What admission alone judges: every change, and every DELETE. `judge` does not look at them. */
  readonly admission?: { readonly changes: readonly Rule[]; readonly deletions: readonly Rule[] };
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
  /** Of the object as it was written; absent where it is not known which others are alike. */
  readonly likeness?: Likeness | undefined;
}

/** Judges one object as it was written. */
export function judge(object: JsonObject, context: JudgeContext, catalogue: Catalogue): Verdict {
  const { policy } = context;
  const written = new Subject(object);
  const index = indexFor(policy, catalogue);
  const rules = isVersionless(object, written.key) ? undefined : index.byKind.get(written.key);
  if (rules === undefined) {
    const told = findingsOf(index.ofOtherKinds, written, context);
    return {
      ...told,
      judged: told.findings.length + told.excused.length + told.failures.length > 0,
      object,
      defaults: [],
    };
  }

  const filled = fillIn(written, context, catalogue, index);
  // into most objects nothing is filled: what is worked out of the one is worked out of the other
  const subject = filled.whole === object ? written : new Subject(filled.whole, written);
  const place = index.isNamedAlike ? filled.place : index.alike.placeNamed(subject);
  return new Judged(findingsOf(rules, subject, context, place), filled);
}

/** What all objects that are alike under the policy have in common; undefined where that is not known of the object. */
export function likenessOf(object: JsonObject, policy: EffectivePolicy, catalogue: Catalogue): Likeness | undefined {
  return indexFor(policy, catalogue).alike.likenessOf(new Subject(object));
}

/** What the policy fills into an object, as `judge` would: where nobody asks what is wrong with it. */
export function defaultsOf(object: JsonObject, context: RuleContext, catalogue: Catalogue): readonly AppliedDefault[] {
  const subject = new Subject(object);
  const { alike } = indexFor(context.policy, catalogue);
  const fills = fillsFor(subject, context, catalogue.defaulters, alike.placeOf(subject));
  return alike.placeWith(fills.own)?.whole?.defaults ?? applyFills(object, fills).defaults;
}

/** The verdict on an object of a kind that some rule knows. */
class Judged implements Verdict {
  readonly judged = true;
  readonly defaults: readonly AppliedDefault[];
  readonly findings: readonly Finding[];
  readonly excused: readonly Excused[];
  readonly failures: readonly string[];
  readonly likeness: Likeness | undefined;
  readonly #filled: Filled;
  #object: JsonObject | undefined;

  constructor({ findings, excused, failures }: Told, filled: Filled) {
    this.#object = filled.object;
    this.defaults = filled.defaults;
    this.findings = findings;
    this.excused = excused;
    this.failures = failures;
    this.likeness = filled.alike;
    this.#filled = filled;
  }

  /** Worked out for who asks: a check does not. */
  get object(): JsonObject {
    this.#object ??= applyFills(this.#filled.written, this.#filled.fills).object;
    return this.#object;
  }
}

/** An object, and what it comes to with the defaults. */
interface Filled {
  readonly written: JsonObject;
  readonly fills: Fills;
  /** With the policy's defaults alone, where that was worked out. */
  readonly object?: JsonObject;
  /** With Knative's, too. */
  readonly whole: JsonObject;
  readonly defaults: readonly AppliedDefault[];
  readonly alike: RememberedPlace | undefined;
  readonly place: RememberedPlace | undefined;
}

/** What objects that are alike come to, once their own fills are the same as well. */
interface Whole {
  readonly additions: Additions;
  readonly defaults: readonly AppliedDefault[];
}

type RememberedPlace = Place<readonly KnownFills[], Whole, readonly Answer[]>;

function fillIn(subject: Subject, context: RuleContext, catalogue: Catalogue, index: RuleIndex): Filled {
  const { object: written } = subject;
  const alike = index.alike.placeOf(subject);
  const isKnown = alike?.filled !== undefined;
  const fills = fillsFor(subject, context, catalogue.defaulters, alike);
  const place = index.alike.placeWith(fills.own);
  if (place?.whole !== undefined) {
    const { additions, defaults } = place.whole;
    return { written, fills, whole: withAdditions(written, additions), defaults, alike, place };
  }

  const { object, defaults } = applyFills(written, fills);
  const whole = catalogue.knativeDefaults(object, context.policy);
  // not of an object that nobody has seen the like of, and perhaps never will
  const additions = isKnown && index.isNamedAlike ? additionsBetween(written, whole) : undefined;
  if (additions !== undefined) place?.keepWhole({ additions, defaults }, [additions]);
  return { written, fills, object, whole, defaults, alike, place };
}

/**
 * Looks at the object by every rule that is on, and at what is found by every exception.
 *
 * @param known where what rules said of objects that are alike is kept, and found again
 */
function findingsOf(
  rules: readonly ActiveRule[],
  subject: Subject,
  context: JudgeContext,
  known?: RememberedPlace,
): Told {
  const told: Told = { findings: [], excused: [], failures: [] };
  const isChange = context.old !== undefined;
  if (known?.said !== undefined) {
    for (const { active, violations } of known.said) {
      const isKnown = violations !== undefined && !(isChange && active.rule.looksAt === 'settings, and the change');
      tell(active, isKnown ? violations : violationsOf(active, subject, context, told), subject, context, told);
      if (isChange) tellOfChange(active, subject, context, told);
    }
    return told;
  }

  const said: Answer[] = [];
  for (const active of rules) {
    const violations = violationsOf(active, subject, context, told);
    tell(active, violations, subject, context, told);
    if (isChange) tellOfChange(active, subject, context, told);
    const answer = answerOf(active, violations, isChange);
    if (answer !== undefined) said.push(answer);
  }
  if (known !== undefined && told.failures.length === 0) {
    known.keepSaid(
      said,
      said.flatMap(({ violations = [] }) => violations),
    );
  }
  return told;
}

/** Undefined of a rule that has nothing to say of any object that is alike. */
function answerOf(active: ActiveRule, violations: readonly Violation[], isChange: boolean): Answer | undefined {
  switch (active.rule.looksAt) {
    case 'settings':
      return violations.length === 0 && active.rule.judgeChange === undefined ? undefined : { active, violations };
    case 'settings, with names':
      return violations.length === 0 ? undefined : { active };
    case 'settings, and the change':
      return isChange ? { active } : { active, violations };
    default:
      return { active };
  }
}

interface Told {
  readonly findings: Finding[];
  readonly excused: Excused[];
  readonly failures: string[];
}

/** What a rule says of every object that is alike, or that it has to be asked about each. Who says nothing is left out. */
interface Answer {
  readonly active: ActiveRule;
  readonly violations?: readonly Violation[];
}

function tellOfChange(active: ActiveRule, subject: Subject, context: JudgeContext, told: Told): void {
  if (active.rule.judgeChange === undefined) return;
  tell(active, violationsOf(active, subject, context, told, 'judgeChange'), subject, context, told);
}

function violationsOf(
  { rule }: ActiveRule,
  subject: Subject,
  context: JudgeContext,
  { failures }: Told,
  asked: 'judge' | 'judgeChange' = 'judge',
): readonly Violation[] {
  try {
    return rule[asked]?.(subject, context) ?? [];
  } catch (error) {
    failures.push(mistakeOf(rule, error));
    return [];
  }
}

function tell(
  { rule, action }: ActiveRule,
  violations: readonly Violation[],
  subject: Subject,
  context: JudgeContext,
  { findings, excused }: Told,
): void {
  if (violations.length === 0) return;
  const environment = context.policy.name;
  for (const violation of violations) {
    const { path, message } = violation;
    const fix = context.hasNoUseForFixes === true ? undefined : fixFor(subject.written, violation.fix);
    const { reference: resource } = subject;
    const finding: Finding =
      fix === undefined
        ? { rule: rule.id, action, environment, resource, path, message }
        : { rule: rule.id, action, environment, resource, path, message, fix };
    const exception = exceptionFor(finding, subject.key, context.exceptions, context.now);
    if (exception === undefined) findings.push(finding);
    else excused.push({ finding, exception });
  }
}

/** No fix at all where a part of it cannot be carried out: half of a move would lose what it moves. */
function fixFor(object: JsonObject, edits: readonly Edit[] | undefined): readonly PatchOperation[] | undefined {
  if (edits === undefined) return undefined;
  const fix = toJsonPatch(object, edits);
  const isWhole = fix.filter(({ op }) => op !== 'remove').length === edits.filter((edit) => 'set' in edit).length;
  return isWhole && fix.length > 0 ? fix : undefined;
}

function mistakeOf(rule: Rule, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return `rule ${rule.id} could not judge this object, which is a mistake of Weir's: ${reason}`;
}

interface ActiveRule {
  readonly rule: Rule;
  readonly action: Exclude<Action, 'off'>;
}

interface RuleIndex {
  /** Those that are on, by every kind that some rule knows. */
  readonly byKind: ReadonlyMap<string, readonly ActiveRule[]>;
  /** Those that look at what no rule knows. */
  readonly ofOtherKinds: readonly ActiveRule[];
  readonly alike: Alike<readonly KnownFills[], Whole, readonly Answer[]>;
  /** Whether Knative's defaults, by which it names containers, are the same for objects that are alike. */
  readonly isNamedAlike: boolean;
}

/** Rules by kind, worked out once for each catalogue and policy. */
const active = new WeakMap<Catalogue, WeakMap<EffectivePolicy, RuleIndex>>();

function indexFor(policy: EffectivePolicy, catalogue: Catalogue): RuleIndex {
  const policies = active.get(catalogue) ?? new WeakMap<EffectivePolicy, RuleIndex>();
  active.set(catalogue, policies);
  const index = policies.get(policy) ?? indexRules(policy, catalogue);
  policies.set(policy, index);
  return index;
}

/** True of `apiVersion: serving.knative.dev`: it reads as a core kind by its form, and is none. */
function isVersionless(object: JsonObject, key: string): boolean {
  return !key.includes('/') && stringAt(object, 'apiVersion')?.includes('.') === true;
}

function indexRules(policy: EffectivePolicy, catalogue: Catalogue): RuleIndex {
  const index = new Map<string, ActiveRule[]>();
  const ofOtherKinds: ActiveRule[] = [];
  for (const rule of [...catalogue.rules, ...policy.custom]) {
    const action = actionFor(rule, policy);
    if (action !== 'off' && rule.judgesOtherKinds === true) ofOtherKinds.push({ rule, action });
    for (const { key } of rule.kinds) {
      const entries = index.get(key) ?? [];
      index.set(key, entries);
      if (action !== 'off') entries.push({ rule, action });
    }
  }
  const isNamedAlike = catalogue.knativeLooksAtSettings?.(policy) === true;
  return { byKind: index, ofOtherKinds, alike: new Alike(), isNamedAlike };
}
