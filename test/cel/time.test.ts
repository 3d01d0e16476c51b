import { describe, expect, it } from '@jest/globals';
import { formatDuration, parseDuration } from '../../src/cel/values/time.ts';
import { expectGrowsWithSize } from '../growth.ts';

describe('a length of time', () => {
  it.each<[string, string | undefined]>([
    ['0', '0s'],
    ['-0', '0s'],
    ['1h30m', '5400s'],
    ['+1.5s', '1.5s'],
    ['-1.5h', '-5400s'],
    ['.5s', '0.5s'],
    ['1.s', '1s'],
    ['1m1ms', '60.001s'],
    ['3us2µs1μs4ns', '0.000006004s'],
    ['00000000000000000000000000001s', '1s'],
    ['0.1234567890123456789012s', '0.123456789s'],
    ['9223372036854775807ns', '9223372036.854776s'],
    ['-9223372036.854775808s', '-9223372036.854776s'],
    ['1ns', '0.000000001s'],
    ['9223372036854775808ns', undefined],
    ['100000000000000000000ns', undefined],
    ['2562048h', undefined],
    ['', undefined],
    ['-', undefined],
    ['+-1s', undefined],
    ['00', undefined],
    ['1', undefined],
    ['s', undefined],
    ['.s', undefined],
    ['1s ', undefined],
    ['1s1', undefined],
    ['1.1.1s', undefined],
    ['1d', undefined],
  ])('%j', (text, read) => {
    const duration = parseDuration(text);
    expect(duration === undefined ? undefined : formatDuration(duration)).toBe(read);
  });

  it.each<[string, (size: number) => string, boolean]>([
    ['digits without a unit', (size) => '1'.repeat(size), false],
    ['a fraction without a unit', (size) => `0.${'1'.repeat(size)}`, false],
    ['more digits than any number has', (size) => `${'9'.repeat(size)}s`, false],
    ['zeros before a number', (size) => `${'0'.repeat(size)}1s`, true],
    ['a long fraction', (size) => `0.${'1'.repeat(size)}s`, true],
    ['many parts', (size) => '0s'.repeat(size), true],
    ['many parts, and one that is none', (size) => `${'0s'.repeat(size)}1`, false],
  ])('is read at once: %s', (_, ofSize, isDuration) => {
    expect(parseDuration(ofSize(50_000)) !== undefined).toBe(isDuration);
    expectGrowsWithSize(50_000, ofSize, parseDuration);
  });
});
