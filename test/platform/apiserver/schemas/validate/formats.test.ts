import { describe, expect, it } from '@jest/globals';
import { isDuration } from '../../../../../src/platform/apiserver/schemas/validate/formats.ts';

describe('the format duration', () => {
  it.each<[string, boolean]>([
    ['1h30m', true],
    ['3 days', true],
    ['12weeks', true],
    ['in 3 Days', true],
    ['3 bananas, 2 hours', true],
    ['3 bananas', false],
    ['3', false],
    ['days', false],
    ['', false],
  ])('%j', (text, accepted) => {
    expect(isDuration(text)).toBe(accepted);
  });

  // Milliseconds; time that grows with the square of the length is minutes.
  it.each<[string, string, boolean]>([
    ['digits without a unit', '1'.repeat(150_000), false],
    ['digits and spaces without a unit', `${'1'.repeat(100_000)}${' '.repeat(50_000)}`, false],
    ['many numbers without a unit', '1 '.repeat(150_000), false],
    ['digits without a unit, and a duration', `${'1'.repeat(150_000)} . 1 day`, true],
  ])('is read at once: %s', (_, text, accepted) => {
    const begin = performance.now();
    expect(isDuration(text)).toBe(accepted);
    expect(performance.now() - begin).toBeLessThan(5000);
  });
});
