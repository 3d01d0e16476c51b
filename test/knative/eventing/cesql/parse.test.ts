import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseCesql } from '../../../../src/knative/eventing/cesql/parse.ts';
import { printed } from './printed.ts';

function tree(text: string): string {
  const parsed = parseCesql(text);
  return parsed.ok ? printed(parsed.expression) : `refused: ${parsed.problem.message}`;
}

function problem(text: string): string {
  const parsed = parseCesql(text);
  return parsed.ok ? '' : parsed.problem.message;
}

const MANY = 'a, '.repeat(500_000);

describe('parseCesql', () => {
  it.each`
    text                                   | expected
    ${"type = 'order.created.v1'"}         | ${'(= (attribute "type") "order.created.v1")'}
    ${"Type <> 'a' aNd TRUE"}              | ${'(AND (!= (attribute "type") "a") true)'}
    ${'a AND b OR c'}                      | ${'(AND (attribute "a") (OR (attribute "b") (attribute "c")))'}
    ${'a - b - c'}                         | ${'(- (- (attribute "a") (attribute "b")) (attribute "c"))'}
    ${'a + b * c < 5'}                     | ${'(< (+ (attribute "a") (* (attribute "b") (attribute "c"))) 5)'}
    ${'(a + b) * c'}                       | ${'(* (+ (attribute "a") (attribute "b")) (attribute "c"))'}
    ${'NOT a = b'}                         | ${'(= (not (attribute "a")) (attribute "b"))'}
    ${'NOT EXISTS Subject'}                | ${'(not (exists "subject"))'}
    ${"source NOT LIKE 'https://%'"}       | ${'(not (like (attribute "source") "https://%"))'}
    ${"-1 NOT IN (1, 'x', a)"}             | ${'(not (in -1 1 "x" (attribute "a")))'}
    ${'--10'}                              | ${'(negate -10)'}
    ${'concat_ws("-", a, UPPER(b)) = "x"'} | ${'(= (call "CONCAT_WS" "-" (attribute "a") (call "UPPER" (attribute "b"))) "x")'}
    ${'\'it\\\'s\' = "a\\"b"'}             | ${'(= "it\'s" "a\\"b")'}
    ${'a\n  =\n\t1'}                       | ${'(= (attribute "a") 1)'}
    ${'2147483647 = -2147483648'}          | ${'(= 2147483647 -2147483648)'}
    ${'-0'}                                | ${'0'}
  `('reads $text', ({ text = '', expected }) => {
    expect(tree(text)).toBe(expected);
  });

  it.each`
    text                                | expected
    ${''}                               | ${'the expression ends where a value belongs'}
    ${'type ='}                         | ${'the expression ends where a value belongs'}
    ${"type == 'a'"}                    | ${'= at column 7 is one too many; equality is a single ='}
    ${'a => 1'}                         | ${'=> at column 4 is no comparison; write >='}
    ${'a =< 1'}                         | ${'=< at column 4 is no comparison; write <='}
    ${"type = 'a"}                      | ${"the string that begins at column 8 has no end; close it with '"}
    ${"type = 'a' && id = 'b'"}         | ${'"&" at column 12 means nothing in CESQL; write AND'}
    ${"type = 'a' || id = 'b'"}         | ${'"|" at column 12 means nothing in CESQL; write OR'}
    ${"!(type = 'a')"}                  | ${'"!" at column 1 means nothing in CESQL; write NOT'}
    ${"data.kind = 'a'"}                | ${'"." at column 5 means nothing in CESQL; names of attributes have letters and digits alone'}
    ${"my_ext = 'a'"}                   | ${'my_ext at column 1 is the name of no attribute, which has letters and digits alone; a function needs brackets'}
    ${'f1(a)'}                          | ${'f1 at column 1 is the name of no function, which has letters and underscores alone'}
    ${'hop -1 > 0'}                     | ${'-1 at column 5 is a number of its own; write - 1 with a blank to reckon'}
    ${'x LIKE 123'}                     | ${"123 at column 8 stands where a pattern in quotes, such as 'order.%', belongs"}
    ${'x IN ()'}                        | ${'the list at column 6 is empty; name at least one value'}
    ${'x IN 1'}                         | ${'1 at column 6 stands where the bracket of a list, such as (1, 2), belongs'}
    ${'ABC('}                           | ${'the expression ends where a value belongs'}
    ${'(a = 1'}                         | ${'the bracket at column 1 is not closed'}
    ${'()'}                             | ${'nothing stands in the brackets at column 1'}
    ${'(a b)'}                          | ${'b at column 4 stands where an operator, a comma or a closing bracket belongs'}
    ${'a = 1)'}                         | ${') at column 6 stands where an operator or the end belongs'}
    ${"type 'a'"}                       | ${"'a' at column 6 stands where an operator or the end belongs"}
    ${'EXISTS in'}                      | ${'in at column 8 stands where the name of an attribute belongs'}
    ${'AND a'}                          | ${'AND at column 1 stands where a value belongs'}
    ${'ttl = 2147483648'}               | ${'2147483648 at column 7 is outside of what an integer holds, -2147483648 to 2147483647'}
    ${"type = 'a'\n  and\n  id == 'b'"} | ${'= at line 3, column 7 is one too many; equality is a single ='}
  `('says of $text: $expected', ({ text = '', expected }) => {
    expect(problem(text)).toBe(expected);
  });

  it('tells what it passes over, as Knative does without a word', () => {
    const parsed = parseCesql("type = 'a';");
    expect(parsed).toMatchObject({ ok: true, passedOver: [{ text: ';', offset: 10 }] });
  });

  it('says where each part begins', () => {
    expect(parseCesql("a = 1 AND NOT b LIKE 'x'")).toMatchObject({
      expression: { offset: 0, right: { kind: 'like', offset: 10, operand: { kind: 'not', operand: { offset: 14 } } } },
    });
  });

  it.each<[string, string]>([
    ['brackets', `${'('.repeat(100_000)}a${')'.repeat(100_000)}`],
    ['negations', `${'NOT '.repeat(100_000)}a`],
    ['minuses', `${'- '.repeat(100_000)}a`],
    ['calls', `${'f('.repeat(100_000)}`],
    ['logic', `a${' AND a'.repeat(100_000)}`],
    ['sums', `a${' + a'.repeat(100_000)}`],
    ['patterns', `a${" LIKE 'x'".repeat(100_000)}`],
    ['values', `a IN (${'1, '.repeat(100_000)}1)`],
    ['characters that mean nothing', `${'#'.repeat(100_000)} a`],
  ])('gives up on 100,000 %s', (_, text) => {
    expect(parseCesql(text)).toMatchObject({ ok: false, problem: { kind: 'limit' } });
  });

  it('reads no further than the first mistake', () => {
    const began = performance.now();
    for (let time = 0; time < 1000; time++) parseCesql(`a b ${MANY}`);
    expect(performance.now() - began).toBeLessThan(10_000); // read whole, it takes minutes
  });

  it('reads as many operators as it says, and a long list', () => {
    expect(parseCesql(`a${' AND a'.repeat(1000)}`).ok).toBe(true);
    expect(parseCesql(`type IN (${Array.from({ length: 20_000 }, (_, index) => `'t${index}'`).join(', ')})`).ok).toBe(
      true,
    );
  });

  it.each([
    ['unclosed strings', "\\'".repeat(500_000)],
    ['quotes', '"'.repeat(1_000_001)],
    ['unknown characters', '#'.repeat(1_000_000)],
    ['letters', `${'a'.repeat(1_000_000)} 1`],
  ])('is done with a million %s at once, and does not repeat them', (_, text) => {
    const began = performance.now();
    const parsed = parseCesql(text);
    expect(performance.now() - began).toBeLessThan(20_000); // a quadratic one takes hours
    expect(parsed.ok).toBe(false);
    expect(problem(text).length).toBeLessThan(200);
  });

  it('takes any text, and has a sentence and a place for what it refuses', () => {
    const piece = fc.constantFrom(
      'a',
      '1',
      "'",
      '"',
      '\\',
      '(',
      ')',
      ',',
      '=',
      '!',
      '-',
      ' ',
      'AND',
      'LIKE',
      '_',
      '\u{1f600}',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (given) => {
        const parsed = parseCesql(given);
        if (parsed.ok) return;
        expect(parsed.problem.kind).toBe('syntax');
        expect(parsed.problem.message).not.toMatch(/undefined|NaN| {2}$/);
        expect(parsed.problem.offset).toBeGreaterThanOrEqual(0);
        expect(parsed.problem.offset).toBeLessThanOrEqual(given.length);
      }),
      { numRuns: 2000 },
    );
  });
});
