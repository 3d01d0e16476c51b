/** Objects by resource, namespace and name: on disk, in memory, and as a history that watches follow. */
import type { JsonObject } from '../../../kubernetes/json.ts';

/** Where an object stands. `resource` is Resource.storedAs; `namespace` is empty where the resource has none. */
export interface Key {
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

/** An object as it was at one revision. Its text is kept, and parsed when somebody asks. */
export interface Stored {
  readonly key: Key;
  readonly uid: string;
  /** The revision that wrote it: `metadata.resourceVersion` in `json` is this number. */
  readonly revision: number;
  readonly labels: Readonly<Record<string, string>>;
  /** The whole object as JSON, resourceVersion included. */
  readonly json: string;
  /** Parsed on the first call and kept for a while; never to be changed. */
  object(): JsonObject;
}

/** What stands at the key before a write: `undefined`, nothing; a number, the object at that revision. */
export type Expected = number | undefined;

/** A selection of one collection. */
export interface Selection {
  readonly resource: string;
  /** Empty: all namespaces. */
  readonly namespace: string;
  /** Called with labels and, only where needed, the object. */
  readonly matches?: (stored: Stored) => boolean;
}

export interface ListOptions {
  readonly limit?: number;
  /** The token of the page before. */
  readonly continue?: string;
  /** The oldest acceptable state, or with `exact` the very one. */
  readonly revision?: number;
  readonly exact?: boolean;
}

export interface Page {
  readonly items: readonly Stored[];
  readonly revision: number;
  readonly continue?: string;
  /** How many are left after this page; absent with a selector, as in Kubernetes. */
  readonly remaining?: number;
}

/**
 * One change as a watcher sees it. All watchers that see the same get the very same event, so that what is made of it
 * (a line of a stream) can be kept beside it, in a WeakMap, and made once.
 */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** DELETED: the last state that was selected, with the revision of the change as resourceVersion. */
  readonly stored: Stored;
}

export interface WatchOptions {
  /** Events after this revision; undefined: the present objects as ADDED first, then what comes. */
  readonly since?: number;
  /** The present objects first, then a bookmark that says so (`sendInitialEvents`). */
  readonly initialEvents?: boolean;
  /**
   * Called before `watch` returns with what is known already, and later before the write that is told resolves.
   *
   * @param watch the one that the event belongs to: who can take no more for now pauses it
   */
  readonly onEvent: (event: WatchEvent, watch: Watch) => void;
  /** A revision that the watcher has seen everything up to: after the initial events, and about once a minute. */
  readonly onBookmark?: (revision: number, watch: Watch) => void;
  /** The watcher paused for longer than the history reaches, or threw, or the store closes: it must list again. */
  readonly onGone?: () => void;
}

export interface Watch {
  /** All changes up to it have been told, for a bookmark at any time. */
  readonly revision: number;
  stop(): void;
  /** Holds back what comes. Nothing is queued: the shared history is read on from the same place. */
  pause(): void;
  resume(): void;
}

/** The reading side, for those that must not write. */
export interface Reader {
  /** The revision of the last write. */
  readonly revision: number;
  get(key: Key): Stored | undefined;
  /**
   * In the order of namespace and name. All pages of one list show the state of the first.
   *
   * @throws Failure 410 where the continue token or the exact revision is older than the history, 400 where the token
   *   is none, 504 where the revision is yet to come
   */
  list(selection: Selection, options?: ListOptions): Page;
  /**
   * An object that is selected before and not after a change is DELETED for this watcher, and the other way around.
   *
   * @throws Failure 410 where `since` is older than the history, or yet to come
   */
  watch(selection: Selection, options: WatchOptions): Watch;
}

export interface Store extends Reader {
  /**
   * Writes an object that is as expected; its resourceVersion is set here. Resolves when it is durable; readers and
   * watchers see it no earlier.
   *
   * @throws Failure 409 where something else stands at the key: AlreadyExists, Conflict, or 404 where nothing does;
   *   500 where the disk does not take it (then nothing has changed)
   */
  put(key: Key, object: JsonObject, expected: Expected): Promise<Stored>;
  /** @param object its last state, which watchers are told @throws as `put` */
  remove(key: Key, object: JsonObject, expected: number): Promise<Stored>;
  close(): Promise<void>;
}
