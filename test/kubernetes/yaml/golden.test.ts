import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { equals, type JsonValue } from '../../../src/kubernetes/json.ts';
import { readYaml } from '../../../src/kubernetes/yaml/read.ts';

/** Written by tools/yaml-reference/generate.ts: a text, the documents that Kubernetes reads in it, true for an error. */
type GoldenCase = readonly [text: string, documents: readonly JsonValue[], isError?: true];

const path = `${import.meta.dirname}/testdata/kubernetes-reading.json`;
const cases: readonly GoldenCase[] = JSON.parse(readFileSync(path, 'utf8'));

/** What Kubernetes reads and Weir refuses on purpose: better a clear error than a guess at what was meant. */
const REFUSED: readonly (readonly [why: string, texts: readonly string[]])[] = [
  [
    'Kubernetes drops the rest of the document without a word',
    [
      '[]: v',
      '"a"#c: v',
      "'a'#c: v",
      '  a: 1\n b: 2',
      ' a: 1\nb: 2',
      '[a]]',
      '[a]b',
      '{a: 1}b',
      '[a]#c',
      '"a":1',
      'a: 1\n%YAML 1.1\n---\nb: 1',
      '---\n{"a": 1}\n{"b": 2}',
      'a: 1\n...\nb: 2',
      'a: 1\n... b',
      'a: 1\n...\n: [',
      'a: |\n  b\n...\nc: 1',
      'a: 1\r\n...\r\nb: 2',
    ],
  ],
  [
    'U+0085, U+2028 and U+2029 end lines that no editor shows',
    [
      'a: "\u0085"',
      '["\u0085", b]',
      'a: 1\u0085b: 2',
      'a: |\n  b\u0085  c\n',
      '# c\u0085a: 1',
      'a: "\u2028"',
      '["\u2028", b]',
      'a: |\n  b\u2028  c\n',
      'a: "b\u2028c"',
      'a: 1\u2028b: 2',
      '# c\u2028a: 1',
    ],
  ],
  [
    'js-yaml is stricter where nobody means what Kubernetes reads',
    [
      '[-]',
      '{a: -}',
      '[a,#c\nb]',
      '[?a]',
      '[a:]',
      'a: !a,b 5',
      '- !a,b 5\n- b',
      '? !a,b 5\n: v',
      'a: "a"#c',
      "a: 'a'#c",
      'a: |# comment\n  b\n',
      'a:\n  - |# comment\n    b\n  \nz: 1',
    ],
  ],
  ['a number that JSON cannot hold is overwritten later', ['a:\n  <<: {x: .nan}\n  x: 1', 'a: .nan\na: 1']],
  ["a Helm template's plain scalar", ['a: foo-{{ .Values.x }}']],
];

/**
 * What Kubernetes refuses and Weir reads: kubectl looks four bytes ahead after a JSON document, and finds three;
 * go-yaml refuses a tab below a plain scalar where the lines have to be indented for js-yaml.
 */
const READ: readonly string[] = ['{"a": 1} b', 'a: {\n\tb: 1,\n\tc: [\n\t\t1\n\t]\n}'];

const refused = new Set(REFUSED.flatMap(([, texts]) => texts));

describe('what Kubernetes reads', () => {
  it('is asked about in many cases', () => {
    expect(cases.length).toBeGreaterThan(1000);
    expect(cases.filter(([, , isError]) => isError).length).toBeGreaterThan(100);
  });

  it('is what Weir reads', () => {
    const differences: unknown[] = [];
    for (const [text, documents, isError] of cases) {
      if (isError || refused.has(text)) continue;
      const result = readYaml(text, 'x.yaml');
      const values = result.documents.map((document) => document.value);
      if (result.errors.length > 0 || !equals(values, documents)) {
        differences.push({ text, kubernetes: documents, weir: values, errors: result.errors });
      }
    }
    expect(differences).toEqual([]);
  });

  it('ends in an error where it does for Weir', () => {
    const accepted = cases
      .filter(([text, , isError]) => isError && !READ.includes(text))
      .filter(([text]) => readYaml(text, 'x.yaml').errors.length === 0)
      .map(([text]) => text);
    expect(accepted).toEqual([]);
  });

  it.each(REFUSED)('is refused where %s', (_why, texts) => {
    const known = new Set(cases.filter(([, , isError]) => !isError).map(([text]) => text));
    for (const text of texts) {
      expect({ text, isKnown: known.has(text) }).toEqual({ text, isKnown: true });
      expect({ text, errors: readYaml(text, 'x.yaml').errors.length }).toEqual({ text, errors: 1 });
    }
  });
});
