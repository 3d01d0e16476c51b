/** Holds schemas, objects and updates to what a kube-apiserver says to them; see tools/schemas-reference. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { withDefaults } from '../../../../src/platform/apiserver/schemas/defaults.ts';
import { checkFields } from '../../../../src/platform/apiserver/schemas/fields.ts';
import { prune } from '../../../../src/platform/apiserver/schemas/prune.ts';
import { structuralSchema } from '../../../../src/platform/apiserver/schemas/structural/structural.ts';
import { validate } from '../../../../src/platform/apiserver/schemas/validate.ts';
import type { Cause } from '../../../../src/platform/apiserver/status/failure.ts';

interface Golden {
  readonly schema: readonly [JsonObject];
  readonly schemas: readonly (readonly [JsonObject, readonly string[]])[];
  readonly objects: readonly (readonly [
    JsonObject,
    { readonly causes: readonly string[]; readonly object?: JsonObject; readonly unknown?: string },
  ])[];
  readonly updates: readonly (readonly [old: JsonObject, next: JsonObject, causes: readonly string[]])[];
}

const golden: Golden = JSON.parse(readFileSync(`${import.meta.dirname}/testdata/kubernetes-verdicts.json`, 'utf8'));
const { schema } = structuralSchema(golden.schema[0]);

function shown(causes: readonly Cause[]): string[] {
  return causes.map(({ reason, field, message }) => `${reason} ${field}: ${message}`).sort();
}

function thing(spec: JsonObject): JsonObject {
  return { apiVersion: 'reference.weir.dev/v1', kind: 'Thing', metadata: { name: 'thing' }, spec };
}

function finished(spec: JsonObject): JsonObject {
  return withDefaults(prune(thing(spec), schema), schema);
}

describe('what a kube-apiserver says', () => {
  it('is asked about enough', () => {
    expect(golden.schemas.length).toBeGreaterThan(80);
    expect(golden.objects.length).toBeGreaterThan(140);
    expect(golden.updates.length).toBeGreaterThan(15);
  });

  it.each(golden.schemas.map(([json, causes]) => ({ json, causes, title: JSON.stringify(json) })))(
    'to the schema $title',
    ({ json, causes }) => {
      expect(shown(structuralSchema(json).causes)).toEqual(causes);
    },
  );

  it.each(golden.objects.map(([spec, verdict]) => ({ spec, verdict, title: JSON.stringify(spec) })))(
    'to the object $title',
    ({ spec, verdict }) => {
      const object = finished(spec);
      expect(shown(validate(object, schema))).toEqual(verdict.causes);
      if (verdict.object === undefined) return;

      expect(object).toEqual({ ...verdict.object, metadata: { name: 'thing' } });
      const { unknown } = checkFields(thing(spec), schema);
      expect(unknown.join(', ')).toBe(verdict.unknown?.replace(/^.*strict decoding error: /, '') ?? '');
    },
  );

  it.each(golden.updates.map(([old, next, causes]) => ({ old, next, causes, title: JSON.stringify([old, next]) })))(
    'to the update $title',
    ({ old, next, causes }) => {
      expect(shown(validate(finished(next), schema, finished(old)))).toEqual(causes);
    },
  );

  it('leaves what it is given as it is', () => {
    for (const [spec] of golden.objects) {
      const object = thing(spec);
      const before = JSON.stringify(object);
      finished(spec);
      validate(object, schema);
      expect(JSON.stringify(object)).toBe(before);
    }
  });
});
