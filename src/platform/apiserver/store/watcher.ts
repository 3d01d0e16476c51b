/** One watch: first what stands, or what has happened since; then every change as it comes. */
import type { Log } from '../../../kubernetes/log.ts';
import type { Change, History } from './history.ts';
import type { Selection, Stored, Watch, WatchEvent, WatchOptions } from './store.ts';
import type { Parsed, StoredObject } from './stored.ts';

/** What all watches of a store have in common. */
export interface Shared {
  readonly history: History;
  readonly parsed: Parsed;
  readonly log: Log;
  leave(watcher: Watcher): void;
}

export class Watcher implements Watch {
  readonly #selection: Selection;
  readonly #options: WatchOptions;
  readonly #shared: Shared;
  /** What is still to be told as ADDED; it shares the texts with the store. */
  #initial: readonly Stored[];
  #told = 0;
  #owesBookmark: boolean;
  #seen: number;
  #state: 'live' | 'behind' | 'paused' | 'stopped' = 'behind';

  /** @param initial what stands at the history's revision, where the watch begins with it */
  constructor(selection: Selection, options: WatchOptions, initial: readonly Stored[] | undefined, shared: Shared) {
    this.#selection = selection;
    this.#options = options;
    this.#shared = shared;
    this.#initial = initial ?? [];
    this.#owesBookmark = options.initialEvents === true;
    this.#seen = initial === undefined ? (options.since ?? shared.history.revision) : shared.history.revision;
  }

  get resource(): string {
    return this.#selection.resource;
  }

  get revision(): number {
    return this.#state === 'live' ? Math.max(this.#seen, this.#shared.history.revision) : this.#seen;
  }

  stop(): void {
    this.#state = 'stopped';
    this.#initial = [];
    this.#shared.leave(this);
  }

  pause(): void {
    if (this.#state === 'stopped') return;
    this.#seen = this.revision; // of other resources' changes a watch that is live takes no note
    this.#state = 'paused';
  }

  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'behind';
    this.catchUp();
  }

  /** Ends it from the store's side. */
  end(): void {
    if (this.#state === 'stopped') return;
    this.stop();
    this.#options.onGone?.();
  }

  /** Tells all that is known, until the watcher pauses. */
  catchUp(): void {
    while (this.#state === 'behind' && this.#told < this.#initial.length) {
      const stored = this.#initial[this.#told++];
      if (stored !== undefined) this.#guard(() => this.#options.onEvent({ type: 'ADDED', stored }, this));
    }
    if (this.#state !== 'behind') return;
    this.#initial = [];
    this.#told = 0;

    if (this.#owesBookmark) {
      this.#owesBookmark = false;
      this.bookmark();
      if (this.#state !== 'behind') return;
    }
    if (this.#seen < this.#shared.history.floor) {
      this.end();
      return;
    }
    for (const change of this.#shared.history.after(this.#seen)) {
      this.#take(change);
      if (this.#state !== 'behind') return;
    }
    this.#state = 'live';
  }

  /** A change that has just been made; who is behind finds it in the history. */
  notice(change: Change): void {
    if (this.#state === 'live') this.#take(change);
  }

  /** Says how far it has come, where somebody wants to know. */
  bookmark(): void {
    if (this.#state === 'paused' || this.#state === 'stopped') return;
    this.#guard(() => this.#options.onBookmark?.(this.revision, this));
  }

  /** A watcher that throws has lost its place; the write that it was told of and the other watchers have not. */
  #take(change: Change): void {
    if (change.revision <= this.#seen) return; // part of the initial state
    this.#seen = change.revision;
    if (change.resource !== this.#selection.resource) return;
    this.#guard(() => {
      const event = this.#eventOf(change);
      if (event !== undefined) this.#options.onEvent(event, this);
    });
  }

  /** What the change is to this watcher, which knows of nothing outside of its selection. */
  #eventOf(change: Change): WatchEvent | undefined {
    const before = this.#selected(change.previous);
    const after = this.#selected(change.stored);
    if (after !== undefined) return before === undefined ? change.added(after) : change.modified(after);
    return before === undefined ? undefined : change.deleted(before, this.#shared.parsed);
  }

  #selected(stored: StoredObject | undefined): StoredObject | undefined {
    if (stored === undefined) return undefined;
    const { namespace, matches } = this.#selection;
    if (namespace !== '' && stored.key.namespace !== namespace) return undefined;
    return matches === undefined || matches(stored) ? stored : undefined;
  }

  #guard(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.#shared.log.error({ err: error, resource: this.resource }, 'a watch has thrown and is ended');
      this.end();
    }
  }
}
