/** Many moments at which to be called, behind one timer. */
import type { Clock } from './clock.ts';

/** A timer counts time that passed; a clock that is set, forward or back, is noticed after this long at the latest. */
const LONGEST_WAIT_MS = 30_000;
/** Clocks that are kept right are put back by less. */
const SET_BACK_MS = 1_000;

interface Alarm {
  readonly key: string;
  /** Milliseconds since the epoch. */
  at: number;
  /** Where it stands in the heap. */
  index: number;
}

/** A heap by moment, with each key in it once. */
export class Alarms {
  readonly #clock: Clock;
  readonly #ring: (key: string) => void;
  readonly #heap: Alarm[] = [];
  readonly #byKey = new Map<string, Alarm>();
  #callOff: () => void = () => {};
  /** For which moment the timer is set. */
  #timedFor: number | undefined;
  /** The latest moment that the clock showed. */
  #seen = Number.NEGATIVE_INFINITY;
  #isStopped = false;

  /** @param ring called when a key's moment has come; the key is gone by then */
  constructor(clock: Clock, ring: (key: string) => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  get size(): number {
    return this.#heap.length;
  }

  has(key: string): boolean {
    return this.#byKey.has(key);
  }

  keys(): Iterable<string> {
    return this.#byKey.keys();
  }

  /** The soonest moment, in milliseconds since the epoch. */
  next(): number | undefined {
    return this.#heap[0]?.at;
  }

  /** One moment a key: a later call replaces what an earlier one said. */
  set(key: string, at: number): void {
    if (this.#isStopped) return;
    this.#remove(key);
    const alarm = { key, at, index: this.#heap.length };
    this.#heap.push(alarm);
    this.#byKey.set(key, alarm);
    this.#rise(alarm);
    this.#setTimer();
  }

  clear(key: string): void {
    if (this.#remove(key)) this.#setTimer();
  }

  stop(): void {
    this.#isStopped = true;
    this.#callOff();
    this.#heap.length = 0;
    this.#byKey.clear();
  }

  #setTimer(): void {
    const next = this.next();
    if (next === this.#timedFor) return;
    this.#callOff();
    this.#callOff = () => {};
    this.#timedFor = next;
    if (next === undefined) return;
    const now = this.#clock.now().getTime();
    this.#seen = Math.max(this.#seen, now);
    const wait = Math.max(0, next - now);
    this.#callOff = this.#clock.after(Math.min(wait, LONGEST_WAIT_MS), () => this.#look());
  }

  #look(): void {
    const now = this.#clock.now().getTime();
    // who asked at a moment that has not come yet is called at once: what was said of the time may not hold now
    const wasSetBack = now < this.#seen - SET_BACK_MS;
    this.#seen = now;
    const due: string[] = [];
    for (let first = this.#heap[0]; first !== undefined && (wasSetBack || first.at <= now); first = this.#heap[0]) {
      this.#remove(first.key);
      due.push(first.key);
    }
    for (const key of due) this.#ring(key);
    this.#timedFor = undefined;
    this.#setTimer();
  }

  #remove(key: string): boolean {
    const alarm = this.#byKey.get(key);
    if (alarm === undefined) return false;
    this.#byKey.delete(key);
    const last = this.#heap.pop();
    if (last === undefined || last === alarm) return true;
    this.#put(last, alarm.index);
    this.#rise(last);
    this.#sink(last);
    return true;
  }

  #rise(alarm: Alarm): void {
    for (;;) {
      const above = (alarm.index - 1) >> 1;
      const parent = this.#heap[above];
      if (above < 0 || parent === undefined || parent.at <= alarm.at) return;
      this.#put(parent, alarm.index);
      this.#put(alarm, above);
    }
  }

  #sink(alarm: Alarm): void {
    for (;;) {
      const left = this.#heap[2 * alarm.index + 1];
      const right = this.#heap[2 * alarm.index + 2];
      const child = right !== undefined && left !== undefined && right.at < left.at ? right : left;
      if (child === undefined || child.at >= alarm.at) return;
      const below = child.index;
      this.#put(child, alarm.index);
      this.#put(alarm, below);
    }
  }

  #put(alarm: Alarm, index: number): void {
    this.#heap[index] = alarm;
    alarm.index = index;
  }
}
