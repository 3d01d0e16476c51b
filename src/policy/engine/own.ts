/** Writing keys that come from a manifest. */
import type { JsonValue } from '../../kubernetes/json.ts';

/** Sets an own property. Assigning to `__proto__` would set the prototype instead of a key. */
export function defineOwn(target: { [key: string]: JsonValue | undefined }, key: string, value: JsonValue): void {
  if (key !== '__proto__') target[key] = value;
  else Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}
