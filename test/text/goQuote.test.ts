import { describe, expect, it } from '@jest/globals';
import { quote } from '../../src/text/goQuote.ts';

describe('Go quotes', () => {
  it.each([
    ['plain', '"plain"'],
    ['it\'s "so"', '"it\'s \\"so\\""'],
    ['a\\b\tc\u0000\u007f', '"a\\\\b\\tc\\x00\\x7f"'],
    ['日é😀', '"日é😀"'],
    ['\u0085\u00a0\u200b', '"\\u0085\\u00a0\\u200b"'],
    ['\u{e0001}', '"\\U000e0001"'],
    ['\ud800', '"\ufffd"'],
  ])('%j as %s', (text, quoted) => {
    expect(quote(text)).toBe(quoted);
  });
});
