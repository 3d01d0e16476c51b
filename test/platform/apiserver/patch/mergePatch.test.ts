import { describe, expect, it } from '@jest/globals';
import type { JsonObject, JsonValue } from '../../../../src/kubernetes/json.ts';
import { mergePatch } from '../../../../src/platform/apiserver/patch/mergePatch.ts';

describe('JSON Merge Patch', () => {
  // RFC 7386, appendix A: those whose sides are objects
  it.each<[JsonObject, JsonValue, JsonObject]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    [{ a: 'x' }, { a: { b: null, c: [null, { d: null }] } }, { a: { c: [null, {}] } }],
  ])('%j with %j is %j', (object, patch, expected) => {
    const before = structuredClone(object);
    expect(mergePatch(object, patch)).toEqual(expected);
    expect(object).toEqual(before);
  });

  it('takes __proto__ as a key', () => {
    const merged = mergePatch({}, JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"a": 1}}'));
    expect(Object.keys(merged)).toEqual(['__proto__', 'constructor']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it.each<[JsonValue, string]>([
    [null, 'Invalid JSON Patch'],
    [[1], 'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}'],
    ['x', 'error decoding patch: json: cannot unmarshal string into Go value of type map[string]interface {}'],
    [true, 'error decoding patch: json: cannot unmarshal bool into Go value of type map[string]interface {}'],
  ])('%j is refused', (patch, message) => {
    expect(() => mergePatch({}, patch)).toThrow(message);
  });
});
