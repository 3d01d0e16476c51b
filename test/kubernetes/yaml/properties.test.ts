import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dump } from 'js-yaml';
import { isArray, isObject, type JsonValue } from '../../../src/kubernetes/json.ts';
import { join } from '../../../src/kubernetes/pointer.ts';
import { readManifests, readYaml } from '../../../src/kubernetes/yaml/read.ts';

/** Strings as manifests have them, and strings that YAML could take for something else. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom(
    'yes',
    'n',
    '014',
    '1e3',
    '~',
    '',
    '<<',
    '---',
    '{{',
    '- a',
    'a: b',
    ' a',
    'a ',
    '#',
    '0x1',
    '.5',
    '__proto__',
    'constructor',
  ),
);

const json = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    text,
    fc.boolean(),
    fc.constant(null),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

const object = fc.dictionary(text, json, { minKeys: 1, maxKeys: 5, noNullPrototype: true });

/**
 * Kubernetes cuts a file at a line that starts with `---`, also where that is a key, and a byte order mark inside of a
 * text is one more thing that js-yaml prints in another way than go-yaml reads it.
 */
const FOREIGN = /^---|\p{Cc}|[\u2028\u2029\ufeff]/u;

function values(input: string): readonly JsonValue[] {
  const { documents, errors } = readYaml(input, 'x.yaml');
  expect(errors).toEqual([]);
  return documents.map((document) => document.value);
}

function isForeign(value: JsonValue): boolean {
  if (typeof value === 'string') return FOREIGN.test(value);
  if (isArray(value)) return value.some(isForeign);
  return isObject(value) && Object.entries(value).some(([key, item = null]) => FOREIGN.test(key) || isForeign(item));
}

describe('reading', () => {
  it('gives back what was printed as JSON', () => {
    fc.assert(
      fc.property(object, fc.constantFrom(0, 2, 4), (value, indent) => {
        expect(values(JSON.stringify(value, null, indent))).toEqual([value]);
      }),
    );
  });

  it('gives back what was printed as YAML', () => {
    fc.assert(
      fc.property(
        object.filter((value) => !isForeign(value)),
        fc.constantFrom({}, { flowLevel: 1 }, { indent: 4 }, { forceQuotes: true }, { seqNoIndent: true }),
        (value, options) => {
          expect(values(dump(value, { ...options, lineWidth: -1 }))).toEqual([value]);
        },
      ),
    );
  });

  it('gives every value a place in the text', () => {
    fc.assert(
      fc.property(object, (value) => {
        const printed = JSON.stringify(value, null, 1);
        const lines = printed.split('\n');
        const [document] = readYaml(printed, 'x.json').documents;
        for (const [pointer, leaf] of leaves(document?.value ?? null, '')) {
          const { line, column } = document?.locate(pointer) ?? { line: 0, column: 0 };
          const rest = lines[line - 1]?.slice(column - 1) ?? '';
          expect(rest.startsWith(JSON.stringify(leaf))).toBe(true);
        }
      }),
    );
  });

  it('never throws, and says at a place what it could not read', () => {
    const pieces = fc.constantFrom(
      'a',
      ': ',
      '- ',
      '\n',
      '\n  ',
      '"',
      "'",
      '[',
      ']',
      '{',
      '}',
      ',',
      '#',
      '|',
      '>',
      '&x ',
      '*x',
      '!',
      '!!int ',
      '? ',
      '<<: ',
      '\t',
      '\n---\n',
      '\n...\n',
      '%',
      '\\',
      '1',
      '.nan',
      '{{ .Values.x }}',
      '\ufeff',
      '\r\n',
      '\u2028',
      'apiVersion: v1\nkind: List\nitems:\n',
      '{"a":',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join('')),
          fc.string({ unit: 'binary' }),
        ),
        (input) => {
          const { documents, errors } = readManifests(input, 'x.yaml');
          for (const { line = 1, column = 1, message } of errors) {
            expect(line).toBeGreaterThan(0);
            expect(column).toBeGreaterThan(0);
            expect(message).not.toMatch(/undefined|NaN|\[object|Error/);
          }
          for (const document of documents) document.locate('/spec/0/x', 'key');
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('never throws on bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        readManifests(bytes, 'x.yaml');
      }),
      { numRuns: 500 },
    );
  });
});

function leaves(value: JsonValue, base: string): [string, JsonValue][] {
  if (isArray(value)) return value.flatMap((item, index) => leaves(item, join(base, index)));
  if (!isObject(value)) return [[base, value]];
  return Object.entries(value).flatMap(([key, item = null]) => leaves(item, join(base, key)));
}
