import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { LEFT_OUT_SUITES, LEFT_OUT_TESTS } from '../embedded/leftOut.ts';

const SUITES = path.resolve(import.meta.dirname, '../cluster');

// that each named test stands in its suite is checked where the suite runs
describe('what the embedded API server is not asked', () => {
  it.each(LEFT_OUT_SUITES)('$path is there', ({ path: suite }) => {
    expect(existsSync(path.join(SUITES, suite))).toBe(true);
  });

  it('is a part of suites that run', () => {
    for (const { path: suite } of LEFT_OUT_TESTS) {
      expect([suite, existsSync(path.join(SUITES, suite))]).toEqual([suite, true]);
      expect(LEFT_OUT_SUITES.map((each) => each.path)).not.toContain(suite);
    }
  });
});
