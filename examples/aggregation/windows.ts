/**
 * Values in windows of time. A window is of the time at which something happened (`time` of its event), whenever its event
 * comes, and what time it is now the ticks say: so that the same events give the same sums, also on a bad day and once more.
 */
export interface Measured {
  /** Of its event, the same for each copy: source and id. */
  readonly name: string;
  readonly metric: string;
  /** When it was measured, in milliseconds since 1970. */
  readonly time: number;
  readonly value: number;
}

export interface Window {
  readonly metric: string;
  /** Milliseconds since 1970; it holds what is at `from` and before `to`. */
  readonly from: number;
  readonly to: number;
}

export interface Summary extends Window {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

/** Each of these is one step of the store: all of it is done, or nothing. */
export interface WindowStore {
  /** Keeps a value under its event's name. A second one of that name changes nothing. */
  keep(window: Window, name: string, value: number): Promise<void>;
  values(window: Window): Promise<readonly number[]>;
  /** Windows that are kept and end at the moment, or before it. */
  endedBy(moment: number): Promise<readonly Window[]>;
  /** How many values there are, and how many there were when the window was told of last. */
  counts(window: Window): Promise<{ readonly values: number; readonly told: number }>;
  markTold(window: Window, values: number): Promise<void>;
  forget(window: Window): Promise<void>;
  /** Brings the clock to the moment, unless it is further already. @returns what it says then */
  advance(moment: number): Promise<number>;
  clock(): Promise<number>;
}

export interface Lengths {
  readonly windowMs: number;
  /** So long after its end a window waits for events that are late, and is told of then. */
  readonly graceMs: number;
  /** So long after its end it still takes them, and is told of once more. */
  readonly keptMs: number;
}

export class Windows {
  readonly #store: WindowStore;
  readonly #lengths: Lengths;

  constructor(store: WindowStore, lengths: Lengths) {
    this.#store = store;
    this.#lengths = lengths;
  }

  /** @returns false where it came too late, and is in no sum */
  async take({ name, metric, time, value }: Measured): Promise<boolean> {
    const { windowMs, keptMs } = this.#lengths;
    const from = Math.floor(time / windowMs) * windowMs;
    const window = { metric, from, to: from + windowMs };
    if (window.to + keptMs <= (await this.#store.clock())) return false;
    await this.#store.keep(window, name, value);
    return true;
  }

  /**
   * Tells of each window that is over, and again of those that more came into.
   *
   * @param tell resolves when the summary is somebody else's; it is given the same one again after a crash in between
   */
  async tick(now: number, tell: (summary: Summary) => Promise<void>): Promise<void> {
    const { graceMs, keptMs } = this.#lengths;
    const clock = await this.#store.advance(now);
    for (const window of await this.#store.endedBy(clock - graceMs)) {
      const counts = await this.#store.counts(window);
      if (counts.values > counts.told) {
        const values = await this.#store.values(window);
        await tell(summaryOf(window, values));
        await this.#store.markTold(window, values.length);
      } else if (window.to + 2 * keptMs <= clock) {
        // long after anything was taken into it: a value that is on its way to the store is there by now
        await this.#store.forget(window);
      }
    }
  }
}

function summaryOf(window: Window, values: readonly number[]): Summary {
  // sums of fractions depend on the order, and a store may give values in any
  const sorted = values.toSorted((left, right) => left - right);
  const sum = sorted.reduce((total, value) => total + value, 0);
  return { ...window, count: sorted.length, sum, min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0 };
}
