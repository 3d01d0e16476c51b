import { describe, expect, it } from '@jest/globals';
import { isArray, isObject, type JsonValue } from '../../../src/kubernetes/json.ts';
import { join } from '../../../src/kubernetes/pointer.ts';
import { readManifests, readYaml } from '../../../src/kubernetes/yaml/read.ts';

const SAMPLE = `# a comment
apiVersion: v1
kind: Sample # another
"quoted": "a value"
'single':   'another'
number: 014
empty:
tilde: ~
block: |
  line 1
  line 2
folded: # comment | with > signs
  >-
  text
list:
- one
-
- "three"
-   - nested
    - {a: 1, b: [2, 3]}
- key: value
  other:
    deep: yes
flow: [
  {x: 1},
  { "y" : 2 }
]
tagged: !!str 5
? explicit
: value
a/b~c: slash
yes: key
`;

function place(text: string, pointer: string, what?: 'key' | 'value'): string {
  const [document] = readYaml(text, 'x.yaml').documents;
  if (document === undefined) throw new Error('no document');
  const { line, column } = document.locate(pointer, what);
  return `${line}:${column}`;
}

describe('locate', () => {
  it.each<{ pointer: string; key: string; value: string }>`
    pointer                  | key        | value
    ${''}                    | ${'2:1'}   | ${'2:1'}
    ${'/apiVersion'}         | ${'2:1'}   | ${'2:13'}
    ${'/kind'}               | ${'3:1'}   | ${'3:7'}
    ${'/quoted'}             | ${'4:1'}   | ${'4:11'}
    ${'/single'}             | ${'5:1'}   | ${'5:13'}
    ${'/number'}             | ${'6:1'}   | ${'6:9'}
    ${'/empty'}              | ${'7:1'}   | ${'7:6'}
    ${'/tilde'}              | ${'8:1'}   | ${'8:8'}
    ${'/block'}              | ${'9:1'}   | ${'9:8'}
    ${'/folded'}             | ${'12:1'}  | ${'13:3'}
    ${'/list'}               | ${'15:1'}  | ${'16:1'}
    ${'/list/0'}             | ${'16:3'}  | ${'16:3'}
    ${'/list/1'}             | ${'17:1'}  | ${'17:1'}
    ${'/list/2'}             | ${'18:3'}  | ${'18:3'}
    ${'/list/3'}             | ${'19:5'}  | ${'19:5'}
    ${'/list/3/0'}           | ${'19:7'}  | ${'19:7'}
    ${'/list/3/1'}           | ${'20:7'}  | ${'20:7'}
    ${'/list/3/1/a'}         | ${'20:8'}  | ${'20:11'}
    ${'/list/3/1/b'}         | ${'20:14'} | ${'20:17'}
    ${'/list/3/1/b/1'}       | ${'20:21'} | ${'20:21'}
    ${'/list/4'}             | ${'21:3'}  | ${'21:3'}
    ${'/list/4/key'}         | ${'21:3'}  | ${'21:8'}
    ${'/list/4/other'}       | ${'22:3'}  | ${'23:5'}
    ${'/list/4/other/deep'}  | ${'23:5'}  | ${'23:11'}
    ${'/flow'}               | ${'24:1'}  | ${'24:7'}
    ${'/flow/0/x'}           | ${'25:4'}  | ${'25:7'}
    ${'/flow/1'}             | ${'26:3'}  | ${'26:3'}
    ${'/flow/1/y'}           | ${'26:5'}  | ${'26:11'}
    ${'/tagged'}             | ${'28:1'}  | ${'28:15'}
    ${'/explicit'}           | ${'29:3'}  | ${'30:3'}
    ${'/a~1b~0c'}            | ${'31:1'}  | ${'31:8'}
    ${'/true'}               | ${'32:1'}  | ${'32:6'}
    ${'/list/9'}             | ${'15:1'}  | ${'16:1'}
    ${'/list/x/y'}           | ${'15:1'}  | ${'16:1'}
    ${'/list/4/other/no/no'} | ${'22:3'}  | ${'23:5'}
    ${'/number/deeper'}      | ${'6:1'}   | ${'6:9'}
    ${'/missing'}            | ${'2:1'}   | ${'2:1'}
  `('of $pointer is $key and $value', ({ pointer, key, value }) => {
    expect({ key: place(SAMPLE, pointer, 'key'), value: place(SAMPLE, pointer) }).toEqual({ key, value });
  });

  it('finds every key of the sample at a place of its own', () => {
    const [document] = readYaml(SAMPLE, 'x.yaml').documents;
    const pointers = document === undefined ? [] : keyPointers(document.value, '');
    const places = pointers.map((pointer) => place(SAMPLE, pointer, 'key'));
    expect(pointers.length).toBe(22);
    expect(new Set(places).size).toBe(pointers.length);
  });

  it('counts from the start of the file, not of the document', () => {
    const { documents } = readManifests(
      'apiVersion: v1\nkind: A\n--- # next\n\napiVersion: v1\nkind: B\n---\n{apiVersion: v1, kind: C}\n',
      'x.yaml',
    );
    expect(documents.map((document) => document.locate('/kind'))).toEqual([
      { line: 2, column: 7 },
      { line: 6, column: 7 },
      { line: 8, column: 24 },
    ]);
    expect(documents.map((document) => document.index)).toEqual([0, 1, 2]);
  });

  it.each<{ name: string; text: string; pointer: string; expected: string }>`
    name                                                | text                                  | pointer     | expected
    ${'CR LF'}                                          | ${'a: 1\r\nb:\r\n  c: 2\r\n'}         | ${'/b/c'}   | ${'3:6'}
    ${'CR alone'}                                       | ${'a: 1\rb: 2'}                       | ${'/b'}     | ${'2:4'}
    ${'a byte order mark'}                              | ${'\ufeffa: 1\nb: 2'}                 | ${'/a'}     | ${'1:4'}
    ${'characters of two units'}                        | ${'a: ["\u{1F600}", b]'}              | ${'/a/1'}   | ${'1:11'}
    ${'JSON'}                                           | ${'{\n  "a": [1,\n    {"b": null}]}'} | ${'/a/1/b'} | ${'3:11'}
    ${'a JSON key'}                                     | ${'{"a": 1, "b/c": 2}'}               | ${'/b~1c'}  | ${'1:17'}
    ${'two equal keys'}                                 | ${'a: 1\nb: 2\na: 3'}                 | ${'/a'}     | ${'3:4'}
    ${'a bracket that closes in the column of its key'} | ${'a: [\n1,\n2\n]\nb: 3'}             | ${'/b'}     | ${'5:4'}
    ${'an item of such brackets'}                       | ${'a: [\n1,\n  2\n]\nb: 3'}           | ${'/a/1'}   | ${'3:3'}
    ${'a string that goes on in the first column'}      | ${'a: "x\ny"\nb: {\nc: 1\n}\n'}       | ${'/b/c'}   | ${'4:4'}
  `('works with $name', ({ text, pointer, expected }) => {
    expect(place(text, pointer)).toBe(expected);
  });

  it.each<{ name: string; text: string; pointer: string; key: string; value: string }>`
    name                            | text                                                      | pointer   | key       | value
    ${'an alias'}                   | ${'x: &x\n  p: 1\na: *x'}                                 | ${'/a'}   | ${'3:1'}  | ${'3:4'}
    ${'inside an alias'}            | ${'x: &x\n  p: 1\na: *x'}                                 | ${'/a/p'} | ${'2:3'}  | ${'2:6'}
    ${'a merged key'}               | ${'x: &x\n  p: 1\na:\n  <<: *x\n  q: 2'}                  | ${'/a/p'} | ${'2:3'}  | ${'2:6'}
    ${'a key that overrides'}       | ${'x: &x\n  p: 1\na:\n  <<: *x\n  p: 2'}                  | ${'/a/p'} | ${'5:3'}  | ${'5:6'}
    ${'a key that is overridden'}   | ${'x: &x\n  p: 1\na:\n  p: 2\n  <<: *x'}                  | ${'/a/p'} | ${'2:3'}  | ${'2:6'}
    ${'the first of merged lists'}  | ${'x: &x {p: 1}\ny: &y {p: 2, q: 3}\na:\n  <<: [*x, *y]'} | ${'/a/p'} | ${'1:8'}  | ${'1:11'}
    ${'the second of merged lists'} | ${'x: &x {p: 1}\ny: &y {p: 2, q: 3}\na:\n  <<: [*x, *y]'} | ${'/a/q'} | ${'2:14'} | ${'2:17'}
    ${'a mapping in the merge'}     | ${'a:\n  <<: {p: 1}'}                                     | ${'/a/p'} | ${'2:8'}  | ${'2:11'}
    ${'a key with an anchor'}       | ${'&x a: 1\nb: *x'}                                       | ${'/b'}   | ${'2:1'}  | ${'2:4'}
  `('of $name is $key and $value', ({ text, pointer, key, value }) => {
    expect({ key: place(text, pointer, 'key'), value: place(text, pointer) }).toEqual({ key, value });
  });
});

