import { beforeEach, describe, expect, it } from '@jest/globals';
import { Watchdog } from '../../../src/kubernetes/client/watchdog.ts';
import type { Clock } from '../../../src/kubernetes/clock.ts';

const PATIENCE = 150_000;

/** Timers count time that passes, whatever the clock is set to. */
class SettableClock implements Clock {
  #shown = Date.parse('2026-05-04T08:00:00Z');
  #timers: { left: number; readonly callback: () => void }[] = [];

  now(): Date {
    return new Date(this.#shown);
  }

  after(milliseconds: number, callback: () => void): () => void {
    const timer = { left: milliseconds, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  /** Nothing rings by that alone. */
  set(byMilliseconds: number): void {
    this.#shown += byMilliseconds;
  }

  pass(milliseconds: number): void {
    for (let second = 0; second < milliseconds; second += 1_000) {
      this.#shown += 1_000;
      for (const timer of this.#timers) timer.left -= 1_000;
      const due = this.#timers.filter(({ left }) => left <= 0);
      this.#timers = this.#timers.filter(({ left }) => left > 0);
      for (const { callback } of due) callback();
    }
  }
}

let clock: SettableClock;
let bites: number;
let watchdog: Watchdog;

beforeEach(() => {
  clock = new SettableClock();
  bites = 0;
  watchdog = new Watchdog(clock, PATIENCE, () => bites++);
});

describe('a watchdog', () => {
  it('bites once nothing was heard for as long as it is patient, and once', () => {
    clock.pass(100_000);
    watchdog.heard();
    clock.pass(PATIENCE - 1_000);
    expect([bites, watchdog.hasBitten]).toEqual([0, false]);
    clock.pass(1_000);
    expect([bites, watchdog.hasBitten]).toEqual([1, true]);
    clock.pass(2 * PATIENCE);
    expect(bites).toBe(1);
  });

  it.each([
    ['an hour forward', 3_600_000],
    ['an hour back', -3_600_000],
  ])('does not take a clock that is set %s for silence, and bites all the same where there is some', (_, jump) => {
    clock.pass(100_000);
    watchdog.heard();
    clock.pass(40_000);
    clock.set(jump);
    clock.pass(60_000);
    expect(bites).toBe(0);
    clock.pass(2 * PATIENCE);
    expect(bites).toBe(1);
  });

  it('bites nobody after it was stopped', () => {
    watchdog.stop();
    clock.pass(2 * PATIENCE);
    expect(bites).toBe(0);
  });
});
