/**
 * Changes to an object, as rules and defaults say them: set a value, remove one. `toJsonPatch` writes them as JSON
 * Patch (RFC 6902) against one object, with the parents that are missing (or null) there; `applyEdits` carries them out.
 */
import { isArray, isObject, type JsonObject, type JsonValue } from '../../kubernetes/json.ts';
import { applyPatchOperation, type PatchOperation } from '../../kubernetes/jsonPatch.ts';
import { pointer, resolve, steps } from '../../kubernetes/pointer.ts';

/** `set` at `…/-` appends to an array; `set` at the empty path replaces the object; `remove` there deletes it. */
export type Edit = { readonly set: string; readonly value: JsonValue } | { readonly remove: string };

/** The JSON Patch that carries out the edits on this object, one after the other. */
export function toJsonPatch(object: JsonValue, edits: readonly Edit[]): PatchOperation[] {
  const operations: PatchOperation[] = [];
  let current: JsonValue = object;
  for (const edit of edits) {
    const operation = operationFor(current, edit);
    if (operation === undefined) continue;
    operations.push(operation);
    current = applyPatchOperation(current, operation);
  }
  return operations;
}

/** Undefined where the edit cannot be carried out: its way leads through a text or a number, which stays as it is. */
function operationFor(object: JsonValue, edit: Edit): PatchOperation | undefined {
  if ('remove' in edit) {
    return resolve(object, edit.remove) === undefined ? undefined : { op: 'remove', path: edit.remove };
  }

  const way = steps(edit.set);
  let target: JsonValue = object;
  for (const [depth, step] of way.entries()) {
    const path = pointer(...way.slice(0, depth + 1));
    const rest = way.slice(depth + 1);
    if (!leadsOn(target, step)) return undefined;

    const next = resolve(target, pointer(step));
    if (next === undefined) return { op: 'add', path, value: nest(rest, edit.value) };
    if (next === null) return { op: 'replace', path, value: nest(rest, edit.value) };
    target = next;
  }
  return { op: 'replace', path: edit.set, value: edit.value };
}

/** True where the step can name a member of the value: a key of an object, an index up to an array's end. */
function leadsOn(target: JsonValue, step: string): boolean {
  if (isArray(target)) return step === '-' || (/^\d+$/.test(step) && Number(step) <= target.length);
  return isObject(target);
}

/** Wraps the value into the objects (or, for `-`, the array) that lead to it. */
function nest(way: readonly string[], value: JsonValue): JsonValue {
  return way.reduceRight<JsonValue>((inner, step) => (step === '-' ? [inner] : { [step]: inner }), value);
}

/** The object after the edits. What is not touched is shared with the object before, which stays as it is. */
export function applyEdits(object: JsonObject, edits: readonly Edit[]): JsonObject {
  let current: JsonValue = object;
  for (const edit of edits) {
    const operation = operationFor(current, edit);
    if (operation !== undefined) current = applyPatchOperation(current, operation);
  }
  return isObject(current) ? current : object;
}

/** The object after a patch that `toJsonPatch` wrote; undefined where the patch removes it. */
export function applyPatch(object: JsonObject, operations: readonly PatchOperation[]): JsonObject | undefined {
  let current: JsonValue = object;
  for (const operation of operations) current = applyPatchOperation(current, operation);
  return isObject(current) ? current : undefined;
}
