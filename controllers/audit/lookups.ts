/** What verdicts hang on outside of their own namespace: whoever was looked up from there is judged there again when it changes. */
import type { Change } from '../../src/kubernetes/client/store.ts';
import { type Kind, keyOf, namespace as namespaceKind } from '../../src/kubernetes/kinds.ts';
import { referenceTo } from '../../src/kubernetes/object.ts';
import type { Inventory } from '../../src/policy/engine/inventory.ts';
import type { KindCaches } from './inventory.ts';

export class Lookups {
  readonly #kinds: ReadonlyMap<string, KindCaches>;
  /** By what was looked up: the namespaces that did. */
  readonly #readers = new Map<string, Set<string>>();
  readonly #lookedUp = new Map<string, Set<string>>();

  constructor(kinds: ReadonlyMap<string, KindCaches>) {
    this.#kinds = kinds;
  }

  /** Begins a round of judging. What it looks up counts at once, for it may change before the round ends. */
  begin(reader: string): Reading {
    const found = new Set<string>();
    const lookedUp = this.#lookedUp.get(reader) ?? new Set();
    this.#lookedUp.set(reader, lookedUp);
    const note = (place: string): void => {
      found.add(place);
      lookedUp.add(place);
      const readers = this.#readers.get(place) ?? new Set();
      this.#readers.set(place, readers.add(reader));
    };
    return { over: (inventory) => this.#noting(inventory, reader, note), end: () => this.#keep(reader, found) };
  }

  forget(reader: string): void {
    this.#keep(reader, new Set());
  }

  /** The namespaces that looked up what changed, or that it was not there. */
  *readersOf({ object, old }: Change): Iterable<string> {
    const changed = object ?? old;
    // at the start nobody looked anything up, and everything that is there comes by here
    if (changed === undefined || this.#readers.size === 0) return;
    const { namespace, name } = referenceTo(changed);
    const kind = keyOf(changed);
    for (const place of [one(kind, namespace, name), allIn(kind, namespace), all(kind)]) {
      yield* this.#readers.get(place) ?? [];
    }
  }

  /** The namespace's own objects are no lookups: it is judged anew with each of them. */
  #noting(inventory: Inventory, reader: string, note: (place: string) => void): Inventory {
    const isClusterWide = ({ key }: Kind): boolean => this.#kinds.get(key)?.isNamespaced === false;
    return {
      ...inventory,
      all(kind) {
        // rules filter what is in namespaces by their own: to note all of it would judge each namespace with every change
        if (reader === '' || isClusterWide(kind)) note(all(kind.key));
        return inventory.all(kind);
      },
      inNamespace(kind, namespace) {
        if (namespace === '' || isClusterWide(kind)) note(all(kind.key));
        else if (namespace !== reader) note(allIn(kind.key, namespace));
        return inventory.inNamespace(kind, namespace);
      },
      find(kind, namespace, name) {
        const place = isClusterWide(kind) ? '' : namespace;
        const isItself = kind.key === namespaceKind.key && name === reader;
        if (place !== reader && !isItself) note(one(kind.key, place, name));
        return inventory.find(kind, namespace, name);
      },
    };
  }

  #keep(reader: string, found: ReadonlySet<string>): void {
    const lookedUp = this.#lookedUp.get(reader);
    for (const place of lookedUp ?? []) {
      if (found.has(place)) continue;
      lookedUp?.delete(place);
      const readers = this.#readers.get(place);
      readers?.delete(reader);
      if (readers?.size === 0) this.#readers.delete(place);
    }
    if (lookedUp?.size === 0) this.#lookedUp.delete(reader);
  }
}

export interface Reading {
  over(inventory: Inventory): Inventory;
  /** The round came to its end: what earlier ones looked up, and this one did not, counts no more. */
  end(): void;
}

function one(kind: string, namespace: string, name: string): string {
  return [kind, namespace, name].join('\0');
}

function allIn(kind: string, namespace: string): string {
  return [kind, namespace].join('\0');
}

function all(kind: string): string {
  return kind;
}
