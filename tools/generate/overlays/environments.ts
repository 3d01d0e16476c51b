import type { EffectivePolicy } from '../../../src/policy/engine/policy.ts';
import { describeError } from '../../../src/policy/load/error.ts';
import { loadPolicies } from '../../../src/policy/load/load.ts';

/** The policies of a folder by name: each is an environment, but for those that are only there to be extended. */
export async function environmentsOf(folder: string): Promise<EffectivePolicy[]> {
  const { policies, errors } = await loadPolicies(folder);
  if (errors.length > 0) throw new Error(errors.map(describeError).join('\n'));
  return [...policies.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
}
