/** What came back, counted: a load of hours takes no more memory than one of seconds. */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Result } from './openLoop.ts';

/** So many kinds of one thing are told apart. */
const MOST_KINDS = 50;
const OTHERS = 'others';
/** Microseconds: ten minutes, and then some. */
const HIGHEST = 1_000_000_000;

/** Answers that took at most so long, and longer than the one before, in milliseconds: 1, 2, 5, 10, … */
export const BOUNDS: readonly number[] = [0.1, 1, 10, 100, 1_000, 10_000, 100_000].flatMap((unit) => [
  unit,
  2 * unit,
  5 * unit,
]);

export class Tally {
  readonly statuses = new Map<number, number>();
  /** What the first answer of each status said, where that is an error and says something. */
  readonly said = new Map<number, string>();
  readonly problems = new Map<string, number>();
  /** By the header that was asked for; answers without it are in none. */
  readonly by = new Map<string, number>();
  readonly latencies = new Latencies();
  answered = 0;
  bytes = 0;

  add(result: Result, milliseconds: number): void {
    if ('problem' in result) {
      count(this.problems, result.problem, OTHERS);
      return;
    }
    this.answered++;
    this.bytes += result.bytes;
    this.statuses.set(result.status, (this.statuses.get(result.status) ?? 0) + 1);
    if (result.said !== undefined && !this.said.has(result.status)) this.said.set(result.status, result.said);
    if (result.by !== undefined) count(this.by, result.by, OTHERS);
    this.latencies.add(milliseconds);
  }

  get unanswered(): number {
    return sumOf(this.problems.values());
  }

  /** Without an answer, or with one that says that something is wrong. */
  get failed(): number {
    let failed = this.unanswered;
    for (const [status, times] of this.statuses) if (status >= 400) failed += times;
    return failed;
  }
}

export class Latencies {
  readonly #exact: RecordableHistogram = createHistogram({ lowest: 1, highest: HIGHEST, figures: 3 });
  /** How many are within each of BOUNDS, and above the one before. */
  readonly counts = new Array<number>(BOUNDS.length).fill(0);

  add(milliseconds: number): void {
    this.#exact.record(Math.min(HIGHEST, Math.max(1, Math.round(milliseconds * 1000))));
    const index = BOUNDS.findIndex((bound) => milliseconds <= bound);
    const within = index < 0 ? BOUNDS.length - 1 : index;
    this.counts[within] = (this.counts[within] ?? 0) + 1;
  }

  get count(): number {
    return this.#exact.count;
  }

  /** Milliseconds; 0 where there is none. */
  percentile(percent: number): number {
    return this.count === 0 ? 0 : this.#exact.percentile(percent) / 1000;
  }

  get mean(): number {
    return this.count === 0 ? 0 : this.#exact.mean / 1000;
  }

  get max(): number {
    return this.count === 0 ? 0 : this.#exact.max / 1000;
  }

  reset(): void {
    this.#exact.reset();
    this.counts.fill(0);
  }
}

/** What came back in each second. */
export class Seconds {
  readonly #rates: number[] = [];
  readonly #p99s: number[] = [];
  readonly #now = new Latencies();

  add(result: Result, milliseconds: number): void {
    if (!('problem' in result)) this.#now.add(milliseconds);
  }

  /** @param seconds since this was called last */
  close(seconds: number): void {
    this.#rates.push(seconds <= 0 ? 0 : this.#now.count / seconds);
    this.#p99s.push(this.#now.percentile(99));
    this.#now.reset();
  }

  /** Answers a second. */
  get rates(): Float64Array {
    return Float64Array.from(this.#rates);
  }

  /** Milliseconds. */
  get p99s(): Float64Array {
    return Float64Array.from(this.#p99s);
  }
}

function count(counts: Map<string, number>, name: string, others: string): void {
  const key = counts.has(name) || counts.size < MOST_KINDS ? name : others;
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

export function sumOf(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
