import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parseCesql } from '../../../../src/knative/eventing/cesql/parse.ts';
import { arrayAt, type JsonValue, stringAt, valueAt } from '../../../../src/kubernetes/json.ts';
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
    expect(files.flatMap(testsIn).length).toBeGreaterThan(250);
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
});
