/** Causes of an invalid object, in the words of k8s.io/apimachinery pkg/util/validation/field/errors.go. */
import type { JsonObject, JsonValue } from '../../../kubernetes/json.ts';
import type { Cause } from './failure.ts';

/** `Invalid value: "x": must be y`. */
export function invalidValue(field: string, value: JsonValue | undefined, detail: string): Cause {
  return { reason: 'FieldValueInvalid', message: withDetail(`Invalid value: ${printed(value)}`, detail), field };
}

/** `Required value: why`. */
export function requiredValue(field: string, detail = ''): Cause {
  return { reason: 'FieldValueRequired', message: withDetail('Required value', detail), field };
}

export function duplicateValue(field: string, value: JsonValue | undefined): Cause {
  return { reason: 'FieldValueDuplicate', message: `Duplicate value: ${printed(value)}`, field };
}

export function notFoundValue(field: string, value: JsonValue | undefined): Cause {
  return { reason: 'FieldValueNotFound', message: `Not found: ${printed(value)}`, field };
}

/** `Unsupported value: "x": supported values: "a", "b"`. */
export function notSupportedValue(field: string, value: JsonValue | undefined, supported: readonly string[]): Cause {
  const detail = `supported values: ${supported.map((each) => JSON.stringify(each)).join(', ')}`;
  const message = withDetail(`Unsupported value: ${printed(value)}`, supported.length === 0 ? '' : detail);
  return { reason: 'FieldValueNotSupported', message, field };
}

export function forbiddenValue(field: string, detail: string): Cause {
  return { reason: 'FieldValueForbidden', message: withDetail('Forbidden', detail), field };
}

/** @param limit in bytes */
export function tooLongValue(field: string, limit: number): Cause {
  const detail = `may not be more than ${limit} byte${limit === 1 ? '' : 's'}`;
  return { reason: 'FieldValueTooLong', message: withDetail('Too long', detail), field };
}

function withDetail(message: string, detail: string): string {
  return detail === '' ? message : `${message}: ${detail}`;
}

/** As Go prints the value: texts in quotes, lists and objects as JSON. */
function printed(value: JsonValue | undefined): string {
  if (value === undefined) return '""';
  return typeof value === 'object' ? goJson(value) : JSON.stringify(value);
}

/** JSON as Go's encoder writes it: keys in order, and what has a meaning in HTML as an escape. */
export function goJson(value: JsonValue): string {
  const text = JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1)));
  });
  return withEscapes(text);
}

/** JSON of a Go struct, whose keys stand in the order of its fields. */
export function goStruct(value: JsonObject): string {
  return withEscapes(JSON.stringify(value));
}

function withEscapes(json: string): string {
  return json.replaceAll(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
