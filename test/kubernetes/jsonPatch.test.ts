import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import jsonpatch from 'jsonpatch';
import type { JsonValue } from '../../src/kubernetes/json.ts';
import { applyPatchOperation, type PatchOperation } from '../../src/kubernetes/jsonPatch.ts';

const object: JsonValue = { a: [1, { b: 'x' }, []], 'a/b~c': null, d: { e: { f: 2 } } };

describe('a patch operation', () => {
  it.each<[operation: PatchOperation, expected: JsonValue]>([
    [
      { op: 'add', path: '/a/0', value: 0 },
      { ...object, a: [0, 1, { b: 'x' }, []] },
    ],
    [
      { op: 'add', path: '/a/-', value: 0 },
      { ...object, a: [1, { b: 'x' }, [], 0] },
    ],
    [
      { op: 'add', path: '/a/1/b', value: 'y' },
      { ...object, a: [1, { b: 'y' }, []] },
    ],
    [
      { op: 'replace', path: '/a~1b~0c', value: 1 },
      { ...object, 'a/b~c': 1 },
    ],
    [
      { op: 'remove', path: '/a/1' },
      { ...object, a: [1, []] },
    ],
    [{ op: 'replace', path: '', value: 'x' }, 'x'],
    [{ op: 'remove', path: '' }, null],
  ])('%j changes that alone', (operation, expected) => {
    const before = structuredClone(object);
    expect(applyPatchOperation(object, operation)).toEqual(expected);
    expect(object).toEqual(before);
  });

  it.each<[path: string, op: 'remove' | 'replace' | 'add']>([
    ['/x', 'remove'],
    ['/x', 'replace'],
    ['/x/y', 'add'],
    ['/a/3', 'replace'],
    ['/a/4', 'add'],
    ['/a/-', 'replace'],
    ['/a/01', 'replace'],
    ['/d/e/f/g', 'add'],
    ['/toString', 'remove'],
    ['/__proto__/x', 'add'],
  ])('%s is no place to %s', (path, op) => {
    const operation: PatchOperation = op === 'remove' ? { op, path } : { op, path, value: 1 };
    expect(() => applyPatchOperation(object, operation)).toThrow(`cannot ${op} ${path}: there is no such place`);
  });

  it('takes __proto__ for a key', () => {
    const parsed: JsonValue = JSON.parse('{"__proto__":{"a":1},"b":2}');
    expect(JSON.stringify(applyPatchOperation(parsed, { op: 'replace', path: '/__proto__/a', value: 3 }))).toBe(
      '{"__proto__":{"a":3},"b":2}',
    );
    expect(JSON.stringify(applyPatchOperation(parsed, { op: 'add', path: '/c', value: 3 }))).toBe(
      '{"__proto__":{"a":1},"b":2,"c":3}',
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('does what a library does, but for adding to a number, which that one takes for done', () => {
    const step = fc.constantFrom('a', 'd', 'e', 'b', 'x', 'a~1b~0c', '0', '1', '2', '3', '-');
    const path = fc.array(step, { minLength: 1, maxLength: 3 }).map((way) => `/${way.join('/')}`);
    const value = fc.constantFrom<JsonValue[]>(null, 1, 'x', [], { y: 1 });
    const operations = fc.oneof<fc.Arbitrary<PatchOperation>[]>(
      fc.record({ op: fc.constantFrom('add' as const, 'replace' as const), path, value }),
      fc.record({ op: fc.constant('remove' as const), path }),
    );
    fc.assert(
      fc.property(operations, (operation) => {
        const ours = outcome(() => applyPatchOperation(object, operation));
        const theirs = outcome(() => jsonpatch.apply_patch(structuredClone(object), [structuredClone(operation)]));
        expect(ours === 'refused' ? [object, 'refused'] : [ours]).toContainEqual(theirs);
      }),
      { numRuns: 2000 },
    );
  });
});

function outcome(act: () => JsonValue): JsonValue | 'refused' {
  try {
    return act();
  } catch {
    return 'refused';
  }
}
