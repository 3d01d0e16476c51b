/** The other objects that rules look up, over the caches of an audit. */

import type { JsonObject } from '../../src/kubernetes/json.ts';
import { type Kind, secret } from '../../src/kubernetes/kinds.ts';
import type { Inventory } from '../../src/policy/engine/inventory.ts';
import type { Followed } from '../manager/controller.ts';

const NONE: readonly JsonObject[] = [];

/** The caches of one kind: one, but for kinds of which a few objects alone are followed, each by its name. */
export interface KindCaches {
  readonly isNamespaced: boolean;
  readonly caches: readonly Followed[];
  /** Whether the objects of this name are followed, and were listed; undefined where all are. */
  readonly knowsName?: (name: string) => boolean;
}

export function inventoryOver(kinds: ReadonlyMap<string, KindCaches>): Inventory {
  const objectsOf = (kind: Kind, from: (cache: Followed) => readonly JsonObject[]): readonly JsonObject[] => {
    const [first, ...others] = kinds.get(kind.key)?.caches ?? [];
    if (first === undefined) return NONE;
    // the same list until something changes, by which rules remember what they found in it
    return others.length === 0 ? from(first) : [first, ...others].flatMap(from);
  };
  return {
    all: (kind) => objectsOf(kind, ({ store }) => store.all()),
    inNamespace(kind, namespace) {
      const isEverywhere = namespace === '' || kinds.get(kind.key)?.isNamespaced === false;
      return objectsOf(kind, ({ store }) => (isEverywhere ? store.all() : store.inNamespace(namespace)));
    },
    find(kind, namespace, name) {
      const known = kinds.get(kind.key);
      for (const { store } of known?.caches ?? []) {
        const found = store.find(known?.isNamespaced === false ? '' : namespace, name);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    knows(kind, name) {
      const known = kinds.get(kind.key);
      if (known === undefined) return kind.key !== secret.key;
      return known.knowsName === undefined || (name !== undefined && known.knowsName(name));
    },
  };
}
