/**
 * Drops what a schema does not know, and nulls that mean nothing.
 *
 * Custom resources: k8s.io/apiextensions-apiserver pkg/apiserver/schema/pruning/algorithm.go and
 * schema/defaulting/prunenulls.go. Core kinds: what is left of JSON that Go has read into a struct.
 */
import {
  isArray,
  isObject,
  type JsonArray,
  type JsonObject,
  type JsonValue,
  setOwn,
} from '../../../kubernetes/json.ts';
import { isCoreType, META_FIELDS, memberSchema, metadataSchema, takesAnyMember } from './embedded.ts';
import type { Schema } from './schema.ts';

/** The object without unknown fields; parts in which there are none are those of the object that was given. */
export function prune(object: JsonObject, schema: Schema): JsonObject {
  const isCore = isCoreType(schema);
  return pruneObject(object, isCore ? schema : { ...schema, 'x-kubernetes-embedded-resource': true }, isCore);
}

/** A part of an object: a default value, or the `status` alone. */
export function pruneValue(value: JsonValue, schema: Schema): JsonValue {
  return pruneBy(value, schema, false);
}

/** @param isCore of types that stand inside of Go's own, and have no name themselves */
function pruneBy(value: JsonValue, schema: Schema, isCore: boolean): JsonValue {
  const isGo = isCore || isCoreType(schema);
  if (isObject(value)) return pruneObject(value, schema, isGo);
  return isArray(value) ? pruneArray(value, schema, isGo) : value;
}

function pruneObject(object: JsonObject, schema: Schema, isCore: boolean): JsonObject {
  const isWhole = schema['x-kubernetes-embedded-resource'] === true;
  let pruned: { [key: string]: JsonValue | undefined } | undefined;
  for (const key of Object.keys(object)) {
    const value = object[key];
    if (value === undefined) continue;
    const kept =
      isWhole && META_FIELDS.has(key) ? prunedMeta(key, value, schema) : prunedMember(key, value, schema, isCore);
    if (kept === value) continue;
    pruned ??= { ...object };
    if (kept === undefined) delete pruned[key];
    else setOwn(pruned, key, kept);
  }
  return pruned ?? object;
}

function prunedMeta(key: string, value: JsonValue, schema: Schema): JsonValue {
  return key === 'metadata' && isObject(value) ? pruneObject(value, metadataSchema(schema), true) : value;
}

/** Undefined where the member goes. */
function prunedMember(key: string, value: JsonValue, schema: Schema, isCore: boolean): JsonValue | undefined {
  const member = memberSchema(schema, key);
  if (member !== undefined) {
    if (value === null && !keepsNull(member, isCore)) {
      if (isCore) return isMap(schema, key) ? zeroOf(member) : undefined;
      return member.default === undefined ? undefined : null;
    }
    return pruneBy(value, member, isCore);
  }
  if (schema['x-kubernetes-preserve-unknown-fields'] === true) return value;
  return takesAnyMember(schema) ? pruneAll(value) : undefined;
}

function pruneArray(array: JsonArray, schema: Schema, isCore: boolean): JsonArray {
  const { items } = schema;
  if (items === undefined) {
    return schema['x-kubernetes-preserve-unknown-fields'] === true ? array : array.map(pruneAll);
  }
  let isSame = true;
  const pruned = array.map((item) => {
    const isWrong = item === null && isCore && !keepsNull(items, isCore);
    const kept = isWrong ? (zeroOf(items) ?? null) : pruneBy(item, items, isCore);
    if (kept !== item) isSame = false;
    return kept;
  });
  return isSame ? array : pruned;
}

/** Where no schema says anything of what is inside: objects end up empty, as Kubernetes leaves them. */
function pruneAll(value: JsonValue): JsonValue {
  if (isArray(value)) return value.map(pruneAll);
  return isObject(value) ? {} : value;
}

function keepsNull(schema: Schema, isCore: boolean): boolean {
  if (schema.nullable === true) return true;
  return isCore && schema['x-kubernetes-preserve-unknown-fields'] === true;
}

function isMap(schema: Schema, key: string): boolean {
  return schema.properties === undefined || !Object.hasOwn(schema.properties, key);
}

/** What Go makes of a null in a map or a list. */
function zeroOf({ type }: Schema): JsonValue | undefined {
  if (type === 'string') return '';
  if (type === 'boolean') return false;
  if (type === 'object') return {};
  return type === 'integer' || type === 'number' ? 0 : undefined;
}
