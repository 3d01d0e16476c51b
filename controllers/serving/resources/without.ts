import { type JsonObject, type JsonValue, setOwn } from '../../../src/kubernetes/json.ts';

/** A copy of labels or annotations without those that are left out, and without what is no text. */
export function without(values: JsonObject, isLeftOut: (key: string) => boolean): Record<string, JsonValue> {
  const kept: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(values)) {
    if (typeof value === 'string' && !isLeftOut(key)) setOwn(kept, key, value);
  }
  return kept;
}
