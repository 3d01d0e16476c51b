/** The ratchet: what an object broke before warns instead of denying, so that no policy stands in the way of an unrelated change. */
import { isArray, isObject, type JsonObject } from '../../src/kubernetes/json.ts';
import { namedPath } from '../../src/kubernetes/namedPath.ts';
import { resolve } from '../../src/kubernetes/pointer.ts';
import type { Finding } from '../../src/policy/engine/judge.ts';

/** Findings of the object before, each of which excuses one of the object now. */
export class Ratchet {
  readonly #known = new Map<string, number>();

  /** @param findings of the old object, as if it were sent again unchanged */
  constructor(old: JsonObject, findings: readonly Finding[]) {
    for (const finding of findings) {
      const key = keyOf(finding, old);
      this.#known.set(key, (this.#known.get(key) ?? 0) + 1);
    }
  }

  /** True once for each finding that the old object had. */
  holds(finding: Finding, object: JsonObject): boolean {
    const key = keyOf(finding, object);
    const left = this.#known.get(key) ?? 0;
    if (left > 0) this.#known.set(key, left - 1);
    return left > 0;
  }
}

/**
 * A finding is the same when its rule, its place (containers by name) and the value there are. Where the place is a whole
 * mapping or list, or nothing stands there, its sentence says what the value is: anything else in it may change.
 */
function keyOf({ rule, path, message }: Finding, object: JsonObject): string {
  const value = resolve(object, path);
  const isPlain = value !== undefined && value !== null && !isObject(value) && !isArray(value);
  return JSON.stringify([rule, namedPath(object, path), isPlain ? value : null, isPlain ? '' : message]);
}
