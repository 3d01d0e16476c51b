/** Schemas and objects of any shape: nothing crashes, and what is accepted stays accepted. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isObject, type JsonObject, type JsonValue } from '../../../../src/kubernetes/json.ts';
import { withDefaults } from '../../../../src/platform/apiserver/schemas/defaults.ts';
import { checkFields } from '../../../../src/platform/apiserver/schemas/fields.ts';
import { prune } from '../../../../src/platform/apiserver/schemas/prune.ts';
import { structuralSchema } from '../../../../src/platform/apiserver/schemas/structural/structural.ts';
import { validate } from '../../../../src/platform/apiserver/schemas/validate.ts';

const KEYWORDS = [
  'type',
  'properties',
  'items',
  'additionalProperties',
  'required',
  'default',
  'enum',
  'pattern',
  'format',
  'minimum',
  'maxLength',
  'nullable',
  'anyOf',
  'oneOf',
  'allOf',
  'not',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
  'x-kubernetes-int-or-string',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-embedded-resource',
  'x-kubernetes-validations',
  'rule',
  'a',
  '__proto__',
];
const WORDS = ['object', 'array', 'string', 'integer', 'map', 'set', 'a', '[', 'self.a == 1', 'oldSelf', 'date-time'];

const { json } = fc.letrec<{ json: JsonValue }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<JsonValue>(...WORDS),
    fc.constantFrom<JsonValue>(null, true, false, 0, 1, -1.5),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...KEYWORDS), tie('json'), { maxKeys: 6 }),
  ),
}));

const object = json.map((value): JsonObject => (isObject(value) ? value : { spec: value }));

describe('whatever somebody sends', () => {
  it('is a schema or has causes, and a schema takes any object', () => {
    fc.assert(
      fc.property(object, object, object, (schemaJson, next, old) => {
        const { schema, causes } = structuralSchema({ type: 'object', ...schemaJson });
        for (const { field } of causes) expect(field).not.toContain('undefined');
        const before = JSON.stringify(next);
        checkFields(next, schema);
        validate(next, schema, old);
        const pruned = prune(next, schema);
        // to prune or fill in once more changes nothing
        expect(prune(pruned, schema)).toEqual(pruned);
        const filled = withDefaults(pruned, schema);
        if (causes.length === 0) expect(withDefaults(filled, schema)).toEqual(filled);
        expect(JSON.stringify(next)).toBe(before);
      }),
      { numRuns: 1500 },
    );
  });

  it('does not nest too deep', () => {
    let schema: JsonObject = { type: 'string' };
    let value: JsonValue = 'x';
    for (let depth = 0; depth < 20_000; depth++) {
      schema = { type: 'object', properties: { a: schema } };
      value = { a: value };
    }
    expect(structuralSchema(schema).causes).toEqual([
      expect.objectContaining({ message: 'Invalid value: "": the schema nests too deep' }),
    ]);
  });

  it('excuses on an update what has not changed', () => {
    fc.assert(
      fc.property(object, object, (schemaJson, same) => {
        const { schema, causes } = structuralSchema({
          type: 'object',
          properties: { spec: { type: 'object', properties: { a: schemaJson } } },
        });
        if (causes.length > 0) return;
        const before = { apiVersion: 'a/v1', kind: 'B', spec: { a: same } };
        const after = { ...before, metadata: { labels: { changed: 'yes' } } };
        const wrong = validate(after, schema, before).filter(({ field }) => !/kind|apiVersion/.test(field));
        expect(wrong).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
