import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hunksBetween } from '../../../src/kubernetes/rewrite/hunks.ts';
import { applyEdits } from '../../../src/kubernetes/rewrite/splice.ts';

describe('hunksBetween', () => {
  it.each<[string, before: string, after: string, expected: string[]]>([
    ['nothing', 'a\nb\n', 'a\nb\n', []],
    ['a value', 'a: 1\nb: 22\nc: 3\n', 'a: 1\nb: 23\nc: 3\n', ['9-10 "3"']],
    ['a line more', 'a\nc\n', 'a\nb\nc\n', ['2-2 "b\\n"']],
    ['a line more at the end', 'a\n', 'a\nb\n', ['1-1 "\\nb"']],
    ['a line more where no line break ends the text', 'a', 'a\nb', ['1-1 "\\nb"']],
    ['a line less', 'a\nb\nc\n', 'a\nc\n', ['2-4 ""']],
    ['a line that moves', 'a\nx: {}\nb\n', 'a\nb\nx: {}\n', ['2-8 ""', '9-9 "\\nx: {}"']],
    ['lines apart', 'a\nb\nc\nd\n', 'A\nb\nc\nD\n', ['0-1 "A"', '6-7 "D"']],
    ['a character of two halves', 'x: \u{1f600}y\n', 'x: \u{1f601}y\n', ['3-5 "\u{1f601}"']],
  ])('finds %s', (_, before, after, expected) => {
    const found = hunksBetween(before, after) ?? [];
    expect(found.map(({ start, end, replacement }) => `${start}-${end} ${JSON.stringify(replacement)}`)).toEqual(
      expected,
    );
  });

  it('makes the one of the other, whatever they are, and repeats no line that stays', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c: 1', 'c: 2', '', '\r', '\u{1f600}', '\u{1f601}'))
      .map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const edits = hunksBetween(before, after) ?? [];
        expect(applyEdits(before, edits)).toBe(after);
        for (const [index, { start, end }] of edits.entries()) {
          expect(start).toBeLessThanOrEqual(end);
          expect(start).toBeGreaterThanOrEqual(edits[index - 1]?.end ?? 0);
        }
        expect(hunksBetween(before, before)).toEqual([]);
      }),
    );
  });

  it('gives up where nearly all is another text', () => {
    const many = (word: string) => Array.from({ length: 600 }, (_, index) => `${word}${index}\n`).join('');
    expect(hunksBetween(many('a'), many('b'))).toBeUndefined();
  });
});
