/** What a validation carries along, and the sentences of knative/pkg apis/field_error.go. */
import type { JsonObject } from '../../kubernetes/json.ts';
import { join } from '../../kubernetes/pointer.ts';
import type { FieldError } from '../fieldError.ts';
import type { ServingConfig } from './config.ts';
import { isSet, type Struct } from './shape.ts';

export interface Scope {
  readonly config: ServingConfig;
  /** The object's own metadata, which names and references inside it are held against. */
  readonly metadata: JsonObject;
  readonly errors: FieldError[];
}

export function report(scope: Scope, path: string, message: string, details?: string): void {
  scope.errors.push(details === undefined || details === '' ? { path, message } : { path, message, details });
}

export function reportMissing(scope: Scope, path: string): void {
  report(scope, path, 'missing field(s)');
}

export function reportDisallowed(scope: Scope, path: string): void {
  report(scope, path, 'must not set the field(s)');
}

export function reportInvalid(scope: Scope, path: string, value: string | number, details?: string): void {
  report(scope, path, `invalid value: ${value}`, details);
}

/** Nothing where the value is within the bounds. */
export function checkBounds(scope: Scope, path: string, value: number, lower: number, upper: number): void {
  if (value >= lower && value <= upper) return;
  report(scope, path, `expected ${lower} <= ${value} <= ${upper}`);
}

/**
 * Of several fields exactly one is wanted. Knative lists the fields as the error's paths; here the error stands at the
 * object that holds them, and its message ends with their names.
 */
export function checkExactlyOne(scope: Scope, path: string, found: readonly string[], wanted: readonly string[]): void {
  if (found.length === 1) return;
  if (found.length === 0) report(scope, path, `expected exactly one, got neither: ${wanted.join(', ')}`);
  else report(scope, path, `expected exactly one, got both: ${found.join(', ')}`);
}

/** Reports every field that is set and known, but not among the allowed ones (CheckDisallowedFields with a mask). */
export function checkMask(
  scope: Scope,
  path: string,
  value: JsonObject,
  shape: Struct,
  isAllowed: (field: string) => boolean,
): void {
  for (const field in value) {
    const type = shape.fields.get(field);
    if (type === undefined || isAllowed(field) || !isSet(value[field], type)) continue;
    reportDisallowed(scope, join(path, field));
  }
}
