/**
 * The load of the last so many seconds, one bucket a second, and its average: what Knative's autoscaler decides on
 * (knative/serving pkg/autoscaler/aggregation/bucketing.go). Times are milliseconds since 1970, windows milliseconds.
 */

/** What one bucket holds (pkg/autoscaler/config BucketSize). */
export const BUCKET_MS = 1000;
/** The weights of an average must come to so much of the whole. */
const WEIGHT_PRECISION = 0.9999;
/** However long the window, what is new counts for so much. */
const LEAST_WEIGHT = 0.2;
/** A plain average is rounded to so many digits, so that what was added and taken away again leaves nothing. */
const DIGITS = 1e6;

/** How buckets become one figure (annotation `metric-aggregation-algorithm`). */
export type Averaging = 'linear' | 'weighted-exponential';

export class LoadWindow {
  readonly #averaging: Averaging;
  /** A ring: the second modulo its length. */
  #buckets: number[];
  #window: number;
  #total = 0;
  /** The first write since the last pause of a whole window; the average of a young window is over its own age. */
  #first: number | undefined;
  #last = Number.NEGATIVE_INFINITY;

  constructor(window: number, averaging: Averaging = 'linear') {
    this.#averaging = averaging;
    this.#window = window;
    this.#buckets = emptyBuckets(window);
  }

  /** Adds to the bucket of that second. What is older than the window is dropped; seconds left out count as zero. */
  record(at: number, value: number): void {
    const time = wholeSecond(at);
    if (time !== this.#last && !this.#begin(time)) return;
    const index = this.#indexOf(time);
    this.#buckets[index] = this.#at(index) + value;
    this.#total += value;
  }

  /** Whether nothing was recorded for longer than the window. */
  isEmpty(now: number): boolean {
    return wholeSecond(now) - this.#last > this.#window;
  }

  /** The average bucket: over the whole window, or over the age of a younger one; 0 where it is empty. */
  average(now: number): number {
    return this.#averaging === 'linear' ? this.#plain(wholeSecond(now)) : this.#weighted(wholeSecond(now));
  }

  /** Makes the window longer or shorter and keeps what fits. @param now decides whether there is anything to keep */
  resize(window: number, now: number): void {
    if (window === this.#window) return;
    const old = this.#buckets;
    const buckets = emptyBuckets(window);
    let total = 0;
    if (wholeSecond(now) - this.#last <= this.#window) {
      let second = this.#last / BUCKET_MS;
      for (let kept = 0; kept < Math.min(buckets.length, old.length); kept++) {
        const value = old[modulo(second, old.length)] ?? 0;
        buckets[modulo(second, buckets.length)] = value;
        total += value;
        second--;
      }
      this.#first = this.#last - (old.length - 1) * BUCKET_MS;
    } else {
      this.#first = undefined;
    }
    this.#window = window;
    this.#buckets = buckets;
    this.#total = total;
  }

  /** Makes the bucket of a second ready for its first value; false where it is too old to count. */
  #begin(time: number): boolean {
    if (time + this.#window <= this.#last) return false;
    if (this.#first === undefined || this.#first > time) this.#first = time;
    if (time < this.#last) return true;

    if (time - this.#last >= this.#window) {
      this.#first = time;
      this.#buckets.fill(0);
      this.#total = 0;
    } else {
      for (let between = this.#last + BUCKET_MS; between <= time; between += BUCKET_MS) {
        const index = this.#indexOf(between);
        this.#total -= this.#at(index);
        this.#buckets[index] = 0;
      }
    }
    this.#last = time;
    return true;
  }

  #plain(now: number): number {
    const silent = now - this.#last;
    if (silent >= this.#window && silent > 0) return 0;
    const seconds = Math.max(0, silent) / BUCKET_MS;
    let total = this.#total;
    for (let ago = 1; ago <= seconds; ago++) total -= this.#at(this.#indexOf(this.#last + ago * BUCKET_MS));
    const age = (this.#last - (this.#first ?? this.#last)) / BUCKET_MS + 1;
    return rounded(total / Math.min(age, this.#buckets.length - seconds));
  }

  #weighted(now: number): number {
    if (this.isEmpty(now)) return 0;
    const share = newestShare(this.#buckets.length);
    let weight = share;
    let count = this.#buckets.length;
    if (now > this.#last) {
      const silent = (now - this.#last) / BUCKET_MS;
      weight *= wholePower(1 - share, silent);
      count -= silent;
    }
    let average = 0;
    for (let ago = 0; ago < count; ago++) {
      average += this.#at(this.#indexOf(this.#last - ago * BUCKET_MS)) * weight;
      weight *= 1 - share;
    }
    return average;
  }

  #at(index: number): number {
    return this.#buckets[index] ?? 0;
  }

  #indexOf(time: number): number {
    return modulo(time / BUCKET_MS, this.#buckets.length);
  }
}

function emptyBuckets(window: number): number[] {
  return new Array<number>(Math.ceil(window / BUCKET_MS)).fill(0);
}

function wholeSecond(at: number): number {
  return Math.floor(at / BUCKET_MS) * BUCKET_MS;
}

/** How much of a weighted average the newest bucket is: so much that all together come to nearly the whole. */
function newestShare(buckets: number): number {
  return Math.max(1 - (1 - WEIGHT_PRECISION) ** (1 / buckets), LEAST_WEIGHT);
}

/** By squaring, as Go's math.Pow does: `**` rounds elsewhere, and a decision can hang on the last digit. */
function wholePower(base: number, exponent: number): number {
  let power = 1;
  let square = base;
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) power *= square;
    square *= square;
  }
  return power;
}

/** As Go's math.Round: halves away from zero, where Math.round takes them up. */
function rounded(value: number): number {
  return (Math.sign(value) * Math.round(Math.abs(value) * DIGITS)) / DIGITS;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
