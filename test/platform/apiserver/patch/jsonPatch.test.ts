import { describe, expect, it } from '@jest/globals';
import jsonpatch from 'jsonpatch';
import type { JsonObject, JsonValue } from '../../../../src/kubernetes/json.ts';
import { jsonPatch, unknownJsonPatchFields } from '../../../../src/platform/apiserver/patch/jsonPatch.ts';
import { Failure } from '../../../../src/platform/apiserver/status/failure.ts';

const REFUSED = 'the server rejected our request due to an error in our request';

describe('JSON Patch', () => {
  // RFC 6902, appendix A
  it.each<[string, JsonObject, JsonValue, JsonValue]>([
    ['A.1', { foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux' }], { foo: 'bar', baz: 'qux' }],
    ['A.2', { foo: ['bar', 'baz'] }, [{ op: 'add', path: '/foo/1', value: 'qux' }], { foo: ['bar', 'qux', 'baz'] }],
    ['A.3', { baz: 'qux', foo: 'bar' }, [{ op: 'remove', path: '/baz' }], { foo: 'bar' }],
    ['A.4', { foo: ['bar', 'qux', 'baz'] }, [{ op: 'remove', path: '/foo/1' }], { foo: ['bar', 'baz'] }],
    ['A.5', { baz: 'qux', foo: 'bar' }, [{ op: 'replace', path: '/baz', value: 'boo' }], { baz: 'boo', foo: 'bar' }],
    [
      'A.6',
      { foo: { bar: 'baz', waldo: 'fred' }, qux: { corge: 'grault' } },
      [{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }],
      { foo: { bar: 'baz' }, qux: { corge: 'grault', thud: 'fred' } },
    ],
    [
      'A.7',
      { foo: ['a', 'b', 'c', 'd'] },
      [{ op: 'move', from: '/foo/1', path: '/foo/3' }],
      { foo: ['a', 'c', 'd', 'b'] },
    ],
    [
      'A.8',
      { a: 'q', b: [1] },
      [
        { op: 'test', path: '/a', value: 'q' },
        { op: 'test', path: '/b/0', value: 1 },
      ],
      { a: 'q', b: [1] },
    ],
    ['A.10', { a: 'b' }, [{ op: 'add', path: '/c', value: { d: {} } }], { a: 'b', c: { d: {} } }],
    ['A.14', { '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: 10 }], { '/': 9, '~1': 10 }],
    [
      'A.16',
      { foo: ['bar'] },
      [{ op: 'add', path: '/foo/-', value: ['abc', 'def'] }],
      { foo: ['bar', ['abc', 'def']] },
    ],
    ['copy', { a: { b: 1 } }, [{ op: 'copy', from: '/a', path: '/c' }], { a: { b: 1 }, c: { b: 1 } }],
  ])('%s', (_, object, patch, expected) => {
    expect(jsonPatch(object, patch)).toEqual(expected);
    expect(jsonpatch.apply_patch(object, patch as never)).toEqual(expected);
  });

  it.each<[string, JsonObject, JsonValue, JsonValue]>([
    ['an index from the end', { a: [1, 2, 3] }, [{ op: 'remove', path: '/a/-1' }], { a: [1, 2] }],
    ['replace of what is not there', { a: {} }, [{ op: 'replace', path: '/a/b', value: 1 }], { a: { b: 1 } }],
    ['copy of what is not there', { a: {} }, [{ op: 'copy', from: '/a/b', path: '/a/c' }], { a: { c: null } }],
    ['test for what is not there', { a: {} }, [{ op: 'test', path: '/a/b' }], { a: {} }],
    ['the whole', { a: 1 }, [{ op: 'replace', path: '', value: [1] }], [1]],
    ['no operations', { a: 1 }, null, { a: 1 }],
    ['an operation of unknown fields', { a: 1 }, [{ op: 'remove', path: '/a', x: 1 }], {}],
  ])('as kube-apiserver: %s', (_, object, patch, expected) => {
    expect(jsonPatch(object, patch)).toEqual(expected);
  });

  it('leaves the object as it was, and shares nothing that a later operation changes', () => {
    const object = { a: { b: [1] } };
    const copied = jsonPatch(object, [
      { op: 'copy', from: '/a', path: '/c' },
      { op: 'add', path: '/c/b/-', value: 2 },
    ]);
    expect(copied).toEqual({ a: { b: [1] }, c: { b: [1, 2] } });
    expect(object).toEqual({ a: { b: [1] } });
  });

  it('takes __proto__ as a key', () => {
    const patched = jsonPatch({ a: 1 }, [{ op: 'add', path: '/__proto__', value: { polluted: true } }]);
    expect(Object.keys(patched ?? {})).toEqual(['a', '__proto__']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(() => jsonPatch({ a: 1 }, [{ op: 'add', path: '/constructor/prototype/x', value: 1 }])).toThrow(Failure);
  });

  it.each<[JsonValue, number, string]>([
    [[{ op: 'remove', path: '/x' }], 422, REFUSED],
    [[{ op: 'test', path: '/a', value: 2 }], 422, REFUSED],
    [[{ op: 'nope', path: '/a' }], 422, REFUSED],
    [[{ op: 'add', path: '/b/-3', value: 2 }], 422, REFUSED],
    [[{ op: 'add', path: 'a', value: 2 }], 422, REFUSED],
    [[{ op: 'move', from: '/x', path: '/y' }], 422, REFUSED],
    [[{ op: 'replace', path: '', value: 'x' }], 422, REFUSED],
    [[{ op: 'add', path: '/a/b/c', value: 1 }], 422, REFUSED],
    [[{}], 422, REFUSED],
    [{ a: 1 }, 400, 'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp'],
    [['x'], 400, 'error decoding patch: json: cannot unmarshal string into Go value of type handlers.jsonPatchOp'],
    [
      [{ op: 1 }],
      400,
      'error decoding patch: json: cannot unmarshal number into Go struct field jsonPatchOp.op of type string',
    ],
    [
      Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/a', value: 1 })),
      413,
      'Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001',
    ],
  ])('%j is refused', (patch, code, message) => {
    expect(refusal(() => jsonPatch({ a: 1, b: [1] }, patch))).toMatchObject({ code, message });
  });

  it('refuses to double an object again and again, or to nest it without end', () => {
    const doubling = Array.from({ length: 40 }, (_, index) => ({ op: 'copy', from: '/a', path: `/a/x${index}` }));
    expect(refusal(() => jsonPatch({ a: { text: 'some text' } }, doubling))).toMatchObject({ code: 422 });
    const nesting = Array.from({ length: 2000 }, () => [
      { op: 'move', from: '/a', path: '/b' },
      { op: 'add', path: '/a', value: {} },
      { op: 'move', from: '/b', path: '/a/x' },
    ]).flat();
    expect(refusal(() => jsonPatch({ a: {} }, nesting))).toMatchObject({ code: 422 });
    expect(refusal(() => jsonPatch({ a: {} }, nesting.slice(0, 300)))).toBeUndefined();
  });

  it.each<[string, JsonValue]>([
    ['added', { op: 'add', path: '/a/0', value: 1 }],
    ['removed', { op: 'remove', path: '/a/0' }],
    ['moved', { op: 'move', from: '/a/0', path: '/b' }],
  ])('refuses to shift a long list again and again by what is %s', (_, operation) => {
    const long = { a: Array.from({ length: 100_000 }, () => 0) };
    expect(
      refusal(() =>
        jsonPatch(
          long,
          Array.from({ length: 5_000 }, () => operation),
        ),
      ),
    ).toMatchObject({
      code: 413,
      message: expect.stringContaining('add at the end ("-"), or replace the whole list'),
    });
    expect(
      refusal(() =>
        jsonPatch(
          long,
          Array.from({ length: 1_000 }, () => operation),
        ),
      ),
    ).toBeUndefined();
  });

  it('adds as many items at the beginning of a list as there may be operations', () => {
    const adding = Array.from({ length: 10_000 }, () => ({ op: 'add', path: '/a/0', value: 1 }));
    expect(jsonPatch({ a: [] }, adding)).toMatchObject({ a: { length: 10_000 } });
  });

  it('names fields that mean nothing', () => {
    expect(unknownJsonPatchFields([{ op: 'add', path: '/a', foo: 1 }, 'x', { valu: 2 }])).toEqual([
      'json patch unknown field "[0].foo"',
      'json patch unknown field "[2].valu"',
    ]);
  });
});

function refusal(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}
