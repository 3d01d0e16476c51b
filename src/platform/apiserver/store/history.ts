/**
 * The changes of the last while, of all resources, in the order of their revisions. Watches are read from it, and what
 * stood at an earlier revision. It begins when the store opens, and lets go of its oldest end.
 */
import { expired } from '../status/failure.ts';
import type { WatchEvent } from './store.ts';
import { movedTo, type Parsed, type StoredObject } from './stored.ts';

/** What was before a change is in memory for the history's sake alone: no more of it than this. */
const PAST_CHARACTERS = 24 * 1024 * 1024;

/** One write. Its events are made when somebody asks, and once. */
export class Change {
  /** What stands since; undefined where it is gone. */
  readonly stored: StoredObject | undefined;
  /** What stood before. */
  readonly previous: StoredObject | undefined;
  /** Of a deletion: the last state, at the revision of the deletion. */
  readonly last: StoredObject | undefined;
  readonly revision: number;
  readonly resource: string;
  #added: WatchEvent | undefined;
  #modified: WatchEvent | undefined;
  #deleted: WatchEvent | undefined;

  constructor(written: StoredObject, previous: StoredObject | undefined, isDeletion: boolean) {
    this.stored = isDeletion ? undefined : written;
    this.last = isDeletion ? written : undefined;
    this.previous = previous;
    this.revision = written.revision;
    this.resource = written.key.resource;
  }

  /** Characters that are in memory because of this change alone. */
  get past(): number {
    return (this.previous?.json.length ?? 0) + (this.last?.json.length ?? 0);
  }

  added(stored: StoredObject): WatchEvent {
    this.#added ??= { type: 'ADDED', stored };
    return this.#added;
  }

  modified(stored: StoredObject): WatchEvent {
    this.#modified ??= { type: 'MODIFIED', stored };
    return this.#modified;
  }

  deleted(previous: StoredObject, parsed: Parsed): WatchEvent {
    this.#deleted ??= { type: 'DELETED', stored: this.last ?? movedTo(previous, this.revision, parsed) };
    return this.#deleted;
  }
}

export class History {
  readonly #limit: number;
  #changes: Change[] = [];
  #first = 0;
  #past = 0;
  #revision: number;
  #floor: number;

  /** @param limit how many changes are kept @param revision the one that the store opens with */
  constructor(limit: number, revision: number) {
    this.#limit = limit;
    this.#revision = revision;
    this.#floor = revision;
  }

  /** Of the last change. */
  get revision(): number {
    return this.#revision;
  }

  /** All changes after it are known. */
  get floor(): number {
    return this.#floor;
  }

  append(change: Change): void {
    this.#changes.push(change);
    this.#revision = change.revision;
    this.#past += change.past;
    while (this.#changes.length - this.#first > this.#limit || this.#past > PAST_CHARACTERS) this.#dropOldest();
    if (this.#first > 1000 && this.#first * 2 > this.#changes.length) {
      this.#changes = this.#changes.slice(this.#first);
      this.#first = 0;
    }
  }

  #dropOldest(): void {
    const oldest = this.#changes[this.#first++];
    if (oldest === undefined) return;
    this.#floor = oldest.revision;
    this.#past -= oldest.past;
  }

  /**
   * A revision that is yet to come is of another store, one that stood here before: who waited for it would be told
   * nothing until so much has been written again. (A kube-apiserver lets them wait.)
   *
   * @throws Failure 410, as k8s.io/apiserver pkg/storage/cacher/watch_cache.go does
   */
  mustReach(revision: number): void {
    if (revision < this.#floor) throw expired(`too old resource version: ${revision} (${this.#floor})`);
    if (revision > this.#revision) throw expired(`too large resource version: ${revision} (${this.#revision})`);
  }

  /** The first change after the revision. */
  next(revision: number): Change | undefined {
    return this.#changes[this.#indexAfter(revision)];
  }

  /** All after the revision, the newest first. */
  *backTo(revision: number): Generator<Change> {
    const end = this.#indexAfter(revision);
    for (let index = this.#changes.length - 1; index >= end; index--) {
      const change = this.#changes[index];
      if (change !== undefined) yield change;
    }
  }

  /** All after the revision, also those that come while it runs. */
  *after(revision: number): Generator<Change> {
    for (let change = this.next(revision); change !== undefined; change = this.next(change.revision)) yield change;
  }

  #indexAfter(revision: number): number {
    let low = this.#first;
    let high = this.#changes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#changes[middle]?.revision ?? 0) <= revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
