import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type Attributes, compileCesql } from '../../../../src/knative/eventing/cesql/compile.ts';
import { parseCesql } from '../../../../src/knative/eventing/cesql/parse.ts';
import type { Value } from '../../../../src/knative/eventing/cesql/value.ts';
import { arrayAt, type JsonValue, objectAt, stringAt, valueAt } from '../../../../src/kubernetes/json.ts';
import { readYaml } from '../../../../src/kubernetes/yaml/read.ts';

const folder = path.join(import.meta.dirname, 'tck');

function testsIn(file: string): readonly JsonValue[] {
  const { documents, errors } = readYaml(readFileSync(path.join(folder, file)), file);
  expect(errors).toEqual([]);
  return documents.flatMap(({ value }) => arrayAt(value, 'tests'));
}

const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

describe("the conformance kit's expressions", () => {
  it('are all there', () => {
    expect(files).toHaveLength(18);
    expect(files.flatMap(testsIn)).toHaveLength(275);
  });

  it.each(files)('of %s parse, unless the kit says that they do not', (file) => {
    for (const test of testsIn(file)) {
      // 0 and TRUE stand without quotes there.
      const expression = String(valueAt(test, 'expression'));
      const name = stringAt(test, 'name');
      const parsed = parseCesql(expression);
      expect({ name, expression, ok: parsed.ok }).toEqual({
        name,
        expression,
        ok: stringAt(test, 'error') !== 'parse',
      });
      expect(parsed.ok ? parsed.passedOver : []).toEqual([]);
    }
  });

  it.each(files)('of %s come to what it says', (file) => {
    for (const test of testsIn(file)) {
      const expression = String(valueAt(test, 'expression'));
      const parsed = parseCesql(expression);
      if (!parsed.ok) continue;
      const { value, failure } = compileCesql(parsed.expression)(attributesOf(test));
      const about = { name: stringAt(test, 'name'), expression };
      expect({ ...about, result: value, error: failure?.kind }).toEqual({
        ...about,
        result: valueAt(test, 'result'),
        error: stringAt(test, 'error'),
      });
    }
  });
});

/** What the kit leaves out: an event with every attribute and an extension of every type (sdk-go v2/test FullEvent). */
const FULL_EVENT = {
  specversion: '1.0',
  type: 'com.example.FullEvent',
  source: 'http://example.com/source',
  id: 'full-event',
  time: '2020-03-21T12:34:56.78Z',
  dataschema: 'http://example.com/schema',
  datacontenttype: 'text/json',
  subject: 'topic',
  exbool: true,
  exint: 42,
  exstring: 'exstring',
  exbinary: 'AAECAw==',
  exurl: 'http://example.com/source',
  extime: '2020-03-21T12:34:56.78Z',
};

function attributesOf(test: JsonValue): Attributes {
  const event = { ...(objectAt(test, 'event') ?? FULL_EVENT), ...objectAt(test, 'eventOverrides') };
  const attributes = new Map<string, Value>();
  for (const [name, value] of Object.entries(event)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      attributes.set(name, value);
  }
  return attributes;
}
