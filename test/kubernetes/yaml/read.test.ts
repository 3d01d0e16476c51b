import { describe, expect, it } from '@jest/globals';
import { MAX_FILE_BYTES, readManifests, readYaml } from '../../../src/kubernetes/yaml/read.ts';

/** `line:column reason: message` of each error. */
function errors(text: string | Uint8Array): string[] {
  return readManifests(text, 'x.yaml').errors.map(
    ({ line, column, reason, message }) => `${line === undefined ? '' : `${line}:${column} `}${reason}: ${message}`,
  );
}

function kinds(text: string): unknown[] {
  return readManifests(text, 'x.yaml').documents.map((document) => document.object.kind);
}

const A = 'apiVersion: v1\nkind: A\n';
const B = 'apiVersion: v1\nkind: B\n';

describe('documents', () => {
  it.each<{ name: string; text: string; expected: string[]; empty: number }>`
    name                         | text                                                                 | expected      | empty
    ${'one'}                     | ${A}                                                                 | ${['A']}      | ${0}
    ${'two'}                     | ${`${A}---\n${B}`}                                                   | ${['A', 'B']} | ${0}
    ${'separators at both ends'} | ${`---\n${A}---\n${B}---\n`}                                         | ${['A', 'B']} | ${0}
    ${'comments only'}           | ${`# a\n---\n${A}---\n# b\n`}                                        | ${['A']}      | ${2}
    ${'nothing between'}         | ${`${A}---\n---\n\n---\n${B}`}                                       | ${['A', 'B']} | ${1}
    ${'null'}                    | ${`null\n---\n${A}---\n~\n`}                                         | ${['A']}      | ${2}
    ${'an empty file'}           | ${''}                                                                | ${[]}         | ${0}
    ${'CR LF'}                   | ${`${A}---\n${B}`.replaceAll('\n', '\r\n')}                          | ${['A', 'B']} | ${0}
    ${'a byte order mark'}       | ${`\ufeff${A}---\n${B}`}                                             | ${['A', 'B']} | ${0}
    ${'JSON'}                    | ${'{"apiVersion":"v1","kind":"A"}'}                                  | ${['A']}      | ${0}
    ${'a stream of JSON'}        | ${'{"apiVersion":"v1","kind":"A"}\n{"apiVersion":"v1","kind":"B"} '} | ${['A', 'B']} | ${0}
    ${'JSON, then YAML'}         | ${`{"apiVersion":"v1","kind":"A"}\n---\n${B}`}                       | ${['A', 'B']} | ${0}
    ${'an end marker'}           | ${`${A}...\n# c\n---\n${B}...\n`}                                    | ${['A', 'B']} | ${0}
  `('of a text with $name', ({ text, expected, empty }) => {
    const result = readManifests(text, 'x.yaml');
    expect(result.errors).toEqual([]);
    expect(result.documents.map((document) => document.object.kind)).toEqual(expected);
    expect(result.empty).toBe(empty);
  });

  it('are read from bytes as from text', () => {
    const text = 'apiVersion: v1\nkind: A\ndata: {é: "\u{1F600}"}\n';
    const [document] = readManifests(Buffer.from(text), '-').documents;
    expect(document?.file).toBe('-');
    expect(document?.object).toEqual({ apiVersion: 'v1', kind: 'A', data: { é: '\u{1F600}' } });
  });

  it('are read where another of the file is broken', () => {
    const text = `${A}---\na: b: c\n---\n${B}---\n- [\n---\n${A}`;
    expect(kinds(text)).toEqual(['A', 'B', 'A']);
    expect(readManifests(text, 'x.yaml').errors.map(({ line }) => line)).toEqual([4, 9]);
    expect(readManifests(text, 'x.yaml').documents.map(({ index }) => index)).toEqual([0, 2, 4]);
  });

  it('keep keys that JavaScript objects have already, and touch no prototype', () => {
    const text = `${A}__proto__: {polluted: true}\nconstructor: {prototype: {polluted: true}}\nx: &x {__proto__: 1}\nw: *x\nz: {<<: *x}\n`;
    for (const input of [text, JSON.stringify(readYaml(text, 'x').documents[0]?.value)]) {
      const [document] = readManifests(input, 'x.yaml').documents;
      expect(Object.keys(document?.object ?? {})).toEqual([
        'apiVersion',
        'kind',
        '__proto__',
        'constructor',
        'x',
        'w',
        'z',
      ]);
      expect(JSON.stringify(document?.object.z)).toBe('{"__proto__":1}');
      expect(Object.getPrototypeOf(document?.object)).toBe(Object.prototype);
      expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    }
  });

  it('hold a copy for each alias', () => {
    const [document] = readYaml('a: &a {x: [1]}\nb: *a\nc: {<<: *a}\n', 'x.yaml').documents;
    expect(document?.value).toEqual({ a: { x: [1] }, b: { x: [1] }, c: { x: [1] } });
    const value = JSON.parse(JSON.stringify(document?.value));
    expect(value).toEqual(document?.value);
    const { a, b, c } = Object(document?.value);
    expect([a === b, a.x === b.x, a.x === c.x]).toEqual([false, false, false]);
  });
});

describe('Lists', () => {
  const list = (items: string): string => `apiVersion: v1\nkind: List\nitems:\n${items}`;

  it('come apart, however deep', () => {
    const text = list(
      '- {apiVersion: v1, kind: A}\n- apiVersion: v1\n  kind: List\n  items:\n  - {apiVersion: v1, kind: B}\n- {apiVersion: v1, kind: C}\n',
    );
    const { documents, errors: failures } = readManifests(text, 'x.yaml');
    expect(failures).toEqual([]);
    expect(documents.map(({ object, pointer, index }) => [object.kind, pointer, index])).toEqual([
      ['A', '/items/0', 0],
      ['B', '/items/1/items/0', 0],
      ['C', '/items/2', 0],
    ]);
    expect(documents.map((document) => document.locate('/kind'))).toEqual([
      { line: 4, column: 26 },
      { line: 8, column: 28 },
      { line: 9, column: 26 },
    ]);
    expect(documents[1]?.locate('', 'value')).toEqual({ line: 8, column: 5 });
  });

  it('of a type give it to items that say none', () => {
    const text =
      'apiVersion: serving.knative.dev/v1\nkind: ServiceList\nitems:\n- metadata: {name: a}\n- kind: B\n  apiVersion: v1\n';
    expect(readManifests(text, 'x.yaml').documents.map(({ object }) => object)).toEqual([
      { apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata: { name: 'a' } },
      { apiVersion: 'v1', kind: 'B' },
    ]);
  });

  it('may be empty', () => {
    expect(
      readManifests('apiVersion: v1\nkind: List\nitems: []\n---\napiVersion: v1\nkind: List\nitems:\n', 'x'),
    ).toEqual({
      documents: [],
      errors: [],
      empty: 0,
    });
  });

  it('are not what merely has such a kind', () => {
    expect(kinds('apiVersion: v1\nkind: AllowList\nspec: {}\n')).toEqual(['AllowList']);
  });

  it('have an error for each broken item', () => {
    const text = list('- {apiVersion: v1, kind: A}\n- 5\n- {kind: B}\n- []\n- {apiVersion: v1, kind: C}\n');
    expect(kinds(text)).toEqual(['A', 'C']);
    expect(errors(text)).toEqual([
      '5:3 notAnObject: not a Kubernetes object: the number 5 stands where a mapping with apiVersion and kind belongs',
      '6:3 notAResource: no apiVersion; a Kubernetes object says its API, for example apiVersion: serving.knative.dev/v1',
      '7:3 notAnObject: not a Kubernetes object: a list stands where a mapping with apiVersion and kind belongs',
    ]);
  });
});

describe('errors', () => {
  it.each<{ text: string; expected: string }>`
    text                                     | expected
    ${'hello'}                               | ${'1:1 notAnObject: not a Kubernetes object: the text "hello" stands where a mapping with apiVersion and kind belongs'}
    ${'- a\n- b'}                            | ${'1:1 notAnObject: not a Kubernetes object: a list stands where a mapping with apiVersion and kind belongs'}
    ${'a: 1'}                                | ${'1:1 notAnObject: not a Kubernetes object: it has neither apiVersion nor kind'}
    ${'apiVersion: v1\nmetadata: {}'}        | ${'1:1 notAResource: no kind; a Kubernetes object says what it is, for example kind: Service'}
    ${'kind: Service'}                       | ${'1:1 notAResource: no apiVersion; a Kubernetes object says its API, for example apiVersion: serving.knative.dev/v1'}
    ${'apiVersion: 1\nkind: Service'}        | ${'1:13 notAResource: apiVersion is the number 1, and must be a string'}
    ${'apiVersion: v1\nkind: [Service]'}     | ${'2:7 notAResource: kind is a list, and must be a string'}
    ${'apiVersion: v1\nkind: yes'}           | ${'2:7 notAResource: kind is the boolean true, and must be a string'}
    ${'apiVersion: v1\nkind: ""'}            | ${'2:7 notAResource: kind is empty; it must be a name'}
    ${'apiVersion: v1\nkind:'}               | ${'2:5 notAResource: kind is null, and must be a string'}
    ${'apiVersion: v1\nkind: List\n'}        | ${'1:1 notAResource: a List without a list of items; write items: []'}
    ${`${A}a:\n\tb: 1`}                      | ${'4:1 syntax: cannot be read as YAML: tab characters must not be used in indentation; indent with spaces'}
    ${`${A}a: "b`}                           | ${'3:6 syntax: cannot be read as YAML: unexpected end of the stream within a double quoted scalar; close it with "'}
    ${`${A}a: b: c`}                         | ${'3:5 syntax: cannot be read as YAML: bad indentation of a mapping entry; align the keys of a mapping, and quote a value that has ": " in it'}
    ${`${A}a: *b`}                           | ${'3:4 syntax: no anchor &b stands before the alias *b; quote a value that starts with *'}
    ${`${A}a: &a [*a]`}                      | ${'3:8 syntax: the alias *a stands inside its own anchor; a value cannot contain itself'}
    ${`${A}a: .inf`}                         | ${'3:4 notJson: .inf is a number that JSON cannot hold; quote it if a string is meant'}
    ${`${A}~: 1`}                            | ${'3:1 syntax: a key is empty; write a string'}
    ${`${A}[a]: 1`}                          | ${'3:1 syntax: a mapping or a list cannot be a key; write a string'}
    ${`${A}18446744073709551615: 1`}         | ${'3:1 syntax: the key 18446744073709551615 is too large for a number; quote it'}
    ${`${A}a: !!int x`}                      | ${'3:10 syntax: this is no !!int value; drop the tag or quote a string'}
    ${`${A}a: {<<: 1}`}                      | ${'3:5 syntax: the merge key << takes a mapping or a list of mappings'}
    ${`${A}a: "\\ud83d\\ude00"`}             | ${'3:5 syntax: Kubernetes does not read the escape \\ud83d in YAML; write the character itself'}
    ${`${A}# \u0007`}                        | ${'3:3 syntax: the control character U+0007 stands here, which YAML forbids; leave it out, or write it as an escape in double quotes'}
    ${`${A}--- {a: 1}`}                      | ${'3:1 separator: "{a: 1}" follows ---, where Kubernetes allows only a comment; put it on the next line'}
    ${`${A}...\nb: 1`}                       | ${'4:1 separator: Kubernetes drops what follows the end marker ...; begin the next document with ---'}
    ${`...\n${A}`}                           | ${'1:1 syntax: the end marker ... has no document before it; remove it'}
    ${'{"apiVersion": "v1", "kind": 1e999}'} | ${'1:30 notJson: 1e999 is too large for a number; quote it if a string is meant'}
  `('$text', ({ text, expected }) => {
    expect(errors(text)).toEqual([expected]);
  });

  it('come in the order of the file', () => {
    expect(readManifests(`a: 1\n---\n[\n---\nb: 1\n`, 'x').errors.map(({ line }) => line)).toEqual([1, 3, 5]);
  });

  it('say the file that was given', () => {
    expect(readManifests('a', 'deploy/a.yaml').errors[0]?.file).toBe('deploy/a.yaml');
  });

  it('do not speak of kinds where any YAML will do', () => {
    expect(readYaml('replicas: 3\n---\n- a\n---\nb', 'values.yaml')).toMatchObject({
      documents: [{ value: { replicas: 3 } }, { value: ['a'] }, { value: 'b' }],
      errors: [],
    });
  });
});

describe('what is no text', () => {
  it.each<{ name: string; bytes: string | Uint8Array; expected: string }>`
    name                    | bytes                                    | expected
    ${'UTF-16'}             | ${Buffer.from('\ufeffa: 1', 'utf16le')}  | ${'encoding: the file is UTF-16; save it as UTF-8'}
    ${'UTF-16, big endian'} | ${Buffer.from([0xfe, 0xff, 0, 97])}      | ${'encoding: the file is UTF-16; save it as UTF-8'}
    ${'NUL bytes'}          | ${Buffer.from([0x7f, 69, 76, 70, 0, 1])} | ${'binary: the file is binary (it has NUL bytes); a manifest is text'}
    ${'invalid UTF-8'}      | ${Buffer.from([97, 58, 32, 0xff])}       | ${'encoding: the file is not valid UTF-8; save it as UTF-8'}
    ${'NUL in text'}        | ${'a: 1\nb: \0'}                         | ${'2:4 binary: the file is binary (it has NUL bytes); a manifest is text'}
    ${'half a pair'}        | ${'a: \ud800'}                           | ${'encoding: the file has half of a surrogate pair, which is no character; save it as UTF-8'}
    ${'too much'}           | ${' '.repeat(MAX_FILE_BYTES + 1)}        | ${'limit: the file has 17 MiB, and at most 16 MiB are read; split it'}
  `('$name is an error', ({ bytes, expected }) => {
    expect(errors(bytes)).toEqual([expected]);
  });
});

describe('templates', () => {
  const TEMPLATE =
    'template: this is a template, not a manifest; render it first (helm template) and check what comes out';

  it.each<{ text: string; place: string }>`
    text                                                                  | place
    ${'{{- if .Values.enabled }}\napiVersion: v1\nkind: A\n{{- end }}\n'} | ${'1:1'}
    ${`${A}metadata:\n  name: {{ .Release.Name }}\n`}                     | ${'4:9'}
    ${`${A}spec:\n  image: registry/{{ .Values.image }}:v1\n`}            | ${'4:10'}
    ${`${A}spec:\n  {{- toYaml .Values.spec | nindent 2 }}\n`}            | ${'4:3'}
    ${`${A}metadata: {name: "{{ .app }}"}\n`}                             | ${'1:1'}
    ${`${A}spec:\n  labels:\n    {{ include "app.labels" . }}: x\n`}      | ${'5:5'}
  `('$text is one', ({ text, place }) => {
    expect(errors(text)).toEqual([`${place} ${TEMPLATE}`]);
  });

  it.each([
    `${A}spec: {summary: "{{ $labels.instance }} is down"}\n`,
    `${A}spec:\n  summary: Instance {{ $labels.instance }} down\n`,
    `${A}spec:\n  script: |\n    {{ .Values.x }}\n`,
    `${A}# {{ .Values.x }}\n`,
    `${A}spec: {path: 'apps/{{.path.basename}}'}\n`,
  ])('%j is none', (text) => {
    expect(errors(text)).toEqual([]);
  });

  it('are reported once a file', () => {
    expect(errors(`${A}a: {{ .x }}\n---\n${B}b: {{ .y }}\n---\n${A}`)).toEqual([`3:4 ${TEMPLATE}`]);
  });
});
