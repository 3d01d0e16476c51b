/** Speed without a clock's bound: a ratio of one run, which no machine is too slow for. */
import { expect } from '@jest/globals';

/** Work that looks at each with each other is so many times as much on the whole as on its pieces. */
const PIECES = 64;
/** Far from 1, which work that grows with the size alone gives, and from PIECES. */
const MOST = 8;
const TRIES = 5;

/**
 * Holds that work grows with the size alone: a large input takes no longer than as much in small pieces, give or take.
 *
 * The least of some tries counts, and the large one is tried only until it is within the bound: what else the machine
 * does holds up a try, and not all of them.
 *
 * @param large a size whose work is seen by a clock: some tenths of a millisecond
 * @param make an input of a size, outside of what is measured
 */
export function expectGrowsWithSize<Input>(large: number, make: (size: number) => Input, work: (input: Input) => void) {
  const size = Math.floor(large / PIECES);
  const pieces = least(
    () => Array.from({ length: PIECES }, () => make(size)),
    (inputs) => inputs.forEach(work),
  );
  const whole = least(() => make(large), work, pieces * MOST);
  expect(whole / pieces).toBeLessThan(MOST);
}

function least<Input>(make: () => Input, work: (input: Input) => void, enough = 0): number {
  let least = Number.POSITIVE_INFINITY;
  for (let time = 0; time < TRIES && least >= enough; time++) {
    const input = make();
    const began = performance.now();
    work(input);
    least = Math.min(least, performance.now() - began);
  }
  return least;
}
