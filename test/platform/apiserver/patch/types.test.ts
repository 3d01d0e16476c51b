/** Types of fields: cases that the recorded answers do not hold. */
import { describe, expect, it } from '@jest/globals';
import type { JsonValue } from '../../../../src/kubernetes/json.ts';
import { readFields, writeFields } from '../../../../src/platform/apiserver/patch/fields/fieldsV1.ts';
import { compare } from '../../../../src/platform/apiserver/patch/types/compare.ts';
import { fieldsOf } from '../../../../src/platform/apiserver/patch/types/fieldSet.ts';
import { mergeTyped } from '../../../../src/platform/apiserver/patch/types/merge.ts';
import { reconcile } from '../../../../src/platform/apiserver/patch/types/reconcile.ts';
import { removeFields } from '../../../../src/platform/apiserver/patch/types/remove.ts';
import { objectType } from '../../../../src/platform/apiserver/patch/types/schemaType.ts';
import { firstViolation, violations } from '../../../../src/platform/apiserver/patch/types/validate.ts';
import { KINDS } from './sequences/kinds.ts';

const type = objectType(KINDS.Gauge.schema, true);
const spec = (members: JsonValue): JsonValue => ({ spec: members });

describe('merging sets', () => {
  it.each<[string[], string[], string[]]>([
    [
      ['a', 'b', 'c'],
      ['c', 'a'],
      ['b', 'c', 'a'],
    ],
    [
      ['a', 'b'],
      ['b', 'c', 'a'],
      ['b', 'c', 'a'],
    ],
    [
      ['a', 'b', 'c', 'd'],
      ['d', 'b'],
      ['a', 'c', 'd', 'b'],
    ],
    [
      ['a', 'x', 'b', 'c'],
      ['b', 'a', 'c'],
      ['x', 'b', 'a', 'c'],
    ],
    [
      ['a', 'b'],
      ['x', 'y'],
      ['a', 'b', 'x', 'y'],
    ],
    [['a', 'a', 'b'], ['b'], ['a', 'a', 'b']],
  ])('%j under %j is %j', (under, over, expected) => {
    expect(mergeTyped(type, spec({ set: under }), spec({ set: over }))).toEqual(spec({ set: expected }));
  });
});

describe('comparing lists with duplicates', () => {
  it.each<[string[], string[], unknown, unknown, unknown]>([
    [['a', 'a'], ['a'], { 'v:"a"': {} }, {}, { 'v:"a"': {} }],
    [['a'], ['a', 'a'], { 'v:"a"': {} }, {}, { 'v:"a"': {} }],
    [['a', 'a'], ['a', 'a', 'a'], undefined, { 'v:"a"': {} }, undefined],
    [['a', 'a'], ['a', 'a'], undefined, {}, undefined],
  ])('%j to %j', (before, after, removed, modified, added) => {
    const found = compare(type, spec({ set: before }), spec({ set: after }));
    const written = (set: unknown): unknown => (set === undefined ? {} : { 'f:spec': { 'f:set': set } });
    expect(writeFields(found.removed)).toEqual(written(removed));
    expect(writeFields(found.added)).toEqual(written(added));
    const isNone = Object.keys(modified ?? {}).length === 0;
    expect(writeFields(found.modified)).toEqual(isNone ? {} : written(modified));
  });
});

describe('a set of fields', () => {
  it('writes values as Go does, and reads them again', () => {
    const fields = writeFields(fieldsOf(type, spec({ set: ['c<d&'] })));
    expect(fields).toEqual({ 'f:spec': { 'f:set': { 'v:"c\\u003cd\\u0026"': {} } } });
    expect(writeFields(readFields(fields))).toEqual(fields);
  });

  it('owns the whole of what has become atomic', () => {
    const before = readFields({
      'f:spec': { 'f:atomic': { 'v:"a"': {} }, 'f:whole': { 'f:a': {} }, 'f:granular': { 'f:a': {} } },
    });
    expect(writeFields(reconcile(before, type))).toEqual({
      'f:spec': { 'f:atomic': {}, 'f:granular': { 'f:a': {} }, 'f:whole': {} },
    });
  });

  it('leaves null where it takes all', () => {
    const value = spec({ set: ['a'], size: 1 });
    expect(removeFields(type, value, readFields({ 'f:spec': { 'f:set': { 'v:"a"': {} } } }))).toEqual(
      spec({ set: null, size: 1 }),
    );
  });
});

it('metadata has a type of its own where unknown fields are kept', () => {
  const embedded = { apiVersion: 'v1', kind: 'Pod', metadata: { nonsense: 1 }, any: { x: 1 } };
  expect(violations(type, spec({ embedded }), true)).toEqual([
    '.spec.embedded.metadata.nonsense: field not declared in schema',
  ]);
});

describe('the first of what is wrong', () => {
  it('is looked for no longer than until it is found', () => {
    const looked: string[] = [];
    const many = new Proxy(Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`k${index}`, index])), {
      get(target, key) {
        looked.push(String(key));
        return Reflect.get(target, key);
      },
    });
    expect(firstViolation(type, spec({ granular: many }), true)).toBe(
      '.spec.granular.k0: expected string, got &value.valueUnstructured{Value:0}',
    );
    expect(looked).toEqual(['k0']);
  });

  it.each<[JsonValue, boolean]>([
    [{ set: ['a', 1, {}], size: 'x' }, true],
    [{ map: [{ name: 'a' }, { name: 'a' }, { name: 'b', port: 'x' }] }, false],
    [{ nested: { a: 1, b: { c: 'x' } }, none: 1 }, true],
    [{ size: 1 }, false],
  ])('of %j is the first of all', (members, allowsDuplicates) => {
    const [first] = violations(type, spec(members), allowsDuplicates);
    expect(firstViolation(type, spec(members), allowsDuplicates)).toBe(first);
  });
});
