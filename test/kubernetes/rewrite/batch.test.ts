import { describe, expect, it } from '@jest/globals';
import type { JsonValue } from '../../../src/kubernetes/json.ts';
import { applyPatchOperation, type PatchOperation } from '../../../src/kubernetes/jsonPatch.ts';
import { folded, independentRuns } from '../../../src/kubernetes/rewrite/batch.ts';
import { rewriteDocument } from '../../../src/kubernetes/rewrite/document.ts';
import { readYaml } from '../../../src/kubernetes/yaml/read.ts';

const add = (path: string, value: JsonValue): PatchOperation => ({ op: 'add', path, value });
const replace = (path: string, value: JsonValue): PatchOperation => ({ op: 'replace', path, value });
const remove = (path: string): PatchOperation => ({ op: 'remove', path });

describe('folded', () => {
  it.each<[name: string, operations: PatchOperation[], expected: PatchOperation[]]>([
    ['into what was just added', [add('/a', {}), add('/a/b', {}), add('/a/b/c', 1)], [add('/a', { b: { c: 1 } })]],
    ['past others', [add('/a', {}), add('/x', 1), add('/a/b', 1)], [add('/a', { b: 1 }), add('/x', 1)]],
    ['a removal, too', [add('/a', { b: 1, c: 2 }), remove('/a/b')], [add('/a', { c: 2 })]],
    ['into a list', [add('/a', []), add('/a/-', 1), add('/a/-', 2)], [add('/a', [1, 2])]],
    [
      'not into a value that is overwritten',
      [add('/a/b', {}), replace('/a', { b: {} }), add('/a/b/c', 1)],
      [add('/a/b', {}), replace('/a', { b: { c: 1 } })],
    ],
    [
      'not past an item that moves',
      [add('/l/0/x', {}), remove('/l/1'), add('/l/0/x/y', 1)],
      [add('/l/0/x', {}), remove('/l/1'), add('/l/0/x/y', 1)],
    ],
  ])('%s', (_, operations, expected) => {
    expect(folded(operations)).toEqual(expected);
  });
});

describe('independentRuns', () => {
  it.each<[operations: PatchOperation[], lengths: number[]]>([
    [[add('/a', 1), add('/b', 1), add('/c/d', 1)], [3]],
    [
      [add('/a', 1), add('/a/b', 1)],
      [1, 1],
    ],
    [
      [add('/a/b', 1), replace('/a', 1)],
      [1, 1],
    ],
    [
      [add('/a', 1), replace('/a', 2)],
      [1, 1],
    ],
    [
      [add('/a', 1), remove('/b'), add('/c', 1), add('/d', 1)],
      [1, 1, 2],
    ],
    [
      [add('/l/-', 1), add('/l/-', 1)],
      [1, 1],
    ],
  ])('%j', (operations, lengths) => {
    expect(independentRuns(operations).map((run) => run.length)).toEqual(lengths);
  });
});

describe('many operations on one document', () => {
  const containers = Array.from(
    { length: 100 },
    (_, index) => `  # ${index}\n  - name: c${index} # here\n    env: []\n`,
  );
  const text = `spec:\n  containers:\n${containers.join('')}`;

  it('are carried out with few readings of the text, and read as they would one by one', () => {
    const operations = containers.flatMap((_, index) => {
      const at = `/spec/containers/${index}`;
      const limits = add(`${at}/resources/limits`, {});
      return [add(`${at}/resources`, {}), limits, add(`${at}/resources/limits/cpu`, '1'), add(`${at}/image`, 'a:b')];
    });
    // the end of the last container is the end of the list, too
    operations.splice(8, 0, add('/spec/volumes', []));
    let readings = 0;
    const read = (one: string) => {
      readings++;
      return readYaml(one, 'x.yaml').documents[0]?.value;
    };
    const result = rewriteDocument(text, operations, read);
    expect(readings).toBeLessThan(10);
    expect(result).toBe(
      `spec:\n  containers:\n${containers
        .map((lines) => `${lines}    resources:\n      limits:\n        cpu: "1"\n    image: a:b\n`)
        .join('')}  volumes: []\n`,
    );
  });

  it.each<[text: string, operations: PatchOperation[]]>([
    ['a: {b: 1}\nc: 2\n', [add('/a/x', 1), add('/a/y', 2), replace('/a/b', 3), replace('/c', [1])]],
    ['a: {}\nc: []\n', [add('/a/x', 1), add('/a/y', 2), add('/a/z', 3)]],
    ['a:\n  b: 1\nc: 2\n', [replace('/a/b', { x: 1 }), add('/a/d', 2), replace('/c', 'x\ny')]],
    ['a: &x {b: 1}\nc: *x\n', [add('/a/d', 1), add('/c/e', 2)]],
    ['- 1\n- 2\n', [replace('/0', 3), replace('/1', 4)]],
    ['a: "1"', [add('/b', 1), add('/c', { d: 1 }), add('/metadata', {})]],
  ])('read as the patch says: %j', (before, operations) => {
    const read = (one: string) => readYaml(one, 'x.yaml').documents[0]?.value;
    const expected = operations.reduce(applyPatchOperation, read(before) ?? null);
    expect(read(rewriteDocument(before, operations, read))).toEqual(expected);
  });
});
