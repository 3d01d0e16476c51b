/** Why a type that Go reads cannot hold a value, in the words of its decoder (sigs.k8s.io/json). */
import { isArray, isObject, type JsonArray, type JsonObject, type JsonValue } from '../../../kubernetes/json.ts';
import { MICRO_TIME } from '../schemas/core/specialTypes.ts';
import type { Schema } from '../schemas/schema.ts';
import { base64Fault } from './base64.ts';

/** The first fault: `json: cannot unmarshal number into Go struct field ConfigMap.data of type string`. */
export function goTypeFault(object: JsonObject, schema: Schema): string | undefined {
  return objectFault(object, schema, []);
}

function valueFault(value: JsonValue, schema: Schema, place: Place): string | undefined {
  if (value === null || isOpaque(schema)) return undefined;
  if (schema.format === 'quantity') return quantityFault(value);
  switch (schema.type) {
    case 'array':
      return isArray(value) ? listFault(value, schema, place) : cannotHold(value, schema, place);
    case 'object':
      return isObject(value) ? membersFault(value, schema, place) : cannotHold(value, schema, place);
    case 'integer':
      return Number.isInteger(value) && fits(value, schema) ? undefined : cannotHold(value, schema, place);
    case undefined:
      return undefined;
    default:
      if (typeof value !== schema.type) return cannotHold(value, schema, place);
      return typeof value === 'string' ? textFault(value, schema) : undefined;
  }
}

function listFault(list: JsonArray, { items }: Schema, place: Place): string | undefined {
  if (items === undefined) return undefined;
  for (const item of list) {
    const fault = valueFault(item, items, place);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function membersFault(object: JsonObject, schema: Schema, place: Place): string | undefined {
  const { additionalProperties } = schema;
  return typeof additionalProperties === 'object'
    ? mapFault(object, additionalProperties, place)
    : objectFault(object, schema, place.path);
}

/** A field of a struct: where it stands, and what the struct is called. */
interface Place {
  readonly struct: string;
  readonly path: readonly string[];
}

function objectFault(object: JsonObject, schema: Schema, path: readonly string[]): string | undefined {
  const struct = lastOf(schema.name ?? '');
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined) continue;
    const member =
      schema.properties !== undefined && Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
    const fault = member === undefined ? undefined : valueFault(value, member, { struct, path: [...path, key] });
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** The members of a map are fields of no struct: faults of theirs are told of the map itself. */
function mapFault(object: JsonObject, values: Schema, place: Place): string | undefined {
  for (const value of Object.values(object)) {
    const fault = value === undefined ? undefined : valueFault(value, values, place);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function cannotHold(value: JsonValue, schema: Schema, place: Place): string {
  const where = `Go struct field ${place.struct}.${place.path.join('.')} of type ${goTypeOf(schema)}`;
  return `json: cannot unmarshal ${kindOf(value, schema)} into ${where}`;
}

function kindOf(value: JsonValue, schema: Schema): string {
  if (isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'number' && schema.type === 'integer' ? `number ${value}` : typeof value;
}

function goTypeOf(schema: Schema): string {
  const { name, type, format, items, additionalProperties } = schema;
  if (type === 'array') return `[]${items === undefined ? 'interface {}' : goTypeOf(items)}`;
  if (type === 'integer') return format === 'int64' ? 'int64' : 'int32';
  if (type === 'number') return 'float64';
  if (type === 'boolean') return 'bool';
  if (type === 'string') return 'string';
  if (name !== undefined) return `${name.split('.').at(-2) ?? 'v1'}.${lastOf(name)}`;
  if (typeof additionalProperties === 'object') return `map[string]${goTypeOf(additionalProperties)}`;
  return 'map[string]interface {}';
}

function lastOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function isOpaque(schema: Schema): boolean {
  return schema['x-kubernetes-preserve-unknown-fields'] === true || schema['x-kubernetes-int-or-string'] === true;
}

function fits(value: JsonValue, { format }: Schema): boolean {
  return typeof value !== 'number' || format === 'int64' || Math.abs(value) <= 2 ** 31;
}

const QUANTITY = /^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$/;

function quantityFault(value: JsonValue): string | undefined {
  if ((typeof value === 'string' || typeof value === 'number') && QUANTITY.test(String(value))) return undefined;
  return `quantities must match the regular expression '${QUANTITY.source}'`;
}

function textFault(text: string, { format, name }: Schema): string | undefined {
  if (format === 'date-time') return name === MICRO_TIME ? microTimeFault(text) : timeFault(text);
  return format === 'byte' ? base64Fault(text) : undefined;
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const LAYOUT = '2006-01-02T15:04:05Z07:00';

/** Go says how far it came; here it is the year that is told of, or the whole. */
function timeFault(text: string, layout = LAYOUT): string | undefined {
  if (TIME.test(text) && !Number.isNaN(Date.parse(text))) return undefined;
  const quoted = JSON.stringify(text);
  if (/^\d{4}-/.test(text)) return `parsing time ${quoted}: it is no time of the form ${layout}`;
  return `parsing time ${quoted} as ${JSON.stringify(layout)}: cannot parse ${quoted} as "2006"`;
}

const MICRO_LAYOUT = '2006-01-02T15:04:05.000000Z07:00';

/** metav1.MicroTime wants its six digits of a second. */
function microTimeFault(text: string): string | undefined {
  const rest = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(.*)$/s.exec(text)?.[1];
  if (rest === undefined || /^\.\d{6}(Z|[+-]\d\d:\d\d)$/.test(rest)) return timeFault(text, MICRO_LAYOUT);
  const start = `parsing time ${JSON.stringify(text)} as ${JSON.stringify(MICRO_LAYOUT)}: cannot parse`;
  const [digits] = /^\.\d{6}/.exec(rest) ?? [];
  if (digits === undefined) return `${start} ${JSON.stringify(rest)} as ".000000"`;
  return `${start} ${JSON.stringify(rest.slice(digits.length))} as "Z07:00"`;
}
