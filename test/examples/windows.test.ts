/** examples/aggregation/windows.ts: sums by windows of time, whatever comes late, twice, or not at all for a while. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Summary, type Window, type WindowStore, Windows } from '../../examples/aggregation/windows.ts';

const LENGTHS = { windowMs: 60_000, graceMs: 5_000, keptMs: 600_000 };
/** A full minute. */
const T = Date.parse('2026-11-22T12:00:00Z');

let store: WindowStore;
let windows: Windows;
let told: Summary[];
let counter = 0;

beforeEach(() => {
  store = inMemory();
  windows = new Windows(store, LENGTHS);
  told = [];
});

/** What redis.ts does, in this process. */
function inMemory(): WindowStore {
  const kept = new Map<string, { window: Window; values: Map<string, number>; told: number }>();
  let now = 0;
  const at = (window: Window) => {
    const key = `${window.from} ${window.metric}`;
    const found = kept.get(key) ?? { window, values: new Map<string, number>(), told: 0 };
    kept.set(key, found);
    return found;
  };
  return {
    async keep(window, name, value) {
      const { values } = at(window);
      if (!values.has(name)) values.set(name, value);
    },
    values: async (window) => [...at(window).values.values()],
    endedBy: async (moment) => [...kept.values()].map((each) => each.window).filter(({ to }) => to <= moment),
    counts: async (window) => ({ values: at(window).values.size, told: at(window).told }),
    async markTold(window, values) {
      at(window).told = values;
    },
    async forget(window) {
      kept.delete(`${window.from} ${window.metric}`);
    },
    async advance(moment) {
      now = Math.max(now, moment);
      return now;
    },
    clock: async () => now,
  };
}

function take(seconds: number, value: number, name = `e-${++counter}`, metric = 'heat'): Promise<boolean> {
  return windows.take({ name, metric, time: T + seconds * 1000, value });
}

async function tick(seconds: number): Promise<void> {
  await windows.tick(T + seconds * 1000, async (summary) => {
    told.push(summary);
  });
}

/** In seconds after T. */
function toldWindows(): unknown[] {
  return told.map(({ metric, from, to, ...sums }) => [metric, (from - T) / 1000, (to - T) / 1000, sums]);
}

describe('windows', () => {
  it('sum what happened in them, by metric, once they are over', async () => {
    await take(0, 1);
    await take(59.999, 5);
    await take(60, 100);
    await take(30, 7, 'x', 'cold');
    await tick(64.999);
    expect(told).toEqual([]);
    await tick(65);
    expect(toldWindows()).toEqual([
      ['heat', 0, 60, { count: 2, sum: 6, min: 1, max: 5 }],
      ['cold', 0, 60, { count: 1, sum: 7, min: 7, max: 7 }],
    ]);
  });

  it('count an event once, however often it comes, also when it was told of by then', async () => {
    for (let copy = 0; copy < 3; copy++) await take(1, 4, 'a');
    await tick(65);
    await take(1, 4, 'a');
    await tick(66);
    expect(toldWindows()).toEqual([['heat', 0, 60, { count: 1, sum: 4, min: 4, max: 4 }]]);
  });

  it('are told of once more when something came late, and with all that is in them', async () => {
    await take(1, 4);
    await tick(65);
    expect(await take(2, 6)).toBe(true);
    await tick(125);
    expect(toldWindows().at(-1)).toEqual(['heat', 0, 60, { count: 2, sum: 10, min: 4, max: 6 }]);
    await tick(185);
    expect(told).toHaveLength(2);
  });

  it.each([
    { at: 659.999, isTaken: true },
    { at: 660, isTaken: false },
  ])('take what is late until they are kept no more: at $at s', async ({ at, isTaken }) => {
    await take(1, 4);
    await tick(at);
    expect(await take(2, 6)).toBe(isTaken);
    await tick(at + 60);
    expect(told.at(-1)?.count).toBe(isTaken ? 2 : 1);
  });

  it('are told of again, the same, where it is not known whether the last time was taken', async () => {
    await take(1, 0.1);
    await take(2, 0.2);
    await take(3, 0.3);
    const lost = windows.tick(T + 65_000, async (summary) => {
      told.push(summary);
      throw new Error('the Broker does not answer');
    });
    await expect(lost).rejects.toThrow('the Broker does not answer');
    await tick(66);
    expect(told).toHaveLength(2);
    expect(told[1]).toEqual(told[0]);
  });

  it('do not miss what comes in while they are told of', async () => {
    await take(1, 4);
    await windows.tick(T + 65_000, async (summary) => {
      told.push(summary);
      await take(2, 6);
    });
    await tick(66);
    expect(told.map(({ count }) => count)).toEqual([1, 2]);
  });

  it('go by the greatest tick: one that comes late does not turn the clock back', async () => {
    await tick(660);
    await tick(0);
    expect(await take(1, 4)).toBe(false);
  });

  it('are forgotten in the end, and never while something of them is to be told', async () => {
    await take(1, 4);
    await tick(5_000);
    expect(told).toHaveLength(1);
    await tick(5_001);
    expect(await store.endedBy(Infinity)).toEqual([]);
  });

  it('are those of before 1970, too', async () => {
    await windows.take({ name: 'a', metric: 'heat', time: -1, value: 1 });
    expect(await store.endedBy(0)).toEqual([{ metric: 'heat', from: -60_000, to: 0 }]);
  });
});
