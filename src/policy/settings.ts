/** Lays the cluster's own settings, where they stand in the same input, over what the policy says of the cluster. */
import { isObject, type JsonObject, valueAt } from '../kubernetes/json.ts';
import { configMap } from '../kubernetes/kinds.ts';
import type { Inventory } from './engine/inventory.ts';
import type { EffectivePolicy } from './engine/policy.ts';

type Settings = Readonly<Record<string, string>>;

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
  const dataOf = (name: string) => readData(inventory.find(configMap, knative.systemNamespace, name));

  const autoscaler = dataOf('config-autoscaler');
  const defaults = dataOf('config-defaults');
  const features = dataOf('config-features');
  if (autoscaler === undefined && defaults === undefined && features === undefined) return policy;

  return {
    ...policy,
    knative: {
      ...knative,
      autoscaler: overlay(knative.autoscaler, autoscaler),
      defaults: overlay(knative.defaults, defaults),
      features: overlay(knative.features, features),
    },
  };
}

function overlay(below: Settings, above: Settings | undefined): Settings {
  return above === undefined ? below : { ...below, ...above };
}

/** A ConfigMap's texts; values of another type cannot be applied, and `_example` is a comment (knative/pkg configmap). */
function readData(object: JsonObject | undefined): Settings | undefined {
  const data = valueAt(object, 'data');
  if (!isObject(data)) return undefined;

  const result: Record<string, string> = {};
  for (const [key, value] of Object.entries(data)) {
    if (typeof value === 'string' && key !== '_example' && key !== '__proto__') result[key] = value;
  }
  return result;
}
