import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { equals, type JsonObject, type JsonValue } from '../../../src/kubernetes/json.ts';
import type { PatchOperation } from '../../../src/kubernetes/jsonPatch.ts';
import { rewriteDocument } from '../../../src/kubernetes/rewrite/document.ts';
import { readYaml } from '../../../src/kubernetes/yaml/read.ts';
import { applyEdits, type Edit, toJsonPatch } from '../../../src/policy/engine/edit.ts';

const read = (text: string): JsonValue | undefined => readYaml(text, 'test.yaml').documents[0]?.value;

const SERVICE = `# the shop's cart
apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: cart   # short

spec:
  template:
    # how it runs
    spec:
      containers:
      - image: 'cart:1'
        env:
        - {name: A, value: "1"}   # flow
        args: [a, b]
        resources: {}
      # the end
  empty:
`;

function rewritten(operation: PatchOperation, text = SERVICE): string {
  return rewriteDocument(text, [operation], read);
}

/** The lines that differ, as `-old` and `+new`. */
function difference(before: string, after: string): string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `-${line}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `+${line}`),
  ];
}

describe('rewriteDocument', () => {
  it.each<[string, PatchOperation, string[]]>([
    [
      'adds a key at the end of its mapping',
      { op: 'add', path: '/metadata/labels', value: { team: 'shop' } },
      ['+  labels:', '+    team: shop'],
    ],
    [
      'adds metadata above spec, and above the comment that belongs to spec',
      {
        op: 'add',
        path: '/spec/template/metadata',
        value: { annotations: { 'autoscaling.knative.dev/min-scale': '2' } },
      },
      ['+    metadata:', '+      annotations:', '+        autoscaling.knative.dev/min-scale: "2"'],
    ],
    [
      'replaces a text and keeps its quotes',
      { op: 'replace', path: '/spec/template/spec/containers/0/image', value: '2024' },
      ["-      - image: 'cart:1'", "+      - image: '2024'"],
    ],
    [
      'fills an empty mapping with a block',
      { op: 'add', path: '/spec/template/spec/containers/0/resources/limits', value: { cpu: '2', memory: '2Gi' } },
      [
        '-        resources: {}',
        '+        resources:',
        '+          limits:',
        '+            cpu: "2"',
        '+            memory: 2Gi',
      ],
    ],
    [
      'fills a key that has no value',
      { op: 'replace', path: '/spec/empty', value: { a: [1, { b: 'yes' }] } },
      ['-  empty:', '+  empty:', '+    a:', '+    - 1', '+    - b: "yes"'].filter(
        (line) => line.slice(1) !== '  empty:',
      ),
    ],
    [
      'adds to a list in flow style',
      { op: 'add', path: '/spec/template/spec/containers/0/args/-', value: 'c,d' },
      ['-        args: [a, b]', '+        args: [a, b, "c,d"]'],
    ],
    [
      'adds to a mapping in flow style',
      { op: 'add', path: '/spec/template/spec/containers/0/env/0/x', value: { y: null } },
      ['-        - {name: A, value: "1"}   # flow', '+        - {name: A, value: "1", x: {"y": null}}   # flow'],
    ],
    [
      'adds an item to a list',
      { op: 'add', path: '/spec/template/spec/containers/0/env/-', value: { name: 'B', value: 'on' } },
      ['+        - name: B', '+          value: "on"'],
    ],
    ['removes a key', { op: 'remove', path: '/spec/template/spec/containers/0/args' }, ['-        args: [a, b]']],
    [
      'removes the last key of a mapping',
      { op: 'remove', path: '/metadata/name' },
      ['-metadata:', '-  name: cart   # short', '+metadata: {}   # short'],
    ],
    [
      "removes the first key of a list's item",
      { op: 'remove', path: '/spec/template/spec/containers/0/image' },
      ["-      - image: 'cart:1'", '-        env:', '+      - env:'],
    ],
    [
      'writes a text of several lines as a block',
      { op: 'add', path: '/metadata/note', value: 'one\ntwo\n' },
      ['+  note: |', '+    one', '+    two'],
    ],
  ])('%s', (_, operation, expected) => {
    expect(difference(SERVICE, rewritten(operation))).toEqual(expected);
  });

  it('writes a whole new object below the old heading', () => {
    expect(rewritten({ op: 'replace', path: '', value: { kind: 'PingSource' } })).toBe(
      "# the shop's cart\nkind: PingSource\n",
    );
  });

  it('expands an alias instead of changing its anchor', () => {
    const text = 'a: &x {cpu: 1}\nb: *x\n';
    expect(read(rewritten({ op: 'add', path: '/b/memory', value: 2 }, text))).toEqual({
      a: { cpu: 1 },
      b: { cpu: 1, memory: 2 },
    });
  });

  it('does not change the others that share an anchor', () => {
    const text = 'a: &x\n  cpu: 1\nb: *x\n';
    expect(read(rewritten({ op: 'replace', path: '/a/cpu', value: 9 }, text))).toEqual({
      a: { cpu: 9 },
      b: { cpu: 1 },
    });
  });

  it.each(['\n', '\n\n', ' \n', 'a\n', 'a\n\n', 'a\n \n', '\na', '  a\nb', '\ta\nb\n', 'a\n\n  b\n', 'a \nb'])(
    'writes the lines of %j so that they are read again',
    (text) => {
      const result = rewritten({ op: 'replace', path: '/spec', value: text }, 'a: 1\nspec:\n  b: 1\nc: 2\n');
      expect(read(result)).toEqual({ a: 1, spec: text, c: 2 });
    },
  );

  it('writes each character so that it is read again, also one that YAML forbids as it is', () => {
    const codes = [...Array(0x100).keys(), 0x2028, 0x2029, 0xfeff, 0xfffd, 0xfffe, 0xffff, 0x1fffe, 0x10ffff];
    for (const char of codes.map((code) => String.fromCodePoint(code))) {
      const texts = [char, `a${char}b`, `"${char}"`, `a\n${char}b`].flatMap((text) => [text, `${text}\n`]);
      for (const text of texts) {
        for (const before of ['spec: 1\n', "spec: '1'\n", '{spec: 1, }\n', '{"spec":1}']) {
          const result = rewritten({ op: 'replace', path: '/spec', value: text }, before);
          expect([text, before, read(result)]).toEqual([text, before, { spec: text }]);
        }
      }
    }
    const result = rewritten({ op: 'add', path: '/a\u0085b', value: { '\u007f': 1 } }, 'spec: 1\n');
    expect(read(result)).toEqual({ spec: 1, 'a\u0085b': { '\u007f': 1 } });
  });

  it('keeps a key named __proto__ beside what it changes', () => {
    expect(rewritten({ op: 'add', path: '/b', value: 2 }, '__proto__: {a: 1}\n')).toBe('__proto__: {a: 1}\nb: 2\n');
    expect(rewritten({ op: 'add', path: '/b', value: 2 }, '{"__proto__":1}')).toBe('{"__proto__":1,"b":2}');
  });

  it('keeps the line ends of Windows', () => {
    expect(rewritten({ op: 'add', path: '/b', value: 2 }, 'a: 1\r\n')).toBe('a: 1\r\nb: 2\r\n');
  });

  it('keeps JSON JSON, with its indentation', () => {
    expect(rewritten({ op: 'add', path: '/b', value: 2 }, '{\n    "a": 1\n}\n')).toBe(
      '{\n    "a": 1,\n    "b": 2\n}\n',
    );
  });

  it('reads back as the patch says, whatever is changed', () => {
    const before = read(SERVICE) as JsonObject;
    const step = fc.constantFrom(
      'spec',
      'template',
      'metadata',
      'containers',
      '0',
      'env',
      'args',
      'resources',
      'empty',
      '-',
    );
    const path = fc.oneof(
      fc.constantFrom(
        '/spec/template/spec/containers/0',
        '/spec/template/spec/containers/0/env/0',
        '/metadata',
        '/spec',
      ),
      fc.constant(''),
    );
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        'yes',
        '012',
        '1e3',
        '12:30:45',
        '~',
        '',
        ' x',
        'a: b',
        'a #b',
        '- a',
        'null',
        '{',
        '1_000',
        '2024-01-01',
      ),
      fc.jsonValue({ maxDepth: 3 }),
    );
    const edit = fc
      .tuple(path, fc.array(step, { minLength: 1, maxLength: 3 }), value, fc.boolean())
      .map(([base, way, to, isRemoval]): Edit => {
        const place = `${base}/${way.join('/')}`;
        return isRemoval ? { remove: place } : { set: place, value: to as JsonValue };
      });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        const patch = toJsonPatch(before, edits);
        const expected = read(JSON.stringify(applyEdits(before, edits)));
        expect(equals(read(rewriteDocument(SERVICE, patch, read)), expected)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
