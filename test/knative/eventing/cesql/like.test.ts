import { describe, expect, it } from '@jest/globals';
import { likePattern } from '../../../../src/knative/eventing/cesql/like.ts';

/** All of those letters, up to a length. */
function texts(letters: string, longest: number): string[] {
  const all = [''];
  for (let from = 0, length = 0; length < longest; length++) {
    const shorter = all.slice(from);
    from = all.length;
    for (const text of shorter) for (const letter of letters) all.push(text + letter);
  }
  return all;
}

/** What a pattern without backslashes says, as a regular expression on the bytes of UTF-8. */
function asExpression(pattern: string): RegExp {
  const bytes = Buffer.from(pattern).toString('latin1');
  return new RegExp(`^${bytes.replaceAll('%', '[^]*').replaceAll('_', '[^]')}$`);
}

describe('likePattern', () => {
  it.each(['ab%', 'a%_', 'é%'])('decides as a regular expression does, of patterns of %j', (letters) => {
    const all = texts('abé', 4);
    const differing: string[] = [];
    for (const pattern of texts(letters, 5)) {
      const [isLike, expression] = [likePattern(pattern), asExpression(pattern)];
      for (const text of all) {
        if (isLike(text) !== expression.test(Buffer.from(text).toString('latin1')))
          differing.push(`${text} ${pattern}`);
      }
    }
    expect(differing).toEqual([]);
  });

  it.each([
    ['a\\%', 'a%', true],
    ['a\\%', 'ab', false],
    ['a\\_', 'a_', true],
    ['a\\_b', 'axb', false],
    ['a\\%b', 'a%b', true],
    ['a\\b', 'a\\b', true],
    ['[a]%', '[a]b', true],
    ['[a]%', 'ab', false],
    ['%]', 'a]', true],
    ['a%c%e', 'abcde', true],
    ['a%c%e', 'abde', false],
  ])('%j is like %j: %j', (pattern, text, is) => {
    expect(likePattern(pattern)(text)).toBe(is);
  });
});
