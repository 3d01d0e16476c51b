/** Pods by the Revision that their label names, kept as they change: nobody looks through all of them. */
import type { Store } from '../../../src/kubernetes/client/store.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { REVISION_LABEL } from '../keys.ts';
import { keyOf, labelOf, namespaceOf } from '../read.ts';

const NONE: readonly JsonObject[] = [];

export class PodsByRevision {
  readonly #lists = new Map<string, readonly JsonObject[]>();

  constructor(store: Store) {
    store.onChange(({ object, old }) => {
      if (old !== undefined) this.#take(old);
      if (object !== undefined) this.#put(object);
    });
    for (const pod of store.all()) this.#put(pod);
  }

  /** The same list until one of them changes. */
  of(revision: string): readonly JsonObject[] {
    return this.#lists.get(revision) ?? NONE;
  }

  #put(pod: JsonObject): void {
    const key = revisionKey(pod);
    this.#lists.set(key, [...this.of(key), pod]);
  }

  #take(pod: JsonObject): void {
    const key = revisionKey(pod);
    const rest = this.of(key).filter((each) => keyOf(each) !== keyOf(pod));
    if (rest.length === 0) this.#lists.delete(key);
    else this.#lists.set(key, rest);
  }
}

function revisionKey(pod: JsonObject): string {
  return `${namespaceOf(pod)}/${labelOf(pod, REVISION_LABEL) ?? ''}`;
}
