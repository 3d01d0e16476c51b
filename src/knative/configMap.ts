/** What a ConfigMap of Knative's says (knative/pkg configmap). */
import { type JsonObject, objectAt } from '../kubernetes/json.ts';

export type ConfigMapData = Readonly<Record<string, string>>;

/** Its texts by key. Values of another type cannot be applied, and `_example` is a comment. Empty where it is not there. */
export function configMapData(configMap: JsonObject | undefined): ConfigMapData {
  const data: Record<string, string> = {};
  for (const [key, value] of Object.entries(objectAt(configMap, 'data') ?? {})) {
    if (typeof value === 'string' && key !== '_example' && key !== '__proto__') data[key] = value;
  }
  return data;
}
