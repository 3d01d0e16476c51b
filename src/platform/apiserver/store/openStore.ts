/**
 * The store of one process. Objects are in memory, and on disk before anybody sees them: writes that come in the same
 * turn of the event loop share one transaction, and each is answered after it.
 *
 * @example
 * const store = await openStore({ file: '.weir/apiserver/store.db', clock: systemClock });
 * const stored = await store.put({ resource: 'configmaps', namespace: 'shop', name: 'web' }, object, undefined);
 */

import type { Clock } from '../../../kubernetes/clock.ts';
import type { JsonObject } from '../../../kubernetes/json.ts';
import { type Log, SILENT } from '../../../kubernetes/log.ts';
import type { DatabaseOptions } from '../../database/openDatabase.ts';
import {
  alreadyExists,
  type Failure,
  internalError,
  modified,
  type Named,
  notFound,
  unavailable,
} from '../status/failure.ts';
import { Collection, pathOf } from './collection.ts';
import { Disk, type Write } from './disk.ts';
import { Change, History } from './history.ts';
import { listPage } from './list.ts';
import type { Expected, Key, ListOptions, Page, Selection, Store, Stored, Watch, WatchOptions } from './store.ts';
import { Parsed, type StoredObject, storedAt } from './stored.ts';
import { type Shared, Watcher } from './watcher.ts';

/** Hours of a cluster of one person, minutes of a busy one. */
const HISTORY_CHANGES = 20_000;
const BOOKMARK_MILLISECONDS = 60_000;

export interface StoreOptions extends DatabaseOptions {
  readonly clock: Clock;
  readonly log?: Log;
  /** How many changes are kept for watches and for lists that are read page by page. */
  readonly history?: number;
}

/** Opens the store, and makes one where there is none. @throws StoreError */
export async function openStore(options: StoreOptions): Promise<Store> {
  return new SqliteStore(options);
}

/** A write that waits for its transaction. */
interface Pending {
  readonly key: Key;
  readonly object: JsonObject;
  readonly expected: Expected;
  readonly isDeletion: boolean;
  resolve(stored: Stored): void;
  reject(error: unknown): void;
}

/** A write that is in the transaction. */
interface Prepared extends Write {
  readonly pending: Pending;
  readonly previous: StoredObject | undefined;
}

class SqliteStore implements Store {
  readonly #disk: Disk;
  readonly #parsed = new Parsed();
  readonly #history: History;
  readonly #collections = new Map<string, Collection>();
  readonly #watchers = new Map<string, Set<Watcher>>();
  readonly #shared: Shared;
  readonly #clock: Clock;
  #stopBookmarks: () => void;
  #pending: Pending[] = [];
  #isClosed = false;

  constructor({ clock, log = SILENT, history = HISTORY_CHANGES, ...disk }: StoreOptions) {
    this.#clock = clock;
    this.#disk = new Disk(disk);
    try {
      this.#history = new History(history, this.#disk.revision());
      for (const stored of this.#disk.objects(this.#parsed))
        this.#collection(stored.key.resource).set(pathOf(stored.key), stored);
    } catch (error) {
      this.#disk.close();
      throw error;
    }
    this.#shared = {
      history: this.#history,
      parsed: this.#parsed,
      log,
      leave: (watcher) => this.#watchers.get(watcher.resource)?.delete(watcher),
    };
    this.#stopBookmarks = this.#bookmarkLater();
  }

  get revision(): number {
    return this.#history.revision;
  }

  get(key: Key): Stored | undefined {
    return this.#collections.get(key.resource)?.get(pathOf(key));
  }

