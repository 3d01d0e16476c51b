/** What reads for each KafkaSource now. */
import {
  type Reader,
  type ReaderOptions,
  type ReaderState,
  startReader,
} from '../../../../src/platform/eventing/kafka/reader.ts';

export interface WantedReader {
  /** Another one begins anew; what is not part of it counts from the next record on. */
  readonly version: string;
  /** How many members of its group. */
  readonly count: number;
  readonly options: Omit<ReaderOptions, 'onState'>;
}

interface Running {
  readonly version: string;
  readonly readers: readonly Reader[];
  readonly states: (ReaderState | undefined)[];
}

/** What is being delivered when a source changes, or goes. */
const DRAIN_MS = 2000;

export class Readers {
  readonly #running = new Map<string, Running>();
  /** What ended and is still at it, by the source: another begins after it. */
  readonly #ending = new Map<string, Promise<void>>();
  readonly #start: typeof startReader;

  constructor(start = startReader) {
    this.#start = start;
  }

  /** @param onState is called when `stateOf` gives something else */
  set(key: string, wanted: WantedReader, onState: () => void): void {
    if (this.#running.get(key)?.version === wanted.version) return;
    void this.remove(key);
    const states: (ReaderState | undefined)[] = Array.from({ length: wanted.count }, () => undefined);
    const before = this.#ending.get(key) ?? Promise.resolve();
    const readers = states.map((_, index) =>
      later(before, () =>
        this.#start({
          ...wanted.options,
          onState(state) {
            states[index] = state;
            onState();
          },
        }),
      ),
    );
    this.#running.set(key, { version: wanted.version, readers, states });
  }

  /** The first that failed, as long as one did, or that does not read all; undefined until all read. */
  stateOf(key: string): ReaderState | undefined {
    const states = this.#running.get(key)?.states ?? [];
    for (const is of ['failed', 'partly'] as const) {
      const found = states.find((state) => state?.is === is);
      if (found !== undefined) return found;
    }
    return states.every((state) => state !== undefined) ? { is: 'reading' } : undefined;
  }

  /** How many of its members read. */
  countOf(key: string): number {
    const states = this.#running.get(key)?.states ?? [];
    return states.filter((state) => state !== undefined && state.is !== 'failed').length;
  }

  has(key: string): boolean {
    return this.#running.has(key);
  }

  /** @param isForEver where the source is gone */
  remove(key: string, isForEver = false): Promise<void> {
    const running = this.#running.get(key);
    if (running === undefined) return this.#ending.get(key) ?? Promise.resolve();
    this.#running.delete(key);
    const before = this.#ending.get(key) ?? Promise.resolve();
    const over = Promise.all([before, stopAll(running, DRAIN_MS, isForEver)]).then(() => {
      if (this.#ending.get(key) === over) this.#ending.delete(key);
    });
    this.#ending.set(key, over);
    return over;
  }

  async stop(withinMs: number): Promise<void> {
    const all = [...this.#running.values()].map((running) => stopAll(running, withinMs, false));
    this.#running.clear();
    await Promise.all([...all, ...this.#ending.values()]);
  }
}

async function stopAll({ readers }: Running, withinMs: number, isForEver: boolean): Promise<void> {
  const [first, ...others] = readers;
  const over = Promise.all(others.map((reader) => reader.stop(withinMs)));
  // a group is forgotten by its last member: Kafka keeps one that has any
  if (isForEver) await over;
  await Promise.all([over, first?.stop(withinMs, isForEver)]);
}

/** One that begins when something else is over, and can be stopped before. */
function later(before: Promise<void>, start: () => Reader): Reader {
  let isStopped = false;
  const started = before.then(() => (isStopped ? undefined : start()));
  return {
    async stop(withinMs, isForEver) {
      isStopped = true;
      await (await started)?.stop(withinMs, isForEver);
    },
  };
}
