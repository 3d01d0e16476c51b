/** Anchors of one document, and go-yaml's bound on what their aliases may unfold to. */
import type { ScalarEvent } from 'js-yaml';
import type { JsonValue } from '../json.ts';

export interface Anchor {
  /** The node's index in the table. */
  readonly node: number;
  /** Set where the anchor is on a scalar, which may come back as a key. */
  readonly scalar?: ScalarEvent;
  /** Undefined until the node is complete: an alias inside its own anchor. */
  complete?: { readonly value: JsonValue; readonly size: number };
}

const RATIO_LOW = 400_000;
const RATIO_HIGH = 4_000_000;

/**
 * Whether so many nodes by way of aliases, among so many nodes in all, are too many: go-yaml's own rule
 * (go.yaml.in/yaml/v2 decode.go, allowedAliasRatio), so that a bomb is refused where Kubernetes refuses it.
 */
export function isExcessive(aliased: number, total: number): boolean {
  return aliased > 100 && total > 1000 && aliased / total > allowedRatio(total);
}

function allowedRatio(total: number): number {
  if (total <= RATIO_LOW) return 0.99;
  if (total >= RATIO_HIGH) return 0.1;
  return 0.99 - 0.89 * ((total - RATIO_LOW) / (RATIO_HIGH - RATIO_LOW));
}

/** A copy for each alias: whoever fills in a value at one place must not change the other. */
export function copy(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copy);
  const result: { [key: string]: JsonValue } = {};
  for (const [key, item] of Object.entries(value)) {
    if (item !== undefined) setOwn(result, key, copy(item));
  }
  return result;
}

/** Sets an own property, also where the key is `__proto__`. */
export function setOwn(object: { [key: string]: JsonValue }, key: string, value: JsonValue): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
    return;
  }
  object[key] = value;
}
