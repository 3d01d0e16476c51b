/**
 * What takes time and is asked for in a round: whoever answers at once is heard in the same round, whoever does not is
 * waited for outside of it, so that a Prometheus that is slow holds up no other rollout, nor the way back of its own.
 */
import type { Clock } from '../../src/kubernetes/clock.ts';

interface Work<Result> {
  readonly about: string;
  readonly ending: AbortController;
  readonly ended: Promise<void>;
  /** A round waits for it at this moment. */
  isAwaited: boolean;
  result: Result | undefined;
}

/** So long a round waits for an answer. */
const GRACE_MS = 250;

export class InBackground<Result> {
  readonly #clock: Clock;
  readonly #enqueue: (key: string) => void;
  readonly #works = new Map<string, Work<Result>>();

  constructor(clock: Clock, enqueue: (key: string) => void) {
    this.#clock = clock;
    this.#enqueue = enqueue;
  }

  /** What an earlier round began, and is there by now: handed out once. What is about something else is ended. */
  take(key: string, about: string | undefined): Result | undefined {
    const work = this.#works.get(key);
    if (work === undefined) return undefined;
    if (work.about !== about) {
      work.ending.abort();
      this.#works.delete(key);
      return undefined;
    }
    if (work.result === undefined) return undefined;
    this.#works.delete(key);
    return work.result;
  }

  /** Begins, unless it is under way, and waits for a moment. The key is looked at again when it ends. */
  async ask(key: string, about: string, begin: (signal: AbortSignal) => Promise<Result>): Promise<Result | undefined> {
    const known = this.#works.get(key);
    const work = known?.about === about ? known : this.#begin(key, about, begin);
    work.isAwaited = true;
    await this.#moment(work.ended);
    work.isAwaited = false;
    return this.take(key, about);
  }

  #begin(key: string, about: string, begin: (signal: AbortSignal) => Promise<Result>): Work<Result> {
    this.#works.get(key)?.ending.abort();
    const ending = new AbortController();
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const work: Work<Result> = { about, ending, ended, isAwaited: false, result: undefined };
    this.#works.set(key, work);
    const end = (result: Result | undefined): void => {
      work.result = result;
      // whoever never comes back must not be waited for for ever
      if (result === undefined && this.#works.get(key) === work) this.#works.delete(key);
      resolve();
      if (!work.isAwaited && !ending.signal.aborted) this.#enqueue(key);
    };
    begin(ending.signal).then(end, () => end(undefined));
    return work;
  }

  async #moment(ended: Promise<void>): Promise<void> {
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const cancel = this.#clock.after(GRACE_MS, resolve);
    await Promise.race([ended, over]);
    cancel();
  }
}
