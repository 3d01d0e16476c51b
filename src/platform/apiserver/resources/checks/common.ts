/** Steps that checks of many kinds share: k8s.io/kubernetes pkg/apis/core/validation, k8s.io/apimachinery pkg/api/validation. */
import { equals, isArray, isObject, type JsonObject, type JsonValue, stringAt } from '../../../../kubernetes/json.ts';
import type { Problems } from '../problems.ts';
import { percentErrors, portNameErrors, portNumberErrors } from './formats.ts';

export const IMMUTABLE = 'field is immutable';

/** The objects of a list with their paths: `spec.ports[0]`. */
export function itemsOf(object: JsonObject | undefined, key: string, path: string): [JsonObject, string][] {
  const list = object?.[key];
  if (!isArray(list)) return [];
  return list.flatMap((item, index) => (isObject(item) ? [[item, `${path}.${key}[${index}]`] as const] : [])).map(copy);
}

function copy(pair: readonly [JsonObject, string]): [JsonObject, string] {
  return [pair[0], pair[1]];
}

export function textOf(object: JsonObject | undefined, key: string): string {
  return stringAt(object, key) ?? '';
}

export function immutable(
  problems: Problems,
  path: string,
  next: JsonValue | undefined,
  old: JsonValue | undefined,
): void {
  if (!equals(next, old)) problems.invalid(path, next ?? null, IMMUTABLE);
}

export function nonNegative(problems: Problems, path: string, value: JsonValue | undefined): void {
  if (typeof value === 'number' && value < 0) problems.invalid(path, value, 'must be greater than or equal to 0');
}

/** Empty is missing; anything but the supported values is told with them. */
export function oneOf(
  problems: Problems,
  path: string,
  value: JsonValue | undefined,
  supported: readonly string[],
  whenEmpty: 'fine' | 'required' = 'fine',
): void {
  if (value === undefined || value === '') {
    if (whenEmpty === 'required') problems.required(path);
  } else if (typeof value !== 'string' || !supported.includes(value)) problems.notSupported(path, value, supported);
}

/** A port by number or by name. */
export function portNumberOrName(problems: Problems, path: string, port: JsonValue | undefined): void {
  if (typeof port === 'string') problems.invalidBy(path, port, portNameErrors(port));
  else problems.invalidBy(path, port ?? 0, portNumberErrors(typeof port === 'number' ? port : 0));
}

/** A count, or a part of one in percent. */
export function countOrPercent(problems: Problems, path: string, value: JsonValue | undefined): void {
  if (typeof value === 'string') problems.invalidBy(path, value, percentErrors(value));
  else nonNegative(problems, path, value);
}

/** Above 100 % there is nothing. */
export function atMostAll(problems: Problems, path: string, value: JsonValue | undefined): void {
  if (typeof value !== 'string' || !/^[0-9]+%$/.test(value)) return;
  if (Number(value.slice(0, -1)) > 100) problems.invalid(path, value, 'must not be greater than 100%');
}
