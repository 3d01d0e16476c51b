/** The other objects in sight: those of the same input at the command line, those of a cache at the API. */
import { isObject, type JsonObject } from '../../kubernetes/json.ts';
import { type Kind, keyOf } from '../../kubernetes/kinds.ts';
import { referenceTo } from '../../kubernetes/object.ts';

export interface Inventory {
  /** Every object of a kind. */
  all(kind: Kind): readonly JsonObject[];
  /** The objects of a kind in a namespace; a manifest that names no namespace stands in every one. */
  inNamespace(kind: Kind, namespace: string): readonly JsonObject[];
  find(kind: Kind, namespace: string, name: string): JsonObject | undefined;
  /**
   * False where nobody can tell from this inventory that an object of the kind is not there: at the API no Secret is
   * read, and an audit reads those alone that the policies name. A rule that concludes something from an absence asks first.
   */
  knows(kind: Kind, name?: string): boolean;
  /**
   * True where objects of the kind may be there that come into sight in a moment: its CustomResourceDefinition was
   * installed just now. Absent where that cannot be.
   */
  isBehind?(kind: Kind): boolean;
}

export const EMPTY_INVENTORY: Inventory = {
  all: () => [],
  inNamespace: () => [],
  find: () => undefined,
  knows: () => true,
};

/** Indexes objects by kind, namespace and name. */
export function inventoryOf(objects: Iterable<JsonObject>): Inventory {
  const kinds = new Map<string, KindIndex>();
  for (const object of objects) {
    if (!isObject(object)) continue;
    const key = keyOf(object);
    const index = kinds.get(key) ?? new KindIndex();
    kinds.set(key, index);
    index.add(object);
  }
  return {
    all: (kind) => kinds.get(kind.key)?.objects ?? [],
    inNamespace: (kind, namespace) => kinds.get(kind.key)?.inNamespace(namespace) ?? [],
    find: (kind, namespace, name) => kinds.get(kind.key)?.find(namespace, name),
    // an input is all that there is
    knows: () => true,
  };
}

class KindIndex {
  readonly objects: JsonObject[] = [];
  readonly #byName = new Map<string, { namespace: string; object: JsonObject }[]>();
  readonly #byNamespace = new Map<string, JsonObject[]>();

  add(object: JsonObject): void {
    const { name, namespace } = referenceTo(object);
    this.objects.push(object);
    append(this.#byName, name, { namespace, object });
    append(this.#byNamespace, namespace, object);
  }

  find(namespace: string, name: string): JsonObject | undefined {
    return this.#byName.get(name)?.find((entry) => sameNamespace(entry.namespace, namespace))?.object;
  }

  inNamespace(namespace: string): readonly JsonObject[] {
    if (namespace === '') return this.objects;
    const own = this.#byNamespace.get(namespace) ?? [];
    const anywhere = this.#byNamespace.get('');
    return anywhere === undefined ? own : [...own, ...anywhere];
  }
}

function append<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** A manifest without a namespace takes the one that it is applied to, so it may stand in any. */
export function sameNamespace(left: string, right: string): boolean {
  return left === right || left === '' || right === '';
}
