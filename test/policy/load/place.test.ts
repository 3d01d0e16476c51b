import { describe, expect, it } from '@jest/globals';
import { stringAt } from '../../../src/kubernetes/json.ts';
import { readYaml } from '../../../src/kubernetes/yaml/read.ts';
import { placeInScalar } from '../../../src/policy/load/place.ts';

/** The place of `HERE` in the value at `/a`, by way of its offset in the value. */
function placeOfMark(source: string) {
  const [document] = readYaml(source, 'x.yaml').documents;
  const value = stringAt(document?.value, 'a') ?? '';
  const start = document?.locate('/a') ?? { line: 0, column: 0 };
  return placeInScalar(source, start, value, value.indexOf('HERE'));
}

describe('a place in a scalar', () => {
  it.each<[what: string, source: string]>([
    ['plain', 'a: one HERE two'],
    ['plain, in a flow', '{b: 1, a: one HERE, c: 2}'],
    ['double quoted', 'a: "one HERE"'],
    ['single quoted', "a: 'one HERE'"],
    ['literal', 'a: |\n  one\n  two HERE\n'],
    ['literal, indented inside', 'a: |\n  one\n    two HERE\n'],
    ['literal, chomped', 'b: 1\na: |-\n    one HERE\n'],
    ['folded, on its first line', 'a: >\n  one HERE\n'],
    ['CRLF', 'b: 1\r\na: |\r\n  one\r\n  HERE\r\n'],
  ])('%s', (_, source) => {
    const lines = source.slice(0, source.indexOf('HERE')).split('\n');
    expect(placeOfMark(source)).toEqual({ line: lines.length, column: (lines.at(-1) ?? '').length + 1 });
  });

  it.each<[what: string, source: string]>([
    ['escapes', 'a: "one\\ttwo HERE"'],
    ['folded lines', 'a: >\n  one\n  two HERE\n'],
    ['a plain text over two lines', 'a: one\n  two HERE\n'],
  ])('is the start of the scalar with %s', (_, source) => {
    expect(placeOfMark(source)).toEqual({ line: 1, column: 4 });
  });
});
