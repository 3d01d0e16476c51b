/**
 * What of a live object is not as Weir wants it: of the fields that Weir writes, and of no other.
 *
 * Lists and selectors are compared as a whole, as server-side apply owns them (k8s.io/api, `+listType=atomic` and
 * `+structType=atomic`); mappings key by key, so that what others add to them is theirs. Quantities are compared by
 * their size: the server writes 1000m as 1.
 */
import { isArray, isObject, type JsonObject, type JsonValue, stringAt } from '../kubernetes/json.ts';
import { join } from '../kubernetes/pointer.ts';
import { parseQuantity } from '../kubernetes/quantity.ts';

const ATOMIC = new Set(['podSelector', 'namespaceSelector', 'roleRef']);
const WITH_QUANTITIES = new Set(['ResourceQuota', 'LimitRange']);

/** JSON pointers to the first fields that differ; none where all is as wanted. */
export function drift(wanted: JsonObject, live: JsonObject): string[] {
  const found: string[] = [];
  const sameLeaf = WITH_QUANTITIES.has(stringAt(wanted, 'kind') ?? '') ? sameQuantity : same;
  compare(wanted, live, '', sameLeaf, found);
  return found;
}

type SameLeaf = (wanted: JsonValue | undefined, live: JsonValue | undefined) => boolean;

function compare(wanted: JsonObject, live: JsonObject, path: string, sameLeaf: SameLeaf, found: string[]): void {
  for (const [key, value] of Object.entries(wanted)) {
    const at = join(path, key);
    const there = Object.hasOwn(live, key) ? live[key] : undefined;
    if (isObject(value) && !ATOMIC.has(key)) {
      compare(value, isObject(there) ? there : {}, at, sameLeaf, found);
    } else if (!equal(value, there, sameLeaf)) found.push(at);
  }
}

/** An empty list is as good as none: the server stores none. */
function equal(wanted: JsonValue | undefined, live: JsonValue | undefined, sameLeaf: SameLeaf): boolean {
  if (isArray(wanted)) {
    const there = isArray(live) ? live : [];
    return wanted.length === there.length && wanted.every((item, index) => equal(item, there[index], sameLeaf));
  }
  if (!isObject(wanted)) return sameLeaf(wanted, live);
  const there = isObject(live) ? live : {};
  const keys = new Set([...Object.keys(wanted), ...Object.keys(there)]);
  return [...keys].every((key) => equal(wanted[key], there[key], sameLeaf));
}

function same(wanted: JsonValue | undefined, live: JsonValue | undefined): boolean {
  return wanted === live;
}

function sameQuantity(wanted: JsonValue | undefined, live: JsonValue | undefined): boolean {
  if (wanted === live) return true;
  const size = parseQuantity(wanted);
  return size !== undefined && size === parseQuantity(live);
}