describe('duplicateKeys', () => {
  it('says which place is lost and which is kept', () => {
    const text = 'apiVersion: v1\nkind: A\nspec:\n  a: 1\n  b:\n  - c: 1\n    "c": 2\n  a: 2\n  a: 3\n';
    const [document] = readManifests(text, 'x.yaml').documents;
    expect(document?.duplicateKeys).toEqual([
      { pointer: '/spec/b/0/c', key: 'c', place: { line: 6, column: 5 }, kept: { line: 7, column: 5 } },
      { pointer: '/spec/a', key: 'a', place: { line: 4, column: 3 }, kept: { line: 9, column: 3 } },
      { pointer: '/spec/a', key: 'a', place: { line: 8, column: 3 }, kept: { line: 9, column: 3 } },
    ]);
    expect(document?.object.spec).toEqual({ a: 3, b: [{ c: 2 }] });
  });

  it('belong to the item of a List that they stand in', () => {
    const text =
      '{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"A"},\n{"apiVersion":"v1","kind":"B","a":1,"a":2}]}';
    const { documents } = readManifests(text, 'x.json');
    expect(documents.map((document) => document.duplicateKeys.map(({ pointer }) => pointer))).toEqual([[], ['/a']]);
  });

  it.each(['a: 1\nb: {a: 1}', 'x: &x {a: 1}\nb:\n  <<: *x\n  a: 2', 'constructor: 1\ntoString: 2', '__proto__: 1'])(
    'is empty for %j',
    (text) => {
      expect(readYaml(text, 'x.yaml').documents.map((document) => document.duplicateKeys)).toEqual([[]]);
    },
  );
});

function keyPointers(value: JsonValue, base: string): string[] {
  if (isArray(value)) return value.flatMap((item, index) => keyPointers(item, join(base, index)));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, item = null]) => [
    join(base, key),
    ...keyPointers(item, join(base, key)),
  ]);
}
