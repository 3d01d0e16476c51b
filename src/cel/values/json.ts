/**
 * JSON as values where nothing is known of its types: a whole number is an int, any other number a double
 * (k8s.io/apiserver pkg/cel/common/valuesunstructured.go). Lists and maps are looked into only where an expression
 * looks.
 */
import {
  isArray,
  isObject,
  type JsonArray,
  type JsonObject,
  type JsonValue,
  ownMember,
} from '../../kubernetes/json.ts';
import {
  type CelList,
  type CelMap,
  type CelValue,
  Duration,
  Foreign,
  isList,
  isMap,
  itemsOf,
  type MapKey,
  Optional,
  Timestamp,
  TypeValue,
  Uint,
} from './value.ts';

export function fromJson(value: JsonValue): CelValue {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (isArray(value)) return new JsonList(value);
  return isObject(value) ? new JsonMap(value) : value;
}

class JsonList implements CelList {
  readonly kind = 'list';
  readonly #items: JsonArray;

  constructor(items: JsonArray) {
    this.#items = items;
  }

  get length(): number {
    return this.#items.length;
  }

  at(index: number): CelValue {
    return fromJson(this.#items[index] ?? null);
  }
}

class JsonMap implements CelMap {
  readonly kind = 'map';
  readonly #object: JsonObject;

  constructor(object: JsonObject) {
    this.#object = object;
  }

  get size(): number {
    return this.keys().length;
  }

  get(key: MapKey): CelValue | undefined {
    if (typeof key !== 'string') return undefined;
    const value = ownMember(this.#object, key);
    return value === undefined ? undefined : fromJson(value);
  }

  has(key: MapKey): boolean {
    return typeof key === 'string' && ownMember(this.#object, key) !== undefined;
  }

  keys(): readonly MapKey[] {
    return Object.keys(this.#object).filter((key) => this.#object[key] !== undefined);
  }
}

/** A value as JSON, for messages and for the result of an expression; undefined where it has none. */
export function toJson(value: CelValue): JsonValue | undefined {
  if (value === null || typeof value === 'boolean' || typeof value === 'string' || typeof value === 'number')
    return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Uint) return Number(value.value);
  if (isList(value)) return itemsOf(value).map((item) => toJson(item) ?? null);
  if (isMap(value)) {
    return Object.fromEntries(value.keys().map((key) => [String(key), toJson(value.get(key) ?? null) ?? null]));
  }
  if (value instanceof Optional) return value.value === undefined ? undefined : toJson(value.value);
  const isOpaque = value instanceof Foreign || value instanceof TypeValue || value instanceof Uint8Array;
  return isOpaque || value instanceof Timestamp || value instanceof Duration ? undefined : null;
}
