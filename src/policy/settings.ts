/** Lays the cluster's own settings, where they stand in the same input, over what the policy says of the cluster. */
import { type ConfigMapData, configMapData } from '../knative/configMap.ts';
import { configMap } from '../kubernetes/kinds.ts';
import type { Inventory } from './engine/inventory.ts';
import type { EffectivePolicy } from './engine/policy.ts';

/**
 * The policy with config-autoscaler, config-defaults and config-features of the inventory laid over its `spec.knative`,
 * key by key: what Git is about to apply beats what the policy file remembers. ConfigMaps count in the namespace of
 * Knative Serving (`spec.knative.systemNamespace`), or where they name none.
 *
 * Gives the policy itself back where there is none of them. Call it once for each environment, not for each object: what
 * is worked out from a policy is kept by the policy's identity.
 */
export function withClusterSettings(policy: EffectivePolicy, inventory: Inventory): EffectivePolicy {
  const { knative } = policy;
  const dataOf = (name: string) => configMapData(inventory.find(configMap, knative.systemNamespace, name));

  const autoscaler = dataOf('config-autoscaler');
  const defaults = dataOf('config-defaults');
  const features = dataOf('config-features');
  if ([autoscaler, defaults, features].every(isEmpty)) return policy;

  return {
    ...policy,
    knative: {
      ...knative,
      autoscaler: { ...knative.autoscaler, ...autoscaler },
      defaults: { ...knative.defaults, ...defaults },
      features: { ...knative.features, ...features },
    },
  };
}

function isEmpty(data: ConfigMapData): boolean {
  return Object.keys(data).length === 0;
}
