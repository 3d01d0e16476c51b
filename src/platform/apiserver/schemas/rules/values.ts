/** Values as expressions see them, by their schema (k8s.io/apiserver pkg/cel/common/valuesunstructured.go). */

import { EvaluationFailure } from '../../../../cel/values/failure.ts';
import { fromJson } from '../../../../cel/values/json.ts';
import { parseDuration, parseTimestamp } from '../../../../cel/values/time.ts';
import type { CelList, CelMap, CelValue, MapKey, Timestamp } from '../../../../cel/values/value.ts';
import {
  isArray,
  isObject,
  type JsonArray,
  type JsonObject,
  type JsonValue,
  ownMember,
} from '../../../../kubernetes/json.ts';
import { memberSchema } from '../embedded.ts';
import type { Schema } from '../schema.ts';
import { celName } from './names.ts';
import { withTypeAndMetadata } from './types.ts';

/** @throws EvaluationFailure where the value is not of its schema's type */
export function celValue(value: JsonValue, schema: Schema): CelValue {
  if (value === null) {
    if (schema.nullable === true) return null;
    throw new EvaluationFailure('invalid data, got null for schema with nullable=false');
  }
  if (schema['x-kubernetes-int-or-string'] === true) return fromJson(value);
  switch (schema.type) {
    case 'object':
      if (isObject(value)) return objectValue(value, schema);
      break;
    case 'array':
      if (isArray(value)) return new TypedList(value, schema);
      break;
    case 'string':
      if (typeof value === 'string') return textValue(value, schema.format);
      break;
    case 'number':
      if (typeof value === 'number') return value;
      break;
    case 'integer':
      if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
      break;
    case 'boolean':
      if (typeof value === 'boolean') return value;
      break;
    default:
      return fromJson(value);
  }
  throw new EvaluationFailure(`invalid data, expected ${schema.type}`);
}

function textValue(text: string, format: string | undefined): CelValue {
  switch (format) {
    case 'byte':
      return Uint8Array.from(Buffer.from(text, 'base64'));
    case 'date':
      return needed(parseTimestamp(`${text}T00:00:00Z`), `Invalid date formatted string ${text}`);
    case 'date-time':
      return needed(momentOf(text), `Invalid date-time formatted string ${text}`);
    case 'duration':
      return needed(parseDuration(text), `Invalid duration ${text}`);
    default:
      return text;
  }
}

/** Without a zone, as ISO 8601 allows it, the time is UTC's. */
function momentOf(text: string): Timestamp | undefined {
  return parseTimestamp(text) ?? parseTimestamp(`${text}Z`);
}

function needed(value: CelValue | undefined, message: string): CelValue {
  if (value === undefined) throw new EvaluationFailure(message);
  return value;
}

function objectValue(object: JsonObject, schema: Schema): CelMap {
  const seen = schema['x-kubernetes-embedded-resource'] === true ? withTypeAndMetadata(schema) : schema;
  return seen.properties === undefined ? new TypedMap(object, seen) : new TypedObject(object, fieldsOf(seen), seen);
}

class TypedList implements CelList {
  readonly kind = 'list';
  readonly #list: JsonArray;
  readonly #items: Schema;
  readonly listType?: 'set' | 'map';
  readonly mapKeys?: readonly string[];

  constructor(list: JsonArray, schema: Schema) {
    this.#list = list;
    this.#items = schema.items ?? {};
    const type = schema['x-kubernetes-list-type'];
    if (type === 'set' || type === 'map') this.listType = type;
    const keys = schema['x-kubernetes-list-map-keys'];
    if (keys !== undefined) this.mapKeys = keys.map((key) => celName(key) ?? key);
  }

  get length(): number {
    return this.#list.length;
  }

  at(index: number): CelValue {
    return celValue(this.#list[index] ?? null, this.#items);
  }
}

/** Keys are data, and may be of any shape. */
class TypedMap implements CelMap {
  readonly kind = 'map';
  readonly #object: JsonObject;
  readonly #schema: Schema;

  constructor(object: JsonObject, schema: Schema) {
    this.#object = object;
    this.#schema = schema;
  }

  get size(): number {
    return this.keys().length;
  }

  get(key: MapKey): CelValue | undefined {
    const value = typeof key === 'string' ? ownMember(this.#object, key) : undefined;
    if (value === undefined || typeof key !== 'string') return undefined;
    const schema = memberSchema(this.#schema, key);
    return schema === undefined ? fromJson(value) : celValue(value, schema);
  }

  has(key: MapKey): boolean {
    return typeof key === 'string' && ownMember(this.#object, key) !== undefined;
  }

  keys(): readonly MapKey[] {
    return Object.keys(this.#object).filter((key) => this.#object[key] !== undefined);
  }
}

/** From the names in expressions to those in objects. */
const fieldNames = new WeakMap<Schema, ReadonlyMap<string, string>>();

function fieldsOf(schema: Schema): ReadonlyMap<string, string> {
  const known = fieldNames.get(schema);
  if (known !== undefined) return known;
  const names = new Map<string, string>();
  for (const name of Object.keys(schema.properties ?? {})) names.set(celName(name) ?? name, name);
  fieldNames.set(schema, names);
  return names;
}

class TypedObject implements CelMap {
  readonly kind = 'map';
  readonly isObject = true;
  readonly #object: JsonObject;
  readonly #fields: ReadonlyMap<string, string>;
  readonly #schema: Schema;

  constructor(object: JsonObject, fields: ReadonlyMap<string, string>, schema: Schema) {
    this.#object = object;
    this.#fields = fields;
    this.#schema = schema;
  }

  get size(): number {
    return this.keys().length;
  }

  get(key: MapKey): CelValue | undefined {
    const name = typeof key === 'string' ? this.#fields.get(key) : undefined;
    const value = name === undefined ? undefined : ownMember(this.#object, name);
    const schema = name === undefined ? undefined : this.#schema.properties?.[name];
    return value === undefined || schema === undefined ? undefined : celValue(value, schema);
  }

  has(key: MapKey): boolean {
    const name = typeof key === 'string' ? this.#fields.get(key) : undefined;
    return name !== undefined && ownMember(this.#object, name) !== undefined;
  }

  keys(): readonly MapKey[] {
    return [...this.#fields.keys()].filter((key) => this.has(key));
  }
}
