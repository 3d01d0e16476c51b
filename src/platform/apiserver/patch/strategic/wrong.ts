/** What can be wrong with a strategic merge patch, in upstream's sentences (pkg/util/mergepatch/errors.go). */
import { badRequest, Failure } from '../../status/failure.ts';
import { isList, isRecord, type Json, type JsonRecord } from '../json.ts';
import { goText } from '../types/goText.ts';

export function badPrimitiveList(): Failure {
  return badRequest('invalid patch format of primitive list');
}

export function badRetainKeys(): Failure {
  return badRequest('invalid patch format of retainKeys');
}

export function badElementOrder(): Failure {
  return badRequest('invalid patch format of setElementOrder list');
}

export function listOfLists(): Failure {
  return new Failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
}

export function noMergeKey(item: JsonRecord, key: string): Failure {
  return unexpected(`map: ${goText(item)} does not contain declared merge key: ${key}`);
}

export function badDirective(directive: Json, holder: JsonRecord): Failure {
  const text = typeof directive === 'string' ? directive : `%!s(${goType(directive)}=${goText(directive)})`;
  return unexpected(`unknown patch type: ${text} in map: ${goText(holder)}`);
}

export function badType(expected: 'list' | 'map', found: Json): Failure {
  const type = expected === 'list' ? '[]interface {}' : 'map[string]interface {}';
  return unexpected(`expected a ${type}, but received a ${found === null ? '%!s(<nil>)' : goType(found)}`);
}

/** Upstream has no Status of its own for these. */
export function unexpected(message: string): Failure {
  return new Failure(500, '', message);
}

/** The type that Go reads a value as. */
export function goType(value: Json): string {
  if (value === null) return '<nil>';
  if (isList(value)) return '[]interface {}';
  if (isRecord(value)) return 'map[string]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : 'string';
}
