/**
 * The objects of one resource as the server last told of them, and as it answered to our own writes, which is known
 * before the watch tells of it. What the watch tells later of the time before such a write is passed over.
 */
import { equals, type JsonObject, objectAt, stringAt } from '../json.ts';
import type { Keep } from '../keep.ts';
import type { Listed } from './client.ts';
import { apiVersionOf, type Resource } from './resource.ts';
import { selectedBy } from './selected.ts';
import { Store } from './store.ts';
import type { Selection } from './watch.ts';

export interface MirrorOptions {
  readonly selection: Selection;
  /** What of an object is kept; `metadata.managedFields` is gone already, unless it is asked for. */
  readonly keep?: Keep;
  readonly seesManagedFields?: boolean;
}

interface Written {
  readonly version: string;
  /** Undefined where the write took the object out of the selection. */
  readonly object: JsonObject | undefined;
}

export class Mirror {
  readonly store = new Store();
  readonly #options: MirrorOptions;
  readonly #isSelected: ReturnType<typeof selectedBy>;
  /** What we wrote and the watch did not tell of yet, by namespace and name. */
  readonly #written = new Map<string, Written>();

  constructor(options: MirrorOptions) {
    this.#options = options;
    this.#isSelected = selectedBy(options.selection);
  }

  /** Of an object of the server's what this keeps. */
  kept(object: JsonObject): JsonObject {
    const { keep, seesManagedFields = false } = this.#options;
    const bare = seesManagedFields ? object : withoutManagedFields(object);
    if (keep === undefined) return bare;
    const { namespace, name } = placeOf(bare);
    return keep(bare, this.store.find(namespace, name));
  }

  /** As `kept`; of what is here already and the same, what is here: a list does not hold everything twice. */
  listed(object: JsonObject): JsonObject {
    const kept = this.kept(object);
    const { namespace, name } = placeOf(kept);
    const there = this.store.find(namespace, name);
    return there !== undefined && equals(there, kept) ? there : kept;
  }

  replace({ version, objects }: Listed): void {
    for (const [key, written] of this.#written) if (!isOlder(version, written.version)) this.#written.delete(key);
    if (this.#written.size === 0) {
      this.store.replace(objects);
      return;
    }
    const others = objects.filter((object) => !this.#written.has(keyOf(object)));
    const ours = [...this.#written.values()].flatMap(({ object }) => (object === undefined ? [] : [object]));
    this.store.replace([...others, ...ours]);
  }

  /** What a watch tells. */
  set(object: JsonObject, version: string): void {
    if (!this.#isPast(object, version)) this.store.set(this.kept(object));
  }

  delete(object: JsonObject, version: string): void {
    if (!this.#isPast(object, version)) this.store.delete(object);
  }

  /**
   * What the server answered to a write of ours. Where only the server knows whether the selection has it, it is taken
   * if it is here already.
   *
   * @param resource in the version that is followed
   * @param seen the version up to which the server told of everything; empty while everything is listed anew
   */
  wrote(object: JsonObject, resource: Resource, seen: string): void {
    const version = stringAt(object, 'metadata', 'resourceVersion');
    if (version === undefined || !isOlder(seen, version)) return;
    if (object.apiVersion !== apiVersionOf(resource) || object.kind !== resource.kind) return;
    const { namespace, name } = placeOf(object);
    const isSelected = this.#isSelected(object);
    if (isSelected !== 'yes' && this.store.find(namespace, name) === undefined) return;
    const key = keyOf(object);
    const before = this.#written.get(key);
    if (before !== undefined && !isOlder(before.version, version)) return;
    if (isSelected === 'no') {
      this.#written.set(key, { version, object: undefined });
      this.store.delete(object);
      return;
    }
    const kept = this.kept(object);
    this.#written.set(key, { version, object: kept });
    this.store.set(kept);
  }

  #isPast(object: JsonObject, version: string): boolean {
    const key = keyOf(object);
    const written = this.#written.get(key);
    if (written === undefined) return false;
    if (isOlder(version, written.version)) return true;
    this.#written.delete(key);
    return false;
  }
}

/** Versions of one resource are numbers that grow (k8s.io/apimachinery pkg/util/resourceversion): the longer the later. */
export function isOlder(version: string, than: string): boolean {
  return version.length === than.length ? version < than : version.length < than.length;
}

function keyOf(object: JsonObject): string {
  const { namespace, name } = placeOf(object);
  return `${namespace}/${name}`;
}

function placeOf(object: JsonObject): { readonly namespace: string; readonly name: string } {
  return {
    namespace: stringAt(object, 'metadata', 'namespace') ?? '',
    name: stringAt(object, 'metadata', 'name') ?? '',
  };
}

/** Who owns which field is often the larger half of an object, and almost nobody here asks for it. */
function withoutManagedFields(object: JsonObject): JsonObject {
  const metadata = objectAt(object, 'metadata');
  if (metadata?.managedFields === undefined) return object;
  const { managedFields: _, ...rest } = metadata;
  return { ...object, metadata: rest };
}
