/**
 * The largest number of pods that was wanted within the last so many seconds: what holds a scale-down back for its delay
 * (knative/serving pkg/autoscaler/aggregation/max). Times are milliseconds since 1970.
 */
import { TICK_MS } from './tick.ts';

interface Entry {
  readonly tick: number;
  readonly value: number;
}

export class MaximumWindow {
  readonly #ticks: number;
  /** Descending: what is smaller than something newer can never be the maximum again. */
  readonly #entries: Entry[] = [];

  /** @param delay milliseconds, rounded up to whole ticks of the autoscaler */
  constructor(delay: number) {
    this.#ticks = Math.ceil(delay / TICK_MS);
  }

  /** Takes in what is wanted now, and gives the maximum of the window with it. */
  record(now: number, value: number): number {
    const tick = Math.floor(now / TICK_MS);
    const entries = this.#entries;
    let newest = entries.at(-1);
    while (newest !== undefined && newest.value <= value) {
      entries.pop();
      newest = entries.at(-1);
    }
    while (entries[0] !== undefined && tick - entries[0].tick >= this.#ticks) entries.shift();
    // twice within one tick: the larger holds
    if (entries.at(-1)?.tick !== tick) entries.push({ tick, value });
    return entries[0]?.value ?? value;
  }
}