  list(selection: Selection, options: ListOptions = {}): Page {
    return listPage(this.#collections.get(selection.resource), this.#history, selection, options);
  }

  watch(selection: Selection, options: WatchOptions): Watch {
    const { since, initialEvents = false } = options;
    const beginsWithAll = since === undefined || initialEvents;
    if (!beginsWithAll) this.#history.mustReach(since);

    const initial = beginsWithAll ? this.list(selection).items : undefined;
    const watcher = new Watcher(selection, options, initial, this.#shared);
    this.#watchersOf(selection.resource).add(watcher);
    watcher.catchUp();
    return watcher;
  }

  put(key: Key, object: JsonObject, expected: Expected): Promise<Stored> {
    return this.#enqueue({ key, object, expected, isDeletion: false });
  }

  remove(key: Key, object: JsonObject, expected: number): Promise<Stored> {
    return this.#enqueue({ key, object, expected, isDeletion: true });
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#flush();
    this.#isClosed = true;
    this.#stopBookmarks();
    for (const watchers of this.#watchers.values()) for (const watcher of [...watchers]) watcher.end();
    this.#disk.close();
  }

  #enqueue(write: Omit<Pending, 'resolve' | 'reject'>): Promise<Stored> {
    if (this.#isClosed) return Promise.reject(unavailable('the store is closed'));
    return new Promise((resolve, reject) => {
      if (this.#pending.length === 0) setImmediate(() => this.#flush());
      this.#pending.push({ ...write, resolve, reject });
    });
  }

  /** One transaction for all that has come. Nothing here waits, so that no reader sees a part of it. */
  #flush(): void {
    if (this.#pending.length === 0) return;
    const prepared = this.#prepare(this.#pending);
    this.#pending = [];
    const last = prepared.at(-1);
    if (last === undefined) return;

    try {
      this.#disk.write(prepared, last.stored.revision);
    } catch (error) {
      const failure = internalError(this.#disk.explain(error));
      this.#shared.log.error({ err: error, writes: prepared.length }, failure.message);
      for (const { pending } of prepared) pending.reject(failure);
      return;
    }
    for (const each of prepared) this.#show(each);
    for (const { pending, stored } of prepared) pending.resolve(stored);
  }

  /** Those whose expectation holds, each after those before it. */
  #prepare(writes: readonly Pending[]): Prepared[] {
    const prepared: Prepared[] = [];
    const here = new Map<string, StoredObject | undefined>();
    let revision = this.revision;
    for (const pending of writes) {
      const { key, object, expected, isDeletion } = pending;
      const path = pathOf(key);
      const place = `${key.resource}/${path}`;
      const previous = here.has(place) ? here.get(place) : this.#collections.get(key.resource)?.get(path);
      const failure = unexpected(key, previous, expected);
      if (failure !== undefined) {
        pending.reject(failure);
        continue;
      }
      try {
        const stored = storedAt(previous?.key ?? { ...key }, object, revision + 1, this.#parsed);
        revision++;
        here.set(place, isDeletion ? undefined : stored);
        prepared.push({ pending, stored, isDeletion, previous });
      } catch (error) {
        pending.reject(error); // no JSON can be made of it
      }
    }
    return prepared;
  }

  /** Lets readers and watchers see a write, with everything as it was right after it. */
  #show({ stored, isDeletion, previous }: Prepared): void {
    const { resource } = stored.key;
    const collection = this.#collection(resource);
    const path = pathOf(stored.key);
    if (isDeletion) collection.delete(path);
    else collection.set(path, stored);

    const change = new Change(stored, previous, isDeletion);
    this.#history.append(change);
    for (const watcher of this.#watchers.get(resource) ?? []) watcher.notice(change);
  }

  #bookmarkLater(): () => void {
    return this.#clock.after(BOOKMARK_MILLISECONDS, () => {
      for (const watchers of this.#watchers.values()) for (const watcher of watchers) watcher.bookmark();
      this.#stopBookmarks = this.#bookmarkLater();
    });
  }

  #collection(resource: string): Collection {
    return madeOnce(this.#collections, resource, () => new Collection());
  }

  #watchersOf(resource: string): Set<Watcher> {
    return madeOnce(this.#watchers, resource, () => new Set());
  }
}

function unexpected(key: Key, present: Stored | undefined, expected: Expected): Failure | undefined {
  if (present?.revision === expected) return undefined;
  const resource = namedBy(key.resource);
  if (expected === undefined) return alreadyExists(resource, key.name);
  return present === undefined ? notFound(resource, key.name) : modified(resource, key.name);
}

/** `deployments.apps`: the plural ends at the first dot. */
function namedBy(resource: string): Named {
  const dot = resource.indexOf('.');
  return dot < 0 ? { plural: resource, group: '' } : { plural: resource.slice(0, dot), group: resource.slice(dot + 1) };
}

function madeOnce<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const present = map.get(key);
  if (present !== undefined) return present;
  const made = make();
  map.set(key, made);
  return made;
}
