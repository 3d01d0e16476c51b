/**
 * Integers that Kubernetes keeps and a double does not: beyond 2^53 - 1 they would change in silence. What is beyond
 * int64 is a double in Kubernetes, too.
 */
import { isArray, isObject, type JsonValue } from '../../../kubernetes/json.ts';
import { badRequest, type Failure } from '../status/failure.ts';

const INT64_LENGTH = 20;
const INT64 = 2n ** 63n;

/** Whether a text may hold such an integer at all: cheap, and nearly always the end of it. */
export function mayHoldLongInteger(text: string): boolean {
  return /[0-9]{16}/.test(text);
}

/** @param literal a number of JSON as it is written; 100000000000000000 is written again as it came */
export function isChanged(literal: string): boolean {
  if (literal.length > INT64_LENGTH || !/^-?[0-9]+$/.test(literal)) return false;
  if (String(Number(literal)) === literal || literal === '-0') return false;
  const value = BigInt(literal);
  return value >= -INT64 && value < INT64;
}

/** Of what has been parsed by others: how it was written is not known any more. */
export function checkParsed(value: JsonValue, path = ''): void {
  if (typeof value === 'number') {
    if (Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) <= 2 ** 63) {
      throw changed(path, String(BigInt(value)));
    }
  } else if (isArray(value)) {
    for (const [index, item] of value.entries()) checkParsed(item, `${path}[${index}]`);
  } else if (isObject(value)) {
    for (const key of Object.keys(value)) checkParsed(value[key] ?? null, path === '' ? key : `${path}.${key}`);
  }
}

/** @param path `spec.containers[0].image` */
export function changed(path: string, literal: string): Failure {
  return badRequest(
    `${path === '' ? 'the body' : path}: Invalid value: ${literal}: an integer beyond ${Number.MAX_SAFE_INTEGER} cannot be kept exactly here; send a smaller one, or its digits as a string where the field takes one`,
  );
}
