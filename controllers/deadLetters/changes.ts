/** What a write changed, of the fields that it wrote: the server alone knows what it makes of them. */
import { equals, isObject, type JsonObject } from '../../src/kubernetes/json.ts';
import { join } from '../../src/kubernetes/pointer.ts';

/** Whoever adds to one changes what it means: they are compared as a whole. */
const WHOLE = new Set(['selector', 'podSelector', 'namespaceSelector']);

/** JSON pointers to the fields of `wanted` that were otherwise before the write. */
export function changedBy(wanted: JsonObject, before: JsonObject, after: JsonObject, path = ''): string[] {
  return Object.entries(wanted).flatMap(([key, value]) => {
    const [was, is] = [before[key], after[key]];
    if (isObject(value) && isObject(is) && !WHOLE.has(key)) {
      return changedBy(value, isObject(was) ? was : {}, is, join(path, key));
    }
    return equals(was, is) ? [] : [join(path, key)];
  });
}
