import { describe, expect, it } from '@jest/globals';
import { giveBackAtRest } from '../../../src/cli/up/memoryAtRest.ts';

/** @param used milliseconds of CPU between two looks, look by look @returns the looks at which it collected */
function collectedAt(...used: number[]): number[] {
  let now = 0;
  let look: () => void = () => {};
  let isEnded = false;
  let current = -1;
  const found: number[] = [];
  const end = giveBackAtRest({
    usedMs: () => now,
    collect() {
      found.push(current);
      now += 120;
    },
    every(_, callback) {
      look = callback;
      return () => {
        isEnded = true;
      };
    },
  });
  for (const [index, milliseconds] of used.entries()) {
    current = index;
    now += milliseconds;
    look();
  }
  end();
  expect(isEnded).toBe(true);
  return found;
}

describe('memory at rest', () => {
  it('is given back once, when work is over', () => {
    expect(collectedAt(3000, 4000, 20, 20, 20, 20)).toEqual([2]);
  });

  it('is given back again after other work', () => {
    expect(collectedAt(3000, 20, 20, 2000, 20, 20)).toEqual([1, 4]);
  });

  it('stays while work goes on, and where little was done', () => {
    expect(collectedAt(3000, 200, 200, 3000)).toEqual([]);
    expect(collectedAt(1000, 20, 20, 20)).toEqual([]);
    expect(collectedAt(1000, ...Array.from({ length: 100 }, () => 20))).toEqual([]);
  });
});
