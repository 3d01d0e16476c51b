/** How deep a value nests. JSON.parse reads any depth; whoever walks what it read has a stack that ends. */
import { isArray, type JsonValue } from '../../src/kubernetes/json.ts';

/** As deep as `weir check` reads a manifest; Kubernetes' own objects have about 30 levels. */
export const DEEPEST = 1000;

/** True where a list or an object stands more than so many levels below the value. It goes no deeper than that itself. */
export function isDeeperThan(levels: number, value: JsonValue | undefined): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (isArray(value)) {
    for (const item of value) if (isDeeperThan(levels - 1, item)) return true;
    return false;
  }
  // What JSON.parse made has no members but its own, `__proto__` included.
  for (const key in value) if (isDeeperThan(levels - 1, value[key])) return true;
  return false;
}
