import { describe, expect, it } from '@jest/globals';
import { formatDuration, parseDuration } from '../../src/cel/values/time.ts';

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

  // Milliseconds; time that grows with the square of the length is half a minute.
  it.each<[string, string, boolean]>([
    ['digits without a unit', '1'.repeat(50_000), false],
    ['a fraction without a unit', `0.${'1'.repeat(50_000)}`, false],
    ['more digits than any number has', `${'9'.repeat(50_000)}s`, false],
    ['zeros before a number', `${'0'.repeat(50_000)}1s`, true],
    ['a long fraction', `0.${'1'.repeat(50_000)}s`, true],
    ['many parts', '0s'.repeat(100_000), true],
    ['many parts, and one that is none', `${'0s'.repeat(100_000)}1`, false],
  ])('is read at once: %s', (_, text, isDuration) => {
    const begin = performance.now();
    expect(parseDuration(text) !== undefined).toBe(isDuration);
    expect(performance.now() - begin).toBeLessThan(5000);
  });
});
