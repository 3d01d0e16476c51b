import { describe, expect, it } from '@jest/globals';
import { formatCpu, formatMemory, parseQuantity } from '../../src/kubernetes/quantity.ts';

describe('parseQuantity', () => {
  it.each<[unknown, bigint | undefined]>([
    ['1', 1_000_000_000n],
    [1, 1_000_000_000n],
    ['250m', 250_000_000n],
    [0.5, 500_000_000n],
    ['.5', 500_000_000n],
    ['1.', 1_000_000_000n],
    ['1Ki', 1_024_000_000_000n],
    ['1.5Ki', 1_536_000_000_000n],
    ['1e3', 1_000_000_000_000n],
    ['1E3', 1_000_000_000_000n],
    ['1E', 1_000_000_000_000_000_000_000_000_000n],
    ['-1', -1_000_000_000n],
    ['+1', 1_000_000_000n],
    ['1n', 1n],
    ['0.1n', 1n],
    ['', undefined],
    ['1 Gi', undefined],
    ['1GB', undefined],
    ['1gi', undefined],
    ['0x10', undefined],
    ['1e', undefined],
    ['1e999999999', undefined],
    ['9'.repeat(1000), undefined],
    [null, undefined],
    [Number.NaN, undefined],
  ])('%p is %p', (text, expected) => {
    expect(parseQuantity(text)).toBe(expected);
  });

  it('compares exactly where floating point would not', () => {
    const [left = 0n, right = 0n] = [parseQuantity('9007199254740993'), parseQuantity('9007199254740992')];
    expect(left > right).toBe(true);
  });
});

describe('formatting', () => {
  it.each(['2', '250m', '1500u', '3n'])('writes CPU %s back', (text) => {
    expect(formatCpu(parseQuantity(text) ?? 0n)).toBe(text);
  });

  it.each(['512Mi', '2Gi', '1000', '1Ki', '0'])('writes memory %s back', (text) => {
    expect(formatMemory(parseQuantity(text) ?? 0n)).toBe(text);
  });
});
