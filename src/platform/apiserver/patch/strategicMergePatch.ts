/** Strategic merge patch (k8s.io/apimachinery pkg/util/strategicpatch/patch.go). */
import type { JsonObject, JsonValue } from '../../../kubernetes/json.ts';
import type { Schema } from '../schemas/schema.ts';
import { badRequest } from '../status/failure.ts';
import { goKind } from '../status/goKind.ts';
import { isRecord, thaw } from './json.ts';
import { mergeObject } from './strategic/object.ts';

/**
 * The object after the patch. Lists merge by the schema's merge keys, and directives (`$patch`, `$retainKeys`, …) count.
 *
 * @param patch the parsed body
 * @throws Failure 400, 422 or 500 where the patch does not fit, as kube-apiserver does
 */
export function strategicMergePatch(object: JsonObject, patch: JsonValue, schema: Schema): JsonObject {
  if (patch === null) return object;
  const target = thaw(object);
  const change = thaw(patch);
  if (isRecord(target) && isRecord(change)) return mergeObject(target, change, schema);
  throw badRequest(`json: cannot unmarshal ${goKind(patch)} into Go value of type map[string]interface {}`);
}
