import { isArray, type JsonValue } from '../../../kubernetes/json.ts';

/** What Go's encoding/json calls a value in its sentences. */
export function goKind(value: JsonValue): string {
  if (isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
