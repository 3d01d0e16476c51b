/** What a rule is. Rules are listed in ../rules/index.ts; nothing registers itself. */
import type { JsonObject } from '../../kubernetes/json.ts';
import type { Kind } from '../../kubernetes/kinds.ts';
import type { Action } from '../model/spec.ts';
import type { Edit } from './edit.ts';
import type { Inventory } from './inventory.ts';
import type { EffectivePolicy } from './policy.ts';
import type { Subject } from './subject.ts';

export interface Rule {
  /** `family/name`, stable for ever: people write it into policies and exceptions. */
  readonly id: string;
  /** What holds when the rule is kept: `max-scale stays within the environment`. */
  readonly title: string;
  /** Why anybody should care, in one or two sentences. */
  readonly why: string;
  /** How to put it right by hand. */
  readonly howToFix: string;
  readonly kinds: readonly Kind[];
  /** True where the rule judges the objects that no rule's `kinds` name: one that finds nothing leaves them unjudged. */
  readonly judgesOtherKinds?: true;
  /** What happens where the policy file does not say. */
  readonly action: Action;
  /** Judged against the shipped policy of `environment` (prod unless said): the bad one breaks this rule, the good one keeps it. */
  readonly examples: { readonly bad: string; readonly good: string; readonly environment?: string };
  /** True where the verdict hangs on other objects: at the API such a finding only warns, since the order of an apply is chance. */
  readonly needsOthers?: boolean;
  /** True where the verdict hangs on who asks: that the object before breaks the rule, too, is then no excuse at the API. */
  readonly asksWho?: boolean;
  /**
   * Where admission alone judges the rule: at every change, or at a DELETE. In the examples of a `deletion` the first
   * document is deleted and the others stand in the cluster; where a change is judged, the last document is applied and
   * those before it stand in the cluster. `audit`: it is about a cluster as it is, and an audit alone judges it.
   */
  readonly judgedAt?: 'change' | 'deletion' | 'audit';
  /** True where a secret may stand at the finding's place: no output quotes that line. */
  readonly isConfidential?: boolean;
  /**
   * `settings` where what the rule says hangs on the object's kind and settings and on the policy alone: never on another
   * object, a moment, or whoever asks; nor on its name, its namespace, labels but Knative's, or on its images, variables,
   * what keys those refer to, and arguments, so long as all are well formed. It is then asked once for all objects that
   * are alike (alike.ts).
   *
   * `settings, with names` where only its sentence names the object: it is asked again where it had something to say.
   * `settings, and the change` where it looks at the object before, too: it is asked about each change.
   */
  readonly looksAt?: 'settings' | 'settings, with names' | 'settings, and the change';
  judge(subject: Subject, context: RuleContext): readonly Violation[];
  /** What it says of an UPDATE beside that, whatever it looks at otherwise: asked about each change. */
  judgeChange?(subject: Subject, context: RuleContext): readonly Violation[];
}

/** Everything a rule may look at beside the object. No clock and no I/O: time is passed in. */
export interface RuleContext {
  readonly policy: EffectivePolicy;
  readonly inventory: Inventory;
  /** The moment of judgement: decides which exceptions have expired. */
  readonly now: Date;
  /** The object before an UPDATE. */
  readonly old?: JsonObject;
  /** Who asks, at the API. */
  readonly user?: { readonly name: string; readonly groups: readonly string[] };
}

/** One place where an object breaks a rule. */
export interface Violation {
  /** JSON pointer into the object. */
  readonly path: string;
  /** What is wrong, and what would be right; lower case, no full stop. */
  readonly message: string;
  /** What would put it right, where a machine can know. */
  readonly fix?: readonly Edit[];
}

/** Checks a rule's shape at the place where it is written. */
export function defineRule(rule: Rule): Rule {
  return rule;
}

/** The same rules, each of which looks at settings alone. */
export function onSettings(
  rules: readonly Rule[],
  looksAt: NonNullable<Rule['looksAt']> = 'settings',
): readonly Rule[] {
  return rules.map((rule) => ({ ...rule, looksAt }));
}

/** The part of a rule's id before the slash: `autoscaling`. */
export function familyOf(ruleId: string): string {
  return ruleId.slice(0, ruleId.indexOf('/'));
}
