/** Knative's own sentences for what is wrong with a field (knative/pkg apis/field_error.go). */
import type { JsonValue } from '../../kubernetes/json.ts';
import type { FieldError } from '../fieldError.ts';

export function missing(path: string, details?: string): FieldError {
  return withDetails({ path, message: 'missing field(s)' }, details);
}

export function disallowed(path: string, details?: string): FieldError {
  return withDetails({ path, message: 'must not set the field(s)' }, details);
}

/** Go prints what it got as it would print the Go value; nested values are printed as JSON here. */
export function invalid(path: string, value: JsonValue | undefined, details?: string): FieldError {
  const shown = typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '');
  return withDetails({ path, message: `invalid value: ${shown}` }, details);
}

export function invalidKey(path: string, key: string, details: string): FieldError {
  return { path, message: `invalid key name ${JSON.stringify(key)}`, details };
}

export function both(path: string, fields: string): FieldError {
  return { path, message: `expected exactly one, got both: ${fields}` };
}

export function neither(path: string, fields: string): FieldError {
  return { path, message: `expected exactly one, got neither: ${fields}` };
}

export function generic(path: string, message: string, details?: string): FieldError {
  return withDetails({ path, message }, details);
}

/** Knative says a thing once, however often its validation met it. */
export function once(errors: readonly FieldError[]): FieldError[] {
  if (errors.length < 2) return [...errors];
  const seen = new Set<string>();
  const result: FieldError[] = [];
  for (const error of errors) {
    const key = `${error.path}\n${error.message}\n${error.details ?? ''}`;
    if (seen.has(key)) continue;
    seen.add(key);
    result.push(error);
  }
  return result;
}

function withDetails(error: FieldError, details: string | undefined): FieldError {
  return details === undefined ? error : { ...error, details };
}
