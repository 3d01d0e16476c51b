/**
 * A cache of one resource that follows the API server: listed once, then watched. client-go calls it a Reflector
 * (tools/cache/reflector.go). It never gives up: whatever fails is tried again, and the cache keeps what it last knew.
 */
import { type Clock, pause } from '../clock.ts';
import { type JsonObject, stringAt } from '../json.ts';
import type { Keep } from '../keep.ts';
import type { Log } from '../log.ts';
import type { Client } from './client.ts';
import { DecodingError, errorOfStatus, isNotFound } from './errors.ts';
import { Listing } from './listing.ts';
import { Mirror } from './mirror.ts';
import { fullName, type Resource } from './resource.ts';
import { Setbacks } from './setbacks.ts';
import type { Store } from './store.ts';
import { UnservedWait } from './unserved.ts';
import { vigilantWatch } from './vigilantWatch.ts';
import type { Selection, WatchEvent } from './watch.ts';

export interface ListWatchOptions extends Selection {
  readonly client: Client;
  readonly resource: Resource;
  /** Tried in their order where the server does not have the resource in its version. */
  readonly otherVersions?: readonly string[];
  /** What of an object is kept; `metadata.managedFields` is gone already, unless it is asked for. */
  readonly keep?: Keep;
  /** For who wants to know who wrote what: `keep` is shown it, and says what of it is kept. */
  readonly seesManagedFields?: boolean;
  readonly pageSize?: number;
  readonly clock: Clock;
  /** At least 0, less than 1: Math.random. */
  readonly random: () => number;
  readonly log: Log;
}

export interface ListWatch {
  /** In the version in which the server has it. */
  readonly resource: Resource;
  readonly store: Store;
  /** True from the first complete list on, also where the server has no such resource. */
  hasSynced(): boolean;
  /** Resolves at the first complete list, or when it is stopped. */
  readonly synced: Promise<void>;
  /** False where the server has no such resource: its CustomResourceDefinition is not installed. */
  isServed(): boolean;
  /**
   * Hears from now on when it is first known whether the server has the resource, and whenever that changes; the result
   * ends that. An empty list changes nothing in the store, and yet says that nothing is there.
   */
  onServed(listener: () => void): () => void;
  /** Asks again at once where the server had no such resource, for whoever has reason to think that it has by now. */
  lookAgain(): void;
  /** True from `lookAgain` until the server has answered. */
  isLookingAgain(): boolean;
  /** When the server last said anything of the resource, a bookmark too, which comes about once a minute. */
  lastHeard(): Date | undefined;
  /** The resourceVersion up to which the server told of everything; undefined before the first list, and while it is listed anew. */
  version(): string | undefined;
  /** Takes over what the server answered to a write, so that who looks at the store does not write it again. */
  wrote(object: JsonObject): void;
  /** Ends requests and timers at once. */
  stop(): void;
}

/** Starts at once. */
export function listWatch(options: ListWatchOptions): ListWatch {
  return new Follower(options);
}

/** A watch that was up for this long was a good one. */
const GOOD_MS = 1_000;

class Follower implements ListWatch {
  readonly synced: Promise<void>;

  readonly #options: ListWatchOptions;
  readonly #mirror: Mirror;
  readonly #listing: Listing;
  readonly #selection: Selection;
  readonly #ending = new AbortController();
  readonly #setbacks: Setbacks;
  #hasSynced = false;
  readonly #unserved: UnservedWait;
  #heardAt: Date | undefined;
  /** From where to watch; undefined where everything has to be listed. */
  #version: string | undefined;
  /** How often in a row the server said that it has no such resource. */
  #absences = 0;
  #tellSynced: () => void = () => {};
  readonly #servedListeners = new Set<() => void>();

