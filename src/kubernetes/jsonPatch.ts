/** JSON Patch (RFC 6902): the operations that Weir writes, and what they make of a value. */
import { isArray, isObject, type JsonArray, type JsonObject, type JsonValue, setOwn } from './json.ts';
import { steps } from './pointer.ts';

export type PatchOperation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: JsonValue }
  | { readonly op: 'remove'; readonly path: string };

/**
 * The value after the operation; the value before stays as it is, and what is not touched is shared. A key `__proto__`
 * is a key as any other. Removing the root leaves null.
 *
 * @throws where the operation's place is not there (RFC 6902, section 4)
 */
export function applyPatchOperation(value: JsonValue, operation: PatchOperation): JsonValue {
  return applyAt(value, steps(operation.path), 0, operation);
}

function applyAt(target: JsonValue, way: readonly string[], depth: number, operation: PatchOperation): JsonValue {
  const step = way[depth];
  if (step === undefined) return operation.op === 'remove' ? null : operation.value;

  const inner = depth < way.length - 1 ? (child: JsonValue) => applyAt(child, way, depth + 1, operation) : undefined;
  if (isArray(target)) return inArray(target, step, operation, inner);
  if (isObject(target)) return inObject(target, step, operation, inner);
  throw notThere(operation);
}

/** What the operation makes of a child that is not its own place yet; undefined at the last step. */
type Inner = ((child: JsonValue) => JsonValue) | undefined;

function inArray(target: JsonArray, step: string, operation: PatchOperation, inner: Inner): JsonValue {
  const isAdded = inner === undefined && operation.op === 'add';
  const index = indexIn(target, step, isAdded);
  if (index === undefined) throw notThere(operation);

  const copy = [...target];
  if (inner !== undefined) copy[index] = inner(target[index] ?? null);
  else if (operation.op === 'remove') copy.splice(index, 1);
  else copy.splice(index, isAdded ? 0 : 1, operation.value);
  return copy;
}

function inObject(target: JsonObject, step: string, operation: PatchOperation, inner: Inner): JsonValue {
  const isThere = Object.hasOwn(target, step);
  if (!isThere && (inner !== undefined || operation.op !== 'add')) throw notThere(operation);

  const copy: Record<string, JsonValue | undefined> = { ...target };
  if (inner !== undefined) setOwn(copy, step, inner(target[step] ?? null));
  else if (operation.op === 'remove') delete copy[step];
  else setOwn(copy, step, operation.value);
  return copy;
}

const INDEX = /^(0|[1-9][0-9]*)$/;

/** An index of the list, and for what is added also the place behind its end; undefined for any other step. */
function indexIn(list: JsonArray, step: string, isAdded: boolean): number | undefined {
  if (step === '-') return isAdded ? list.length : undefined;
  const index = INDEX.test(step) ? Number(step) : list.length + 1;
  return index < list.length || (isAdded && index === list.length) ? index : undefined;
}

function notThere({ op, path }: PatchOperation): Error {
  return new Error(`cannot ${op} ${path}: there is no such place`);
}
