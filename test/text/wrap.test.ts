import { describe, expect, it } from '@jest/globals';
import { wrap } from '../../src/text/wrap.ts';

describe('wrap', () => {
  it.each<[words: string, width: number, lines: string[]]>([
    ['one two three', 20, ['one two three']],
    ['one two three', 7, ['one two', 'three']],
    ['one two three', 6, ['one', 'two', 'three']],
    ['see https://example.com/a/long/way now', 10, ['see', 'https://example.com/a/long/way', 'now']],
    ['', 10, []],
  ])('%j in %i is %j', (words, width, lines) => {
    expect(wrap(words, width)).toEqual(lines);
  });
});
