import type { Policies } from '../../../controllers/manager/controller.ts';
import type { EffectivePolicy } from '../../../src/policy/engine/policy.ts';
import { loadPolicies } from '../../../src/policy/load/load.ts';

/** Policies that a test changes by hand. */
export class HandPolicies implements Policies {
  #policies: ReadonlyMap<string, EffectivePolicy>;
  readonly #listeners = new Set<() => void>();
  #changes = 0;

  constructor(policies: ReadonlyMap<string, EffectivePolicy> = new Map()) {
    this.#policies = policies;
  }

  policyFor(environment: string): EffectivePolicy | undefined {
    return this.#policies.get(environment);
  }

  environments(): readonly string[] {
    return [...this.#policies.keys()].sort();
  }

  hash(): string {
    return `policies-${this.#changes}`;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** From now on these hold. */
  change(policies: ReadonlyMap<string, EffectivePolicy>): void {
    this.#policies = policies;
    this.#changes++;
    for (const listener of this.#listeners) listener();
  }
}

/** The policies of a folder, the shipped ones unless another is named. */
export async function policiesOf(folder = 'policies'): Promise<ReadonlyMap<string, EffectivePolicy>> {
  const { policies, errors } = await loadPolicies(folder, folder);
  if (errors.length > 0)
    throw new Error(`${folder} cannot be used: ${errors.map(({ message }) => message).join('; ')}`);
  return policies;
}