  constructor(options: ListWatchOptions) {
    this.#options = options;
    this.#selection = selectionOf(options);
    this.#mirror = new Mirror({
      selection: this.#selection,
      ...(options.keep === undefined ? {} : { keep: options.keep }),
      ...(options.seesManagedFields === undefined ? {} : { seesManagedFields: options.seesManagedFields }),
    });
    const { client, resource, otherVersions, pageSize } = options;
    this.#listing = new Listing({
      client,
      resource,
      selection: this.#selection,
      kept: (object) => this.#mirror.listed(object),
      onProgress: () => this.#heard(),
      signal: this.#ending.signal,
      ...(otherVersions === undefined ? {} : { otherVersions }),
      ...(pageSize === undefined ? {} : { pageSize }),
    });
    this.#unserved = new UnservedWait(options.clock, options.random, this.#ending.signal);
    this.#setbacks = new Setbacks({
      name: () => fullName(this.resource),
      about: () => this.#about(),
      random: options.random,
      log: options.log,
    });
    this.synced = new Promise((resolve) => {
      this.#tellSynced = resolve;
    });
    void this.#run();
  }

  get resource(): Resource {
    return this.#listing.resource;
  }

  get store(): Store {
    return this.#mirror.store;
  }

  hasSynced(): boolean {
    return this.#hasSynced;
  }

  isServed(): boolean {
    return this.#unserved.isServed;
  }

  onServed(listener: () => void): () => void {
    // the same function may listen twice
    const own = (): void => listener();
    this.#servedListeners.add(own);
    return () => void this.#servedListeners.delete(own);
  }

  lookAgain(): void {
    this.#unserved.lookAgain();
  }

  isLookingAgain(): boolean {
    return this.#unserved.isLookingAgain;
  }

  lastHeard(): Date | undefined {
    return this.#heardAt;
  }

  version(): string | undefined {
    return this.#version;
  }

  wrote(object: JsonObject): void {
    this.#mirror.wrote(object, this.resource, this.#version ?? '');
  }

  stop(): void {
    this.#ending.abort();
    this.#tellSynced();
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#ending;
    while (!signal.aborted) {
      const wait = await this.#oneRound();
      if (wait <= 0) continue;
      if (this.isServed()) await pause(clock, wait, signal);
      else await this.#unserved.wait(wait);
    }
  }

  /** Lists where that is due, and watches until the watch ends; gives the milliseconds to wait before the next round. */
  async #oneRound(): Promise<number> {
    try {
      if (this.#version === undefined) await this.#list();
    } catch (error) {
      return this.#afterFailedList(error);
    }
    const since = this.#options.clock.now().getTime();
    let isClean = false;
    let failure: unknown;
    try {
      await this.#watch();
      isClean = true;
    } catch (error) {
      failure = error;
    }
    if (this.#ending.signal.aborted) return 0;

    const wasGood = this.#options.clock.now().getTime() - since >= GOOD_MS;
    if (isClean) return this.#setbacks.afterEnd(wasGood);
    const { wait, listsAnew } = this.#setbacks.afterWatch(failure, wasGood);
    if (listsAnew) this.#version = undefined;
    return wait;
  }

  async #list(): Promise<void> {
    const listed = await this.#listing.list();
    if (this.#ending.signal.aborted) return;
    this.#mirror.replace(listed);
    this.#version = listed.version;
    this.#setbacks.listed();
    this.#absences = 0;
    this.#becomeSynced(true);
  }

  #watch(): Promise<void> {
    const { client, clock, random } = this.#options;
    return vigilantWatch({
      client,
      clock,
      random,
      resource: this.resource,
      selection: this.#selection,
      version: this.#version ?? '',
      signal: this.#ending.signal,
      onBytes: () => this.#heard(),
      take: (event) => this.#take(event),
    });
  }

  #take({ type, object }: WatchEvent): void {
    if (type === 'ERROR') throw errorOfStatus(object, { status: 500, message: 'the watch failed without a reason' });
    const version = stringAt(object, 'metadata', 'resourceVersion');
    if (version === undefined) throw new DecodingError(`a watch of ${fullName(this.resource)} gave no resourceVersion`);

    if (type === 'DELETED') this.#mirror.delete(object, version);
    else if (type !== 'BOOKMARK') this.#mirror.set(object, version);
    this.#version = version;
    this.#setbacks.progressed();
  }

  #heard(): void {
    this.#heardAt = this.#options.clock.now();
  }

  #becomeSynced(isServed: boolean): void {
    const isNews = !this.#hasSynced || isServed !== this.isServed();
    this.#unserved.answered(isServed);
    this.#hasSynced = true;
    this.#tellSynced();
    if (!isNews) return;
    for (const listener of [...this.#servedListeners]) listener();
  }

  #afterFailedList(error: unknown): number {
    if (this.#ending.signal.aborted) return 0;
    if (isNotFound(error) && this.#isAbsent()) return this.#unserved.next();
    return this.#setbacks.afterList(error);
  }

  /** The server has no such resource. Where it just had objects it must say so twice: one that starts up may err. */
  #isAbsent(): boolean {
    this.#heard();
    this.#absences++;
    if (this.store.size > 0 && this.#absences === 1) return false;

    const name = fullName(this.resource);
    if (this.isServed())
      this.#options.log.info(this.#about(), `the API server has no ${name}; looking again each minute`);
    this.store.replace([]);
    this.#becomeSynced(false);
    return true;
  }

  #about(): object {
    return { resource: fullName(this.resource), objects: this.store.size, hasSynced: this.#hasSynced };
  }
}

function selectionOf({ namespace, fieldSelector, labelSelector }: ListWatchOptions): Selection {
  return {
    ...(namespace === undefined ? {} : { namespace }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
    ...(labelSelector === undefined ? {} : { labelSelector }),
  };
}
