import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import jsonpatch from 'jsonpatch';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import type { PatchOperation } from '../../../src/kubernetes/jsonPatch.ts';
import { applyEdits, type Edit, toJsonPatch } from '../../../src/policy/engine/edit.ts';

const object: JsonObject = { spec: { containers: [{ image: 'a' }, { image: 'b' }], timeoutSeconds: 5 } };

describe('toJsonPatch', () => {
  it.each<[string, Edit[], PatchOperation[]]>([
    [
      'a value that is there',
      [{ set: '/spec/timeoutSeconds', value: 9 }],
      [{ op: 'replace', path: '/spec/timeoutSeconds', value: 9 }],
    ],
    ['a value that is not', [{ set: '/spec/idle', value: 1 }], [{ op: 'add', path: '/spec/idle', value: 1 }]],
    [
      'missing parents, in one operation',
      [{ set: '/metadata/labels/team', value: 'shop' }],
      [{ op: 'add', path: '/metadata', value: { labels: { team: 'shop' } } }],
    ],
    [
      'an item at the end of a list',
      [{ set: '/spec/containers/-', value: {} }],
      [{ op: 'add', path: '/spec/containers/-', value: {} }],
    ],
    [
      'the first item of a list that is missing',
      [{ set: '/spec/imagePullSecrets/-', value: { name: 'regcred' } }],
      [{ op: 'add', path: '/spec/imagePullSecrets', value: [{ name: 'regcred' }] }],
    ],
    ['a removal', [{ remove: '/spec/containers/0' }], [{ op: 'remove', path: '/spec/containers/0' }]],
    ['a removal of nothing', [{ remove: '/spec/nothing' }], []],
    [
      'the whole object',
      [{ set: '', value: { kind: 'PingSource' } }],
      [{ op: 'replace', path: '', value: { kind: 'PingSource' } }],
    ],
    [
      'edits that build on each other',
      [
        { set: '/metadata/labels/a', value: '1' },
        { set: '/metadata/labels/b~1c', value: '2' },
      ],
      [
        { op: 'add', path: '/metadata', value: { labels: { a: '1' } } },
        { op: 'add', path: '/metadata/labels/b~1c', value: '2' },
      ],
    ],
  ])('writes %s', (_, edits, expected) => {
    expect(toJsonPatch(object, edits)).toEqual(expected);
  });
});

describe('applyEdits', () => {
  it('leaves the object before as it was, and shares what it did not touch', () => {
    const before = structuredClone(object);
    const after = applyEdits(object, [{ set: '/metadata/name', value: 'cart' }]);
    expect(object).toEqual(before);
    expect(after.spec).toBe(object.spec);
  });

  it('keeps a key named __proto__ an ordinary key', () => {
    const after = applyEdits({}, [{ set: '/__proto__', value: { polluted: true } }]);
    expect(Object.hasOwn(after, '__proto__')).toBe(true);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('does what the patch does when a library applies it', () => {
    const step = fc.constantFrom('spec', 'containers', '0', '1', 'image', 'metadata', 'labels', 'a~1b');
    const path = fc.array(step, { minLength: 1, maxLength: 4 }).map((way) => `/${way.join('/')}`);
    const edit = fc.oneof<fc.Arbitrary<Edit>[]>(
      fc.record({ set: path, value: fc.constantFrom<number | string>(1, 'x') }),
      fc.record({ remove: path }),
    );
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 4 }), (edits) => {
        const patched = jsonpatch.apply_patch(structuredClone(object), toJsonPatch(object, edits));
        expect(applyEdits(object, edits)).toEqual(patched);
      }),
    );
  });
});
