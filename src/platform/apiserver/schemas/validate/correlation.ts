/**
 * Which old value a new one stands for (k8s.io/apiserver pkg/cel/common/equality.go): members of objects by their
 * names, items of lists of type `map` by their keys, other items not at all.
 */
import {
  equals,
  isArray,
  isObject,
  type JsonArray,
  type JsonObject,
  type JsonValue,
  ownMember,
} from '../../../../kubernetes/json.ts';
import { memberSchema } from '../embedded.ts';
import type { Schema } from '../schema.ts';

export class Correlated {
  readonly value: JsonValue;
  readonly old: JsonValue;
  readonly #schema: Schema;
  #isUnchanged: boolean | undefined;

  constructor(value: JsonValue, old: JsonValue, schema: Schema) {
    this.value = value;
    this.old = old;
    this.#schema = schema;
  }

  /** The member of both, or undefined where one of them has none. */
  key(name: string): Correlated | undefined {
    if (!isObject(this.value) || !isObject(this.old)) return undefined;
    const [value, old] = [ownMember(this.value, name), ownMember(this.old, name)];
    const schema = memberSchema(this.#schema, name);
    return value === undefined || old === undefined || schema === undefined
      ? undefined
      : new Correlated(value, old, schema);
  }

  /** The item and the one with the same keys, or undefined. */
  index(index: number): Correlated | undefined {
    const { items } = this.#schema;
    if (!isArray(this.value) || !isArray(this.old) || items === undefined || !isMapList(this.#schema)) return undefined;
    const value = this.value[index];
    const old = value === undefined ? undefined : itemWithKeysOf(this.old, value, this.#schema);
    return value === undefined || old === undefined ? undefined : new Correlated(value, old, items);
  }

  get isUnchanged(): boolean {
    this.#isUnchanged ??= this.#compare();
    return this.#isUnchanged;
  }

  #compare(): boolean {
    const { value, old } = this;
    if (isArray(value) && isArray(old)) {
      if (value.length !== old.length) return false;
      if (!isMapList(this.#schema)) return equals(value, old);
      return value.every((_, index) => this.index(index)?.isUnchanged === true);
    }
    if (!isObject(value) || !isObject(old)) return equals(value, old);
    const keys = Object.keys(value);
    return keys.length === Object.keys(old).length && keys.every((key) => this.#isMemberUnchanged(key, value, old));
  }

  #isMemberUnchanged(key: string, value: JsonObject, old: JsonObject): boolean {
    const child = this.key(key);
    if (child !== undefined) return child.isUnchanged;
    // of members without a schema nothing is known but whether they are the same
    return memberSchema(this.#schema, key) === undefined && equals(ownMember(value, key), ownMember(old, key));
  }
}

export function isMapList(schema: Schema): boolean {
  return schema['x-kubernetes-list-type'] === 'map';
}

/** The item of a list of type `map` with the same keys; a key that is missing has its default. */
export function itemWithKeysOf(list: JsonArray, wanted: JsonValue, schema: Schema): JsonObject | undefined {
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  if (!isObject(wanted)) return undefined;
  for (const item of list) {
    if (isObject(item) && keys.every((key) => equals(keyValue(item, key, schema), keyValue(wanted, key, schema)))) {
      return item;
    }
  }
  return undefined;
}

function keyValue(item: JsonObject, key: string, schema: Schema): JsonValue | undefined {
  return ownMember(item, key) ?? schema.items?.properties?.[key]?.default;
}
