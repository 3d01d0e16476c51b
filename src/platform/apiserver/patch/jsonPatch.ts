/**
 * JSON Patch (RFC 6902) as kube-apiserver carries it out, with its sentences: gopkg.in/evanphx/json-patch.v4 patch.go
 * and k8s.io/apiserver pkg/endpoints/handlers/patch.go. It is more lenient than the RFC: an index may count from the
 * end, and `replace` and `copy` accept a member that is not there.
 */
import { isArray, isObject, type JsonObject, type JsonValue } from '../../../kubernetes/json.ts';
import { badRequest, Failure } from '../status/failure.ts';
import { type Json, thaw } from './json.ts';
import { type Container, containerOf, Lost, memberOf } from './jsonPatchContainer.ts';

const MAX_OPERATIONS = 10_000;
/** Bytes of JSON that all `copy` operations of a patch may add (k8s.io/apiserver pkg/server/config.go). */
const MAX_COPIED = 3 * 1024 * 1024;
/** Items of lists that all operations of a patch may push to another index: what stands behind them moves each time. */
const MAX_SHIFTED = 200_000_000;
/** As deep as a body may be: operations can nest what bodies could not. */
const MAX_DEPTH = 1000;
/** What an operation may hold; another field is told by `fieldValidation`. */
const FIELDS = ['op', 'path', 'from', 'value'];

/**
 * The object after all operations. It need not be an object any more: `replace` of the root sets any list or object.
 *
 * @param patch the parsed body
 * @throws Failure 400 where the body is no patch, 413 above 10,000 operations or where they shift too much, 422 where an operation does not fit
 */
export function jsonPatch(object: JsonObject, patch: JsonValue): JsonValue {
  const operations = decode(patch);
  if (operations.length > MAX_OPERATIONS) {
    throw tooMuch(`The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${operations.length}`);
  }

  let document: Json = thaw(object);
  const spent: Spent = { copied: 0, shifted: 0 };
  try {
    for (const operation of operations) document = carryOut(document, operation, spent);
    checkDepth(document);
  } catch (error) {
    // a walk that leaves the stack has met what checkDepth would refuse
    if (error instanceof Lost || error instanceof RangeError) throw doesNotFit();
    throw error;
  }
  return document;
}

/** What the operations have cost so far. */
interface Spent {
  copied: number;
  shifted: number;
}

function tooMuch(message: string): Failure {
  return new Failure(413, 'RequestEntityTooLarge', `Request entity too large: ${message}`);
}

/** Without recursion, which is what it is for. */
function checkDepth(document: Json): void {
  let level: Json[] = [document];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw new Lost();
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
}

/** Fields of operations that mean nothing, as `fieldValidation` tells them: `json patch unknown field "[0].foo"`. */
export function unknownJsonPatchFields(patch: JsonValue): readonly string[] {
  if (!isArray(patch)) return [];
  return patch.flatMap((operation, index) =>
    Object.keys(isObject(operation) ? operation : {})
      .filter((field) => !FIELDS.includes(field))
      .map((field) => `json patch unknown field "[${index}].${field}"`),
  );
}

function decode(patch: JsonValue): readonly JsonObject[] {
  if (patch === null) return [];
  if (!isArray(patch)) throw undecodable(patch, 'Go value of type []handlers.jsonPatchOp');

  return patch.map((operation) => {
    if (operation === null) return {};
    if (!isObject(operation)) throw undecodable(operation, 'Go value of type handlers.jsonPatchOp');
    for (const field of ['op', 'path', 'from']) {
      const value = memberOf(operation, field) ?? null;
      if (value !== null && typeof value !== 'string') {
        throw undecodable(value, `Go struct field jsonPatchOp.${field} of type string`);
      }
    }
    return operation;
  });
}

function undecodable(value: JsonValue, into: string): Failure {
  return badRequest(`error decoding patch: json: cannot unmarshal ${kindOf(value)} into ${into}`);
}

function kindOf(value: JsonValue): string {
  if (isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function doesNotFit(): Failure {
  return new Failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
}

function carryOut(document: Json, operation: JsonObject, spent: Spent): Json {
  const path = textOf(operation, 'path');
  const at = (pointer: string): Container => place(document, pointer, spent);
  switch (textOf(operation, 'op')) {
    case 'add':
      at(path).add(given(operation));
      return document;
    case 'remove':
      at(path).remove();
      return document;
    case 'replace':
      if (path === '') return wholeOf(given(operation));
      at(path).replace(given(operation));
      return document;
    case 'move': {
      const from = at(textOf(operation, 'from'));
      const value = from.get();
      from.remove();
      at(path).add(value ?? null);
      return document;
    }
    case 'copy': {
      const value = at(textOf(operation, 'from')).get();
      spent.copied += Buffer.byteLength(JSON.stringify(value ?? null));
      if (spent.copied > MAX_COPIED) throw new Lost();
      at(path).add(thaw(value ?? null));
      return document;
    }
    case 'test': {
      const found = path === '' ? document : at(path).get();
      if (!isSame(found ?? null, given(operation))) throw new Lost();
      return document;
    }
    default:
      throw new Lost();
  }
}

/** A place in the document: the list or object that holds it, and its name there. */
function place(document: Json, path: string, spent: Spent): Container {
  const [first, ...parts] = path.split('/');
  const last = parts.pop();
  if (first === undefined || last === undefined) throw new Lost();

  let holder: Json | undefined = document;
  for (const part of parts) holder = containerOf(holder, unescaped(part)).get();
  return containerOf(holder, unescaped(last), (items) => {
    spent.shifted += items;
    if (spent.shifted > MAX_SHIFTED) {
      throw tooMuch(
        `The operations of the JSON patch shift more than ${MAX_SHIFTED} items of lists; add at the end ("-"), or replace the whole list`,
      );
    }
  });
}

function unescaped(step: string): string {
  return step.includes('~') ? step.replace(/~[01]/g, (escaped) => (escaped === '~1' ? '/' : '~')) : step;
}

function wholeOf(value: Json): Json {
  if (!isArray(value) && !isObject(value)) throw new Lost();
  return value;
}

function textOf(operation: JsonObject, field: string): string {
  const value = memberOf(operation, field);
  if (typeof value !== 'string') throw new Lost();
  return value;
}

/** A copy, so that two places never share what a later operation changes. */
function given(operation: JsonObject): Json {
  return thaw(memberOf(operation, 'value') ?? null);
}

function isSame(left: Json, right: Json): boolean {
  if (isArray(left) && isArray(right)) {
    return left.length === right.length && left.every((item, index) => isSame(item, right[index] ?? null));
  }
  if (!isObject(left) || !isObject(right)) return left === right;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && isSame(left[key] as Json, right[key] as Json));
}
