import { describe, expect, it } from '@jest/globals';
import { isDuration } from '../../../../../src/platform/apiserver/schemas/validate/formats.ts';
import { expectGrowsWithSize } from '../../../../growth.ts';

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

  it.each<[string, (size: number) => string, boolean]>([
    ['digits without a unit', (size) => '1'.repeat(size), false],
    ['digits and spaces without a unit', (size) => `${'1'.repeat(size)}${' '.repeat(size)}`, false],
    ['many numbers without a unit', (size) => '1 '.repeat(size), false],
    ['digits without a unit, and a duration', (size) => `${'1'.repeat(size)} . 1 day`, true],
  ])('is read at once: %s', (_, ofSize, accepted) => {
    expect(isDuration(ofSize(100_000))).toBe(accepted);
    expectGrowsWithSize(100_000, ofSize, isDuration);
  });
});
