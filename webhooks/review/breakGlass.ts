/** Letting somebody through whom the policy names, where the policy denies. */
import { type ObjectReference, referenceTo } from '../../src/kubernetes/object.ts';
import type { Finding } from '../../src/policy/engine/judge.ts';
import type { EffectivePolicy } from '../../src/policy/engine/policy.ts';
import { familyOf } from '../../src/policy/engine/rule.ts';
import type { Admission } from './admission.ts';
import type { AdmissionRequest } from './request.ts';
import { placedIn } from './surroundings.ts';

export interface BreakGlass {
  readonly user: string;
  /** The group by which it was allowed. */
  readonly group: string;
  readonly environment: string;
  /** What was let through. */
  readonly resource: ObjectReference;
  /** What the policy denies. */
  readonly rules: readonly string[];
}

/**
 * Undefined where nothing is denied, where nobody of the groups asks, and where Knative itself would refuse the object
 * anyway: to let that through would only move the refusal.
 */
export function breakGlassFor(
  { user, namespace, object, oldObject }: AdmissionRequest,
  { allowed, denied, failures }: Admission,
  policies: readonly EffectivePolicy[],
): BreakGlass | undefined {
  if (allowed || denied.some(isKnatives)) return undefined;
  // of two environments that a namespace changes between, each has to let it go
  const groups = policies.map((policy) => groupFor(user.groups, policy));
  const [group] = groups;
  if (group === undefined || groups.includes(undefined)) return undefined;

  const broken = failures.length > 0 ? ['a rule that could not judge'] : [];
  const rules = [...new Set(denied.map(({ rule }) => rule)), ...broken];
  const resource = referenceTo(placedIn(namespace, object ?? oldObject ?? {}));
  return { user: user.name, group, environment: policies[0]?.name ?? '', resource, rules };
}

function groupFor(own: readonly string[], { admission }: EffectivePolicy): string | undefined {
  const groups = admission?.breakGlass?.groups ?? [];
  return own.find((group) => groups.includes(group));
}

function isKnatives({ rule }: Finding): boolean {
  return familyOf(rule) === 'knative';
}

/** The first of the warnings that whoever broke the glass gets. Of a dry run nothing is kept. */
export function breakGlassWarning({ group, environment, rules }: BreakGlass, isDryRun: boolean): string {
  const recorded = isDryRun ? 'would be recorded without --dry-run' : 'is recorded';
  return `let through by break-glass as a member of ${group}, which ${recorded}: ${environment} denies it for ${rules.join(', ')}`;
}
