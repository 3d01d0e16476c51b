/** From files to policy tests, with everything that is wrong with them. Documents of other kinds are left alone. */
import { isObject, type JsonObject } from '../../kubernetes/json.ts';
import { keyOf } from '../../kubernetes/kinds.ts';
import { readManifests, readYaml, type YamlDocument } from '../../kubernetes/yaml/read.ts';
import { compile } from '../load/compile.ts';
import type { PolicyFile } from '../load/document.ts';
import { type PolicyError, sortErrors } from '../load/error.ts';
import { faultsBy } from '../load/validate.ts';
import { type PolicyTest, type PolicyTestSpec, policyTestSchema } from './policyTest.ts';

export interface ReadTests {
  readonly tests: readonly PolicyTest[];
  readonly errors: readonly PolicyError[];
}

/** Gives a file's bytes by its path from the test's file, or a sentence why it cannot. */
export type ReadInput = (path: string, from: string) => Uint8Array | string;

const faultsIn = faultsBy(() => compile(policyTestSchema));

export function readPolicyTests(files: readonly PolicyFile[], readInput: ReadInput): ReadTests {
  const tests: PolicyTest[] = [];
  const errors: PolicyError[] = [];
  for (const { file, text } of files) {
    const { documents, errors: unread } = readYaml(text, file);
    // a broken file that has nothing to do with tests may lie among them
    if (mentionsTests(text)) errors.push(...unread.map(({ reason: _reason, ...error }) => error));
    for (const document of documents) {
      const { value } = document;
      if (!isObject(value) || keyOf(value) !== 'weir.dev/PolicyTest') continue;
      const test = readTest(file, document, value, readInput, errors);
      if (test !== undefined) tests.push(test);
    }
  }
  return { tests, errors: sortErrors(errors) };
}

function mentionsTests(text: string | Uint8Array): boolean {
  const decoded = typeof text === 'string' ? text : new TextDecoder().decode(text);
  return decoded.includes('PolicyTest');
}

function readTest(
  file: string,
  document: YamlDocument,
  value: JsonObject,
  readInput: ReadInput,
  errors: PolicyError[],
): PolicyTest | undefined {
  const before = errors.length;
  for (const { pointer, what, message } of faultsIn(value)) {
    errors.push({ file, ...placeOf(document, pointer, what), message });
  }
  for (const { key, place, kept } of document.duplicateKeys) {
    const message = `"${key}" stands here and again in line ${kept.line}; keep one of them`;
    errors.push({ file, line: place.line, column: place.column, message });
  }
  if (errors.length > before || !isTest(value)) return undefined;

  const { metadata, spec } = value;
  const objects = [...(spec.objects ?? [])];
  for (const [index, path] of (spec.files ?? []).entries()) {
    const place = placeOf(document, `/spec/files/${index}`, 'value');
    objects.push(...readObjects(path, { file, ...place }, readInput, errors));
  }
  if (objects.length === 0 && errors.length === before) {
    errors.push({
      file,
      ...placeOf(document, '/spec', 'key'),
      message: 'the test has no objects; give it some, or files that hold them',
    });
  }
  if (errors.length > before) return undefined;
  return { name: metadata.name, file, line: placeOf(document, '', 'value').line, spec, objects };
}

interface TestDocument {
  readonly metadata: { readonly name: string };
  readonly spec: PolicyTestSpec;
}

function isTest(value: JsonObject): value is JsonObject & TestDocument {
  return faultsIn(value).length === 0;
}

function readObjects(
  path: string,
  place: { readonly file: string; readonly line: number; readonly column: number },
  readInput: ReadInput,
  errors: PolicyError[],
): JsonObject[] {
  const text = readInput(path, place.file);
  if (typeof text === 'string') {
    errors.push({ ...place, message: `${path} cannot be read: ${text}` });
    return [];
  }
  const { documents, errors: unread } = readManifests(text, path);
  for (const { line, message } of unread) {
    errors.push({ ...place, message: `${path}${line === undefined ? '' : `:${line}`}: ${message}` });
  }
  return documents.map(({ object }) => object);
}

function placeOf(document: YamlDocument, pointer: string, what: 'key' | 'value'): { line: number; column: number } {
  const { line, column } = document.locate(pointer, what);
  return { line, column };
}
