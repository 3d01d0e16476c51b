import { expect, it } from '@jest/globals';
import { numberError, quote, trimSpace } from '../../src/knative/goStrings.ts';

it.each<{ text: string; expected: string }>`
  text          | expected
  ${''}         | ${'""'}
  ${'plain'}    | ${'"plain"'}
  ${'a"b\\c'}   | ${'"a\\"b\\\\c"'}
  ${'\n\u0001'} | ${'"\\n\\x01"'}
  ${'日本é'}    | ${'"日本é"'}
  ${'\u200b'}   | ${'"\\u200b"'}
`('quotes $text as $expected', ({ text, expected }) => {
  expect(quote(text)).toBe(expected);
});

it('says what strconv says', () => {
  expect(numberError('ParseInt', 'x', 'invalid syntax')).toBe('strconv.ParseInt: parsing "x": invalid syntax');
});

it("trims Unicode's white space, and no byte order mark", () => {
  expect(trimSpace('\u0085\t a b \u3000')).toBe('a b');
  expect(trimSpace('\ufeff')).toBe('\ufeff');
});
