import { describe, expect, it } from '@jest/globals';
import { hasAttributes, selectionOf } from '../../../../src/platform/eventing/api/selection.ts';

function takes(pattern: string, id: string): boolean {
  return hasAttributes(selectionOf(new URLSearchParams({ id: pattern })), { attributes: new Map([['id', id]]) });
}

describe('a pattern', () => {
  it.each([
    ['a', 'a', true],
    ['a', 'ab', false],
    ['', 'a', false],
    ['*', '', true],
    ['a*', 'a', true],
    ['a*', 'ba', false],
    ['*a', 'ba', true],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['a*b*c', 'a-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['*ab*ab', 'abb-ab', true],
    ['*ab*ab', 'abab', true],
    ['*ab*ab', 'aab', false],
    ['**a**', 'xax', true],
    ['a*', 'a\nb', true],
    ['a.c*', 'abc', false],
    ['$&[', '$&[', true],
  ])('%j with %j: %s', (pattern, id, expected) => {
    expect(takes(pattern, id)).toBe(expected);
  });

  it('of many stars takes no time, where a regular expression would take years', () => {
    expect(takes(`${'*a'.repeat(50)}*b`, 'a'.repeat(10_000))).toBe(false);
  });
});
