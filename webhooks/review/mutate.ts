/** `POST /mutate`: the policy's defaults, and the traffic that is a rollout's, as a JSON Patch. Pure: request, policy and context in, operations out. */
import { isKnativesOwn } from '../../src/knative/ownership.ts';
import { isObject, type JsonObject } from '../../src/kubernetes/json.ts';
import type { PatchOperation } from '../../src/kubernetes/jsonPatch.ts';
import { keyOf, namespace as namespaceKind } from '../../src/kubernetes/kinds.ts';
import { resolve } from '../../src/kubernetes/pointer.ts';
import { type Edit, toJsonPatch } from '../../src/policy/engine/edit.ts';
import type { Catalogue } from '../../src/policy/engine/judge.ts';
import type { RuleContext } from '../../src/policy/engine/rule.ts';
import { admissionCatalogues } from './catalogues.ts';
import { joining } from './namespace.ts';
import { DEFAULTS_PATH } from './remembered.ts';
import type { AdmissionRequest } from './request.ts';
import { placedIn } from './surroundings.ts';
import { trafficBack } from './traffic.ts';
import { type Wanted, wantedIn } from './wanted.ts';

/**
 * Only absent fields, and values that Weir itself wrote earlier: what the author says stands. Safe under reinvocation.
 * What Knative owns follows the object that it was made of, and what is being deleted is left alone. Who forges an owner
 * gets no defaults, and the judging side finds that they are missing.
 */
export function mutate(
  request: AdmissionRequest,
  context: RuleContext,
  catalogue: Catalogue,
): readonly PatchOperation[] {
  const { operation, object, oldObject, namespace } = request;
  if (operation === 'DELETE' || object === undefined || isKnativesOwn(object)) return [];
  if (keyOf(object) === namespaceKind.key) return additions(object, joining(request, context.policy.name));

  const placed = placedIn(namespace, object);
  const old = operation === 'CREATE' || oldObject === undefined ? undefined : placedIn(namespace, oldObject);
  const wanted = wantedIn(placed, old, context, admissionCatalogues(catalogue).changes);
  const traffic = trafficBack(request, context.inventory);
  // what the request's own namespace was written into has other metadata than what was sent
  if (placed !== object && !isObject(object.metadata)) return [...patchOf(object, wanted), ...traffic];
  const patch = patches.get(wanted) ?? patchOf(object, wanted);
  patches.set(wanted, patch);
  return traffic.length === 0 ? patch : [...patch, ...traffic];
}

/** Where the same is wanted, the objects are alike, and so is the patch. */
const patches = new WeakMap<Wanted, readonly PatchOperation[]>();

function patchOf(object: JsonObject, { missing, annotation }: Wanted): readonly PatchOperation[] {
  const edits: Edit[] = [...missing].map(([path, value]) => ({ set: path, value }));
  const written = resolve(object, DEFAULTS_PATH);
  if (annotation === undefined && written !== undefined) edits.push({ remove: DEFAULTS_PATH });
  if (annotation !== undefined && written !== annotation) edits.push({ set: DEFAULTS_PATH, value: annotation });
  return additions(object, edits);
}

function additions(object: JsonObject, edits: readonly Edit[]): readonly PatchOperation[] {
  return toJsonPatch(object, edits).map((operation) => asAddition(object, operation));
}

/** Nothing stands where a null does: to write there is to add (RFC 6902, 4.1, lets `add` take the place of a member). */
function asAddition(object: JsonObject, operation: PatchOperation): PatchOperation {
  if (operation.op !== 'replace' || resolve(object, operation.path) !== null) return operation;
  return { op: 'add', path: operation.path, value: operation.value };
}
