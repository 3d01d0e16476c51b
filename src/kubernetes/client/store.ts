/** The objects of one resource as a list-watch last heard of them, by namespace and name. */
import { equals, type JsonObject, stringAt } from '../json.ts';

export interface Change {
  /** As it is now; absent where it is gone. */
  readonly object?: JsonObject;
  /** As it was before; absent where it is new. */
  readonly old?: JsonObject;
}

export type ChangeListener = (change: Change) => void;

const NONE: readonly JsonObject[] = [];

export class Store {
  readonly #namespaces = new Map<string, Map<string, JsonObject>>();
  readonly #listeners: ChangeListener[] = [];
  /** Lists that were asked for since the last change; who indexes them by identity keeps its index until then. */
  readonly #lists = new Map<string, readonly JsonObject[]>();
  #all: readonly JsonObject[] | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Every object. The same list until something changes, a new one after that. */
  all(): readonly JsonObject[] {
    if (this.#all !== undefined) return this.#all;
    const all: JsonObject[] = [];
    for (const objects of this.#namespaces.values()) {
      for (const object of objects.values()) all.push(object);
    }
    this.#all = all;
    return all;
  }

  /** The objects of a namespace; those of a kind without namespaces are in the empty one. Kept as `all` is. */
  inNamespace(namespace: string): readonly JsonObject[] {
    const known = this.#lists.get(namespace);
    if (known !== undefined) return known;
    const objects = this.#namespaces.get(namespace);
    if (objects === undefined) return NONE;
    const list = [...objects.values()];
    this.#lists.set(namespace, list);
    return list;
  }

  find(namespace: string, name: string): JsonObject | undefined {
    return this.#namespaces.get(namespace)?.get(name);
  }

  /** Hears of every change from now on, after it was made; the result ends that. */
  onChange(listener: ChangeListener): () => void {
    this.#listeners.push(listener);
    return () => {
      const index = this.#listeners.indexOf(listener);
      if (index >= 0) this.#listeners.splice(index, 1);
    };
  }

  /** Puts an object in; one that is equal to what is there changes nothing. */
  set(object: JsonObject): void {
    const { namespace, name } = placeOf(object);
    const objects = this.#namespaces.get(namespace) ?? new Map<string, JsonObject>();
    const old = objects.get(name);
    if (old !== undefined && equals(old, object)) return;

    if (old === undefined) this.#size++;
    this.#namespaces.set(namespace, objects);
    objects.set(name, object);
    this.#changed(namespace, old === undefined ? { object } : { object, old });
  }

  /** Takes the object with the namespace and name of this one out. */
  delete(object: JsonObject): void {
    const { namespace, name } = placeOf(object);
    const objects = this.#namespaces.get(namespace);
    const old = objects?.get(name);
    if (objects === undefined || old === undefined) return;

    this.#size--;
    objects.delete(name);
    if (objects.size === 0) this.#namespaces.delete(namespace);
    this.#changed(namespace, { old });
  }

  /** Puts the objects in the place of what is there, telling only what differs. */
  replace(objects: readonly JsonObject[]): void {
    if (this.#size > 0) this.#dropOthers(objects);
    for (const object of objects) this.set(object);
  }

  #dropOthers(objects: readonly JsonObject[]): void {
    const kept = new Map<string, Set<string>>();
    for (const object of objects) {
      const { namespace, name } = placeOf(object);
      const names = kept.get(namespace) ?? new Set<string>();
      kept.set(namespace, names);
      names.add(name);
    }
    for (const object of this.all()) {
      const { namespace, name } = placeOf(object);
      if (kept.get(namespace)?.has(name) !== true) this.delete(object);
    }
  }

  #changed(namespace: string, change: Change): void {
    this.#all = undefined;
    this.#lists.delete(namespace);
    for (const listener of [...this.#listeners]) listener(change);
  }
}

function placeOf(object: JsonObject): { namespace: string; name: string } {
  return {
    namespace: stringAt(object, 'metadata', 'namespace') ?? '',
    name: stringAt(object, 'metadata', 'name') ?? '',
  };
}
