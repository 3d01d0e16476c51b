import path from 'node:path';
import type { EffectivePolicy } from '../../../src/policy/engine/policy.ts';
import { describeError } from '../../../src/policy/load/error.ts';
import { loadPolicies, loadPoliciesOver } from '../../../src/policy/load/load.ts';

const SHIPPED = 'policies';

/** The policies of a folder cannot be used; the message has a line for each mistake. */
export class UnusablePolicies extends Error {}

/**
 * The policies by name: each is an environment, but for those that are only there to be extended.
 *
 * @param folder laid over the shipped policies, as Kustomize does it in a cluster; without it those alone
 */
export async function environmentsOf(folder = SHIPPED): Promise<EffectivePolicy[]> {
  const isShipped = path.resolve(folder) === path.resolve(SHIPPED);
  const { policies, errors } = isShipped ? await loadPolicies(SHIPPED) : await loadPoliciesOver(SHIPPED, folder);
  if (errors.length > 0) throw new UnusablePolicies(errors.map(describeError).join('\n'));
  return [...policies.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
}
