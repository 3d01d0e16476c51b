/**
 * The keys that a controller still has to look at, as client-go's util/workqueue: a key waits at most once, is worked on
 * by one worker at a time, and one that is added meanwhile is worked on again afterwards. What failed waits for longer
 * each time, for itself alone.
 */
import { Alarms } from './alarms.ts';
import type { Clock } from './clock.ts';

export interface WorkQueueOptions {
  /** Says when a moment has come. */
  readonly clock: Clock;
  /** Measures how long something takes or has to wait; `clock` unless set. */
  readonly steady?: Clock;
  /** At least 0, less than 1: Math.random. */
  readonly random: () => number;
  /** How long a key waits after its first failure, doubled with each further one; 5 ms unless set. */
  readonly firstMs?: number;
  /** 5 minutes unless set. */
  readonly mostMs?: number;
  /** A key may be taken: called when one comes, never while it is taken. */
  readonly onReady?: () => void;
  readonly observer?: QueueObserver;
}

/** Hears of what a queue does, for metrics. */
export interface QueueObserver {
  added(): void;
  /** @param seconds for which the key had waited */
  taken(seconds: number): void;
  /** @param seconds for which it was worked on */
  worked(seconds: number): void;
  retried(): void;
}

const FIRST_MS = 5;
const MOST_MS = 300_000;
const NOBODY: QueueObserver = { added: () => {}, taken: () => {}, worked: () => {}, retried: () => {} };

export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #steady: Clock;
  readonly #observer: QueueObserver;
  /** The keys that may be taken, with the moment at which each came. */
  readonly #ready = new Map<string, number>();
  /** The same keys in the order in which they came: a Map whose first entries go one by one is slow to begin with. */
  readonly #order = new Line();
  /** The keys that are worked on, with the moment at which each was taken. */
  readonly #working = new Map<string, number>();
  /** Worked on, and added meanwhile. */
  readonly #dirty = new Set<string>();
  readonly #failures = new Map<string, number>();
  /** Who is to be looked at at a moment, and who after a failure. */
  readonly #moments: Alarms;
  readonly #retries: Alarms;
  #isStopped = false;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
    this.#steady = options.steady ?? options.clock;
    this.#observer = options.observer ?? NOBODY;
    this.#moments = new Alarms(options.clock, (key) => this.add(key));
    this.#retries = new Alarms(this.#steady, (key) => this.add(key));
  }

  /** How many may be taken. */
  get depth(): number {
    return this.#ready.size;
  }

  /** How many are worked on. */
  get working(): number {
    return this.#working.size;
  }

  /** How many wait because they failed. */
  get retrying(): number {
    return this.#retries.size;
  }

  /** How many wait for a moment. */
  get waiting(): number {
    return this.#moments.size;
  }

  /** How often in a row the key failed. */
  failuresOf(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  /** The keys that wait because they failed. */
  failing(): readonly string[] {
    return [...this.#retries.keys()];
  }

  /** When the next key that waits for a moment is looked at. */
  nextMoment(): Date | undefined {
    const next = this.#moments.next();
    return next === undefined ? undefined : new Date(next);
  }

  /** Seconds for which each key that is worked on has been. */
  unfinished(): readonly number[] {
    const now = this.#now();
    return [...this.#working.values()].map((since) => Math.max(0, now - since) / 1000);
  }

  /** To be looked at as soon as there is a worker. */
  add(key: string): void {
    if (this.#isStopped || this.#ready.has(key) || this.#dirty.has(key)) return;
    this.#observer.added();
    if (this.#working.has(key)) {
      this.#dirty.add(key);
      return;
    }
    this.#makeReady(key);
  }

  /** To be looked at at a moment, unless it is looked at before; an earlier call counts no more. */
  addAt(key: string, at: Date): void {
    if (!this.#isStopped) this.#moments.set(key, at.getTime());
  }

  /** The key that has waited longest; it is worked on from now until `done`, `failed` or `giveBack`. */
  take(): string | undefined {
    const key = this.#order.shift();
    if (key === undefined) return undefined;
    const now = this.#now();
    const since = this.#ready.get(key) ?? now;
    this.#ready.delete(key);
    // whatever it waited for, it is looked at now
    this.#moments.clear(key);
    this.#retries.clear(key);
    this.#working.set(key, now);
    this.#observer.taken(Math.max(0, now - since) / 1000);
    return key;
  }

  /** It was looked at. @param again when to look again, whatever happens */
  done(key: string, again?: Date): void {
    this.#failures.delete(key);
    if (again !== undefined) this.addAt(key, again);
    this.#end(key);
  }

  /** It could not be looked at: it is tried again after a while. @param atLeastMs asked for by whoever refused */
  failed(key: string, atLeastMs = 0): void {
    const { random, firstMs = FIRST_MS, mostMs = MOST_MS } = this.#options;
    const failures = this.failuresOf(key);
    this.#failures.set(key, failures + 1);
    const bound = Math.min(mostMs, firstMs * 2 ** failures);
    // half of it at random, so that keys that failed together come back one by one
    const wait = Math.max(atLeastMs, bound / 2 + (bound / 2) * random());
    this.#observer.retried();
    // who changed what it was about shall not be a way around the wait: a key that writes and fails would never rest
    this.#dirty.delete(key);
    if (!this.#isStopped) this.#retries.set(key, this.#now() + wait);
    this.#end(key);
  }

  /** Nobody looked at it, and it is nobody's fault: it may be taken again at once. */
  giveBack(key: string): void {
    this.#dirty.add(key);
    this.#end(key);
  }

  stop(): void {
    this.#isStopped = true;
    this.#moments.stop();
    this.#retries.stop();
    this.#ready.clear();
    this.#order.clear();
    this.#dirty.clear();
  }

  #end(key: string): void {
    const since = this.#working.get(key);
    if (since === undefined) return;
    this.#working.delete(key);
    this.#observer.worked(Math.max(0, this.#now() - since) / 1000);
    if (this.#dirty.delete(key) && !this.#isStopped) this.#makeReady(key);
  }

  #makeReady(key: string): void {
    this.#ready.set(key, this.#now());
    this.#order.push(key);
    this.#options.onReady?.();
  }

  #now(): number {
    return this.#steady.now().getTime();
  }
}

/** First in, first out. */
class Line {
  #keys: string[] = [];
  #head = 0;

  push(key: string): void {
    this.#keys.push(key);
  }

  shift(): string | undefined {
    const key = this.#keys[this.#head];
    if (key === undefined) return undefined;
    this.#head++;
    if (this.#head * 2 > this.#keys.length) {
      this.#keys = this.#keys.slice(this.#head);
      this.#head = 0;
    }
    return key;
  }

  clear(): void {
    this.#keys = [];
    this.#head = 0;
  }
}
