/** The resources that are served now: the built-in ones, and those of the CustomResourceDefinitions in the store. */

import type { Clock } from '../../../kubernetes/clock.ts';
import { equals, type JsonObject, objectAt, stringAt } from '../../../kubernetes/json.ts';
import { nameOf } from '../../../kubernetes/object.ts';
import { type WorkQueue, workQueue } from '../queue.ts';
import type { Store, Stored, Watch } from '../store/store.ts';
import { builtinResources } from './builtin.ts';
import { cleanedUp, deleteObjects, isConflict, isTerminating, terminating, waitsForCleanup } from './custom/cleanup.ts';
import { DEFINITIONS, holds } from './custom/definition.ts';
import { othersOf, withNames } from './custom/names.ts';
import { customResources } from './custom/resources.ts';
import type { Resource, Resources } from './resource.ts';
import { ResourceIndex } from './resourceIndex.ts';
import { addressesIn } from './rules/addresses.ts';

export interface KeptResources extends Resources {
  /** Serves what is established, and follows the store from then on. Resolves when all that is there has been seen. */
  start(): Promise<void>;
  /** Follows no longer; what is under way is finished first. */
  stop(): Promise<void>;
}

export interface KeepOptions {
  readonly clock: Clock;
  /** Told what went wrong with one definition, which is looked at again; the others go on. */
  readonly onError?: (error: unknown, definition: string) => void;
  readonly builtin?: readonly Resource[];
}

export function keepResources(store: Store, options: KeepOptions): KeptResources {
  return new Keeper(store, options);
}

/** Looks at one definition after the other, as changes name them. Level-based: any number of times. */
class Keeper implements KeptResources {
  readonly #store: Store;
  readonly #options: KeepOptions;
  readonly #index: ResourceIndex;
  readonly #queue: WorkQueue;
  /** Tells of objects whose definition waits until they are gone. */
  readonly #leaving = new Map<string, Watch>();
  #watch: Watch | undefined;
  #isStopped = false;

  constructor(store: Store, options: KeepOptions) {
    this.#store = store;
    this.#options = options;
    this.#index = new ResourceIndex(options.builtin ?? builtinResources(addressesIn(store)));
    this.#queue = workQueue({
      clock: options.clock,
      // one after the other: two may want the same name
      workers: 1,
      work: (name) => this.#take(name),
      failed: (name, error) => options.onError?.(error, name),
    });
  }

  find(group: string, version: string, plural: string): Resource | undefined {
    return this.#index.find(group, version, plural);
  }

  ofKind(group: string, version: string, kind: string): Resource | undefined {
    return this.#index.ofKind(group, version, kind);
  }

  ofStored(storedAs: string): Resource | undefined {
    return this.#index.ofStored(storedAs);
  }

  all(): readonly Resource[] {
    return this.#index.all();
  }

  get generation(): number {
    return this.#index.generation;
  }

  async start(): Promise<void> {
    this.#follow();
    await this.#queue.idle();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#watch?.stop();
    for (const watch of this.#leaving.values()) watch.stop();
    this.#leaving.clear();
    this.#queue.stop();
    await this.#queue.idle();
  }

  #follow(): void {
    this.#watch = this.#store.watch(
      { resource: DEFINITIONS, namespace: '' },
      {
        onEvent: ({ stored }) => this.#queue.add(stored.key.name),
        onGone: () => {
          if (!this.#isStopped) this.#follow();
        },
      },
    );
  }

  async #take(name: string): Promise<undefined> {
    try {
      await this.#reconcile(name);
    } catch (error) {
      // a change in the meantime has told of itself
      if (!isConflict(error)) throw error;
    }
  }

  async #reconcile(name: string): Promise<void> {
    const stored = this.#store.get({ resource: DEFINITIONS, namespace: '', name });
    if (stored === undefined) {
      this.#forget(name);
      return;
    }
    this.#serve(stored);
    if (waitsForCleanup(stored.object())) {
      await this.#cleanUp(stored);
      return;
    }
    const definition = stored.object();
    const next = withNames(definition, othersOf(definition, this.#definitions()), this.#options.clock.now());
    if (next === undefined) return;

    const written = await this.#store.put(stored.key, next, stored.revision);
    this.#serve(written);
    // a name may have become free
    if (!equals(acceptedOf(definition), acceptedOf(next))) this.#enqueueGroup(name);
  }

  #serve(stored: Stored): void {
    const definition = stored.object();
    const state: JsonObject = {
      spec: definition.spec,
      accepted: acceptedOf(definition),
      isEstablished: holds(definition, 'Established'),
      deletion: stringAt(definition, 'metadata', 'deletionTimestamp'),
    };
    this.#index.set(stored.key.name, state, () => customResources(definition));
  }

  #forget(name: string): void {
    this.#index.delete(name);
    this.#leaving.get(name)?.stop();
    this.#leaving.delete(name);
    this.#enqueueGroup(name);
  }

  async #cleanUp(stored: Stored): Promise<void> {
    const now = this.#options.clock.now();
    const definition = stored.object();
    // objects of that name are not those of the definition
    const hasObjects = holds(definition, 'Established') && !this.#index.isBuiltin(stored.key.name);
    if (!isTerminating(definition) && hasObjects) {
      await this.#store.put(stored.key, terminating(definition, now), stored.revision);
      return; // which tells of itself
    }
    if (hasObjects) {
      this.#watchObjects(stored.key.name);
      if ((await deleteObjects(this.#store, definition, now)) > 0) return;
    }

    const next = cleanedUp(definition, now);
    const isLast = (objectAt(next, 'metadata')?.finalizers ?? null) === null;
    if (isLast) await this.#store.remove(stored.key, next, stored.revision);
    else await this.#store.put(stored.key, next, stored.revision);
  }

  #watchObjects(definition: string): void {
    if (this.#leaving.has(definition)) return;
    const selection = { resource: definition, namespace: '' };
    const watch = this.#store.watch(selection, {
      since: this.#store.revision,
      onEvent: () => this.#queue.add(definition),
      onGone: () => {
        this.#leaving.delete(definition);
        this.#queue.add(definition);
      },
    });
    this.#leaving.set(definition, watch);
  }

  #definitions(): JsonObject[] {
    return this.#store.list({ resource: DEFINITIONS, namespace: '' }).items.map((stored) => stored.object());
  }

  /** The other definitions of a group, of which one has let go a name. */
  #enqueueGroup(name: string): void {
    const group = name.slice(name.indexOf('.') + 1);
    for (const other of this.#definitions()) {
      if (stringAt(other, 'spec', 'group') === group && nameOf(other) !== name) this.#queue.add(nameOf(other));
    }
  }
}

function acceptedOf(definition: JsonObject): JsonObject | undefined {
  return objectAt(definition, 'status', 'acceptedNames');
}
