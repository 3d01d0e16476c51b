import { describe, expect, it } from '@jest/globals';
import type { PatchOperation } from '../../../src/kubernetes/jsonPatch.ts';
import { rewriteFile } from '../../../src/kubernetes/rewrite/file.ts';

const label: PatchOperation = { op: 'add', path: '/b', value: 2 };
const gone: PatchOperation = { op: 'remove', path: '' };

describe('rewriteFile', () => {
  it.each<[string, string, number, PatchOperation, string]>([
    ['the only document', 'a: 1\n', 0, label, 'a: 1\nb: 2\n'],
    ['the second of two', 'a: 1\n---\na: 2\n', 1, label, 'a: 1\n---\na: 2\nb: 2\n'],
    ['past empty documents', '---\n# nothing\n---\na: 1\n---\n', 0, label, '---\n# nothing\n---\na: 1\nb: 2\n---\n'],
    ['past a broken document', 'a: [\n---\na: 1\n', 1, label, 'a: [\n---\na: 1\nb: 2\n'],
    ['behind a byte order mark', '\uFEFFa: 1\n', 0, label, '\uFEFFa: 1\nb: 2\n'],
    ['an item of a List', 'items:\n- a: 1\n', 0, { ...label, path: '/items/0/b' }, 'items:\n- a: 1\n  b: 2\n'],
    ['a JSON file', '{"a": 1}\n', 0, label, '{"a":1,"b":2}\n'],
    ['the first goes', 'a: 1\n---\na: 2\n', 0, gone, 'a: 2\n'],
    ['the last goes', 'a: 1\n---\na: 2\n', 1, gone, 'a: 1\n'],
    ['the one in the middle goes', 'a: 1\n---\na: 2\n---\na: 3\n', 1, gone, 'a: 1\n---\na: 3\n'],
    ['the only one goes', 'a: 1\n', 0, gone, ''],
  ])('%s', (_, text, index, operation, expected) => {
    expect(rewriteFile(text, [{ index, operations: [operation] }])).toBe(expected);
  });

  it('leaves a file without changes as it is', () => {
    expect(rewriteFile('a:    [1,2]', [])).toBe('a:    [1,2]');
  });

  it('refuses JSON objects that only follow one another', () => {
    expect(() => rewriteFile('{"a": 1}\n{"a": 2}\n', [{ index: 0, operations: [label] }])).toThrow(
      'put --- between them',
    );
  });
});
