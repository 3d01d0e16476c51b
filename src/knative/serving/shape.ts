/**
 * A small language for the Go types that Knative's webhook decodes an object into, and for what the API server's
 * schema (config/core/300-resources) keeps of it before. Decoding, field masks and equality all read the same shapes.
 */
import { isArray, isObject, type JsonObject, type JsonValue } from '../../kubernetes/json.ts';

/** `object` is one whose inside is not looked at. */
export type Scalar = 'string' | 'boolean' | 'int32' | 'int64' | 'quantity' | 'intOrString' | 'object' | 'anything';
export type Type = Scalar | Struct | Pointer | List | Dictionary;

export interface Struct {
  readonly type: 'struct';
  readonly fields: ReadonlyMap<string, Type>;
  /** The CRD keeps unknown fields here, so that strict clients do not complain; Knative's webhook then drops them. */
  readonly open: boolean;
}

/** What Go holds by a pointer: there as soon as it is written, even as an empty object, false or 0. */
export interface Pointer {
  readonly type: 'pointer';
  readonly to: Type;
}

export interface List {
  readonly type: 'list';
  readonly of: Type;
}

/** A map from any key to values of one type. */
export interface Dictionary {
  readonly type: 'dictionary';
  readonly of: Type;
}

export function struct(fields: Readonly<Record<string, Type>>): Struct {
  return { type: 'struct', fields: new Map(Object.entries(fields)), open: false };
}

export function openStruct(fields: Readonly<Record<string, Type>>): Struct {
  return { type: 'struct', fields: new Map(Object.entries(fields)), open: true };
}

export function pointer(to: Type): Pointer {
  return { type: 'pointer', to };
}

export function list(of: Type): List {
  return { type: 'list', of };
}

export function dictionary(of: Type): Dictionary {
  return { type: 'dictionary', of };
}

/** True where Go would hold something else than the type's zero value; empty lists and maps do not survive the webhook. */
export function isSet(value: JsonValue | undefined, type: Type): boolean {
  if (value === undefined || value === null) return false;
  if (typeof type === 'string') return value !== '' && value !== 0 && value !== false;
  if (type.type === 'list') return isArray(value) && value.length > 0;
  if (type.type === 'dictionary') return isObject(value) && Object.keys(value).length > 0;
  if (type.type === 'pointer') return true;
  return isObject(value) && anyFieldSet(value, type);
}

/** True where at least one known field of the object is set. */
export function anyFieldSet(value: JsonObject, shape: Struct): boolean {
  for (const key of Object.keys(value)) {
    const type = shape.fields.get(key);
    if (type !== undefined && isSet(value[key], type)) return true;
  }
  return false;
}
