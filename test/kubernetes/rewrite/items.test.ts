import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JsonValue } from '../../../src/kubernetes/json.ts';
import { applyPatchOperation, type PatchOperation } from '../../../src/kubernetes/jsonPatch.ts';
import { rewriteDocument } from '../../../src/kubernetes/rewrite/document.ts';
import { readYaml } from '../../../src/kubernetes/yaml/read.ts';

const read = (text: string): JsonValue | undefined => readYaml(text, 'test.yaml').documents[0]?.value;

const LIST = `apiVersion: v1
items:
# the first
- apiVersion: v1  # core
  kind: Secret
  metadata: {name: a}
  # behind the first
-
  apiVersion: v1
  kind: Secret
  metadata:
    name: b
- {apiVersion: v1, kind: Secret, metadata: {name: c}}
kind: List
`;

const add = (path: string, value: JsonValue): PatchOperation => ({ op: 'add', path, value });

describe('operations inside of the items of a List', () => {
  it('change their items alone, whatever order they come in', () => {
    const operations = [
      add('/items/1/type', 'Opaque'),
      add('/items/1/metadata/labels', { team: 'shop' }),
      add('/items/0/spec', {}),
      { op: 'remove', path: '/items/0/spec' } as const,
      add('/items/0/metadata/namespace', 'shop'),
      add('/items/0/type', 'Opaque'),
    ];
    expect(rewriteDocument(LIST, operations, read)).toBe(`apiVersion: v1
items:
# the first
- apiVersion: v1  # core
  kind: Secret
  metadata: {name: a, namespace: shop}
  type: Opaque
  # behind the first
-
  apiVersion: v1
  kind: Secret
  metadata:
    name: b
    labels:
      team: shop
  type: Opaque
- {apiVersion: v1, kind: Secret, metadata: {name: c}}
kind: List
`);
  });

  it.each([
    ['an item in braces', LIST, [add('/items/2/type', 'Opaque'), add('/items/2/metadata/namespace', 'shop')]],
    [
      'an alias into another item',
      'apiVersion: v1\nkind: List\nitems:\n- &a\n  kind: A\n  m: &m {x: "1"}\n- kind: B\n  m: *m\n',
      [add('/items/0/m/y', '2'), add('/items/0/z', '3'), add('/items/1/m/w', '4')],
    ],
    [
      'an item that goes',
      LIST,
      [add('/items/2/type', 'x'), { op: 'remove', path: '/items/1' } as const, add('/items/0/type', 'y')],
    ],
    [
      'items in brackets',
      'kind: List\nitems: [{a: {}}, {b: {}}]\n',
      [add('/items/0/a/c', '1'), add('/items/1/b/c', '2')],
    ],
    ['line ends of Windows', LIST.replaceAll('\n', '\r\n'), [add('/items/0/type', 'x'), add('/items/1/type', 'y')]],
    [
      'a last item without a line end',
      'items:\n- a: {b: "1"}\n- a:\n    b: "2"',
      [add('/items/0/c', '1'), add('/items/1/c', '2')],
    ],
  ])('give what the patch says for %s', (_, text, operations) => {
    const expected = operations.reduce<JsonValue>(
      (value, each) => applyPatchOperation(value, each),
      read(text) ?? null,
    );
    expect(read(rewriteDocument(text, operations, read))).toEqual(expected);
  });

  it('read the text a few times and not once an operation', () => {
    const item = (index: number) => `- kind: Secret\n  metadata:\n    name: s${index}\n  type: Opaque\n`;
    const text = `kind: List\nitems:\n${Array.from({ length: 100 }, (_, index) => item(index)).join('')}`;
    const operations = Array.from({ length: 500 }, (_, index) => add(`/items/${index % 100}/key${index}`, 'x'));
    let characters = 0;
    const counted = (part: string) => {
      characters += part.length;
      return read(part);
    };
    const result = rewriteDocument(text, operations, counted);
    expect(result.match(/key/g)).toHaveLength(500);
    expect(characters).toBeLessThan(20 * result.length);
  });

  it('write the same as one after the other', () => {
    const key = fc.constantFrom('a', 'b', 'data', 'type');
    const value = fc.oneof(
      fc.constantFrom('x', '1', ''),
      fc.dictionary(key, fc.constantFrom('x', '2'), { maxKeys: 2 }),
    );
    const item = fc.dictionary(key, value, { minKeys: 1 });
    const change = fc.record({ index: fc.nat({ max: 3 }), key, value });
    fc.assert(
      fc.property(
        fc.array(item, { minLength: 4, maxLength: 4 }),
        fc.array(change, { maxLength: 6 }),
        (items, changes) => {
          const text = `# a list\nkind: List\nitems:\n${items.map((each) => `- ${blockOf(each)}`).join('')}`;
          const operations = changes.map((each) => add(`/items/${each.index}/${each.key}`, each.value));
          const single = operations.reduce((current, each) => rewriteDocument(current, [each], read), text);
          expect(rewriteDocument(text, operations, read)).toBe(single);
        },
      ),
      { numRuns: 60 },
    );
  });
});

/** A mapping behind its dash. */
function blockOf(item: Readonly<Record<string, JsonValue>>): string {
  return Object.entries(item)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join('  ');
}
