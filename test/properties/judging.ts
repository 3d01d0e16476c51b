/** The shipped policies, and objects judged by them as `weir check` does. */

import { contextFor } from '../../src/cli/check/context.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { catalogue } from '../../src/policy/catalogue.ts';
import { type JudgeContext, judge, type Verdict } from '../../src/policy/engine/judge.ts';
import type { EffectivePolicy } from '../../src/policy/engine/policy.ts';
import { loadPolicies } from '../../src/policy/load/load.ts';
import { NOW } from '../policy/builders.ts';

export const ENVIRONMENTS = ['dev', 'staging', 'prod', 'edge'] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

const shipped = await loadPolicies('policies');

export function policyOf(environment: string): EffectivePolicy {
  const policy = shipped.policies.get(environment);
  if (policy === undefined) throw new Error(`policies/${environment}.yaml: ${JSON.stringify(shipped.errors)}`);
  return policy;
}

/** What `weir check` would judge the object with, were these the only objects of its input. */
export function contextOf(
  environment: string | EffectivePolicy,
  object: JsonObject,
  beside: readonly JsonObject[] = [],
): JudgeContext {
  const policy = typeof environment === 'string' ? policyOf(environment) : environment;
  return contextFor(policy, [...beside, object], NOW);
}

export function verdictOn(
  environment: string | EffectivePolicy,
  object: JsonObject,
  beside: readonly JsonObject[] = [],
): Verdict {
  return judge(object, contextOf(environment, object, beside), catalogue);
}

/** Rule, place and words of each finding of the action. */
export function told(verdict: Verdict, action?: 'deny' | 'warn' | 'audit'): string[] {
  return verdict.findings
    .filter((finding) => action === undefined || finding.action === action)
    .map(({ rule, path, message }) => `${rule} at ${path}: ${message}`);
}
