/** A value as a text that differs where values differ, as tools/cel-reference writes it. */
import { toText } from '../../src/cel/functions/conversions.ts';
import {
  type CelValue,
  Duration,
  Foreign,
  isList,
  isMap,
  itemsOf,
  Optional,
  Timestamp,
  TypeValue,
  typeNameOf,
  Uint,
} from '../../src/cel/values/value.ts';

export function show(value: CelValue): string {
  if (typeof value === 'string') return goJson(value);
  if (typeof value === 'number') return `double ${toText(value)}`;
  if (value === null || typeof value !== 'object') return String(value);
  if (value instanceof Uint) return `${value.value}u`;
  if (value instanceof Uint8Array) return `b${Buffer.from(value).toString('hex')}`;
  if (value instanceof Timestamp || value instanceof Duration) return `${typeNameOf(value)} ${toText(value)}`;
  if (value instanceof TypeValue) return `type ${value.name}`;
  if (value instanceof Optional) return value.value === undefined ? 'none' : `optional ${show(value.value)}`;
  if (isList(value)) return `[${itemsOf(value).map(show).join(', ')}]`;
  if (isMap(value)) {
    const entries = value.keys().map((key) => `${show(key)}: ${show(value.get(key) ?? null)}`);
    return `{${entries.sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right))).join(', ')}}`;
  }
  return value instanceof Foreign ? value.typeName : '';
}

/** Go's encoding/json writes more characters as escapes. */
function goJson(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
