/** Hashes of JSON values. */
import { createHash } from 'node:crypto';
import type { JsonValue } from '../kubernetes/json.ts';

/** 16 hexadecimal digits that another value has not; the order of keys counts. */
export function hashOf(value: JsonValue): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
