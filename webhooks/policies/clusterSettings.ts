/** Lays Knative's own ConfigMaps, as the caches hold them, over what the policies say of the cluster. */
import { configMap } from '../../src/kubernetes/kinds.ts';
import type { Inventory } from '../../src/policy/engine/inventory.ts';
import type { EffectivePolicy } from '../../src/policy/engine/policy.ts';
import { withClusterSettings } from '../../src/policy/settings.ts';
import type { PolicyStore } from '../dependencies.ts';

interface Settled {
  /** The ConfigMaps that were there when it was worked out. */
  readonly from: readonly unknown[];
  readonly policy: EffectivePolicy;
}

const NAMES = ['config-autoscaler', 'config-defaults', 'config-features'] as const;

/**
 * The same policies with the cluster's settings in them. A policy is the same object as long as nothing changed: what
 * is worked out from a policy is kept by its identity.
 */
export function withSettingsOf(inventory: Inventory, policies: PolicyStore): PolicyStore {
  const settled = new WeakMap<EffectivePolicy, Settled>();
  return {
    environments: () => policies.environments(),
    hash: () => policies.hash(),
    policyFor: (environment) => {
      const policy = policies.policyFor(environment);
      if (policy === undefined) return undefined;

      const from = NAMES.map((name) => inventory.find(configMap, policy.knative.systemNamespace, name));
      const known = settled.get(policy);
      if (known?.from.every((object, index) => object === from[index])) return known.policy;
      const made = { from, policy: withClusterSettings(policy, inventory) };
      settled.set(policy, made);
      return made.policy;
    },
  };
}
