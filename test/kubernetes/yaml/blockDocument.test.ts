import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JsonValue } from '../../../src/kubernetes/json.ts';
import { readBlockDocument } from '../../../src/kubernetes/yaml/blockDocument.ts';
import { readingBudget } from '../../../src/kubernetes/yaml/limits.ts';
import { NodeTableBuilder } from '../../../src/kubernetes/yaml/nodeTable.ts';
import { parseDocument } from '../../../src/kubernetes/yaml/parse.ts';

/** The value and its places, or undefined where the text is left to the whole reader. */
function read(text: string) {
  const table = new NodeTableBuilder();
  const value = readBlockDocument(text, 0, text.length, table);
  return value === undefined ? undefined : { value, table: table.finish() };
}

function readWhole(text: string) {
  const table = new NodeTableBuilder();
  const composed = parseDocument(text, 0, table, readingBudget());
  return { value: composed?.value, duplicates: composed?.duplicates, table: table.finish() };
}

const MANIFEST = `# the shop's cart
apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: cart   # as customers know it
  labels: {}
  annotations:
    shop.example.com/note: "over: there # here"
    shop.example.com/motto: 'schön — und gut'
spec:
  template:
    spec:
      timeoutSeconds: 60

      containers:
      - image: registry.example.com/shop/cart:1.4.2
        args: []
        securityContext: {runAsNonRoot: true, capabilities: {drop: [ALL]}}
        command:
          - run
          - "--fast"
        env:
        -   name: PORT
            value: "8080"
        - name: EMPTY
          value:
        resources:
          limits:
            cpu: 200m
`;

describe('a document of everyday YAML', () => {
  it.each<{ text: string; value: JsonValue | undefined }>`
    text                                 | value
    ${'a: 1'}                            | ${{ a: 1 }}
    ${'a: yes\nb: 014\nc: ~\nd: 1e3'}    | ${{ a: true, b: 12, c: null, d: 1000 }}
    ${'a:\nb: x'}                        | ${{ a: null, b: 'x' }}
    ${'a:\n- 1\n- x: 2\n  k: 3\nb: z\n'} | ${{ a: [1, { x: 2, k: 3 }], b: 'z' }}
    ${'a:\n  - 1\n  -   x: 2\n      k:'} | ${{ a: [1, { x: 2, k: null }] }}
    ${'a: b#c #d\n # e\n\nf: "g" # h'}   | ${{ a: 'b#c', f: 'g' }}
    ${'a: http://b:80/c: # d'}           | ${undefined}
    ${'a: http://b:80/c # d'}            | ${{ a: 'http://b:80/c' }}
    ${'a: {}  \nb: [] # c'}              | ${{ a: {}, b: [] }}
    ${'a: [b, "c, d", {e: 1}, [], 014]'} | ${{ a: ['b', 'c, d', { e: 1 }, [], 12] }}
    ${"a: { b: [ x:1, y z ] , c: '' }"}  | ${{ a: { b: ['x:1', 'y z'], c: '' } }}
    ${'- a'}                             | ${undefined}
    ${'a:\n- {b: c} # d\n- [e]'}         | ${{ a: [{ b: 'c' }, ['e']] }}
    ${'a/*: b'}                          | ${{ 'a/*': 'b' }}
    ${'8080: a'}                         | ${{ 8080: 'a' }}
  `('$text is read as it is by the whole reader', ({ text, value }) => {
    expect(read(text)?.value).toEqual(value);
    if (value !== undefined) expect(read(text)).toEqual({ value, table: readWhole(text).table });
  });

  it('is a manifest as people write it', () => {
    const { value, table } = readWhole(MANIFEST);
    expect(read(MANIFEST)).toEqual({ value, table });
  });

  it.each(
    [
      '',
      '# nothing',
      '- a',
      'a',
      ' a: 1',
      'a: 1\na: 2',
      'a: 1\n b: 2',
      'a:\n    b: 1\n  c: 2',
      'a: b\n  c',
      'a: b: c',
      'a: "b\\n"',
      "a: 'it''s'",
      'a: "b',
      'a: "b" c',
      'a: "b"#c',
      'a: |\n  b',
      'a: >\n  b',
      'a: &b c',
      'a: *b',
      'a: !!str 1',
      'a: [b',
      'a: [b]c',
      'a: [b]: c',
      'a: [b c: d]',
      'a: [b, ]',
      'a: [b # c]',
      'a: [b?]',
      'a: [b: c]',
      'a: [b,\n  c]',
      'a: {b}',
      'a: {b: }',
      'a: {b: c, b: d}',
      'a: {b: c: d}',
      'a: {b:c}',
      'a: {"b": c}',
      'a: {yes: b}',
      'a: [&b c, *b]',
      'a: [-1]',
      'a: [.inf]',
      `a: ${'['.repeat(25)}${']'.repeat(25)}`,
      '[a]',
      '{a: b}',
      'a: {{ .Values.b }}',
      'a: b{{ .Values.c }}',
      '<<: {a: 1}',
      '? a\n: b',
      'yes: a',
      '1e3: a',
      '__proto__: a',
      'constructor: a',
      '"a": 1',
      'a :  1',
      'a:\t1',
      'a: 1\r\nb: 2',
      'a: .nan',
      'a: 1 # \u0007',
      'a: \u2028',
      'a: \ufeff',
      'a: 😀',
      'a:\n-\n  b',
      'a:\n- - b',
      'a:\n- b\n c: d',
      'a:\n  - b\n- c',
      '%YAML 1.2',
      '... a',
    ].map((text) => [text]),
  )('%j is left to the whole reader', (text) => {
    expect(read(text)).toBeUndefined();
  });

  it('is neither indented nor keyed beyond all measure', () => {
    expect(read(`a:\n${' '.repeat(201)}b: 1`)).toBeUndefined();
    expect(read(`${'k'.repeat(1025)}: 1`)).toBeUndefined();
  });

  it('is never read in another way than by the whole reader', () => {
    const bit = fc.constantFrom(
      ...[' ', '  ', '\n', '- ', '-', ': ', ':', '#', ' #', '"', "'", 'y', '~', '014', '.5', '...', '{}', '[', '{{'],
      ...['[a, b]', '{a: b}', ', ', ']', '}', '[[', 'a:b', ': ,', '{', '{a: [b], c: "d"}', "['e f', 1]"],
      ...['<<', '&a ', '*a', '!x ', '|', '? ', '\t', '\r\n', 'é', '\\', '%', ',', 'key:\n', '# x\n', '- - z\n', '0x1f'],
    );
    const lines = MANIFEST.split('\n');
    const part = fc
      .tuple(fc.nat(lines.length), fc.nat(12))
      .map(([from, count]) => undented(lines.slice(from, from + count + 1)).join('\n'));
    const change = fc.tuple(fc.nat(400), fc.nat(3), fc.oneof(bit, fc.constant('')));
    fc.assert(
      fc.property(part, fc.array(change, { maxLength: 3 }), (start, changes) => {
        let text = start;
        for (const [at, removed, added] of changes) {
          const place = at % (text.length + 1);
          text = text.slice(0, place) + added + text.slice(place + removed);
        }
        const own = read(text);
        if (own !== undefined) expect({ ...own, duplicates: [] }).toEqual(readWhole(text));
      }),
      { numRuns: 3000 },
    );
  });
});

function undented(lines: readonly string[]): string[] {
  const indent = /^ */.exec(lines[0] ?? '')?.[0] ?? '';
  return lines.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
}
