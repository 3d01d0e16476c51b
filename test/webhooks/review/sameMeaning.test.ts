import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JsonValue } from '../../../src/kubernetes/json.ts';
import { sameMeaning, sameUnder } from '../../../webhooks/review/sameMeaning.ts';

describe('sameMeaning', () => {
  it.each<[JsonValue | undefined, JsonValue | undefined, boolean]>([
    [{ a: 1, b: [1, { c: 'x' }] }, { b: [1, { c: 'x' }], a: 1 }, true],
    [{ a: 1 }, { a: 2 }, false],
    [{ a: 1 }, { a: '1' }, false],
    [{ a: null }, {}, true],
    [{}, { a: null }, true],
    [{}, { a: 1 }, false],
    [{ a: 1 }, {}, false],
    [null, undefined, true],
    [0, undefined, false],
    ['', undefined, false],
    [false, undefined, false],
    [{ resources: {} }, {}, true],
    [{}, { resources: { requests: {}, limits: null } }, true],
    [{ resources: { requests: { cpu: '1' } } }, {}, false],
    [{ metadata: { creationTimestamp: null } }, {}, true],
    [{ emptyDir: {} }, {}, false],
    [{ securityContext: {} }, { securityContext: { capabilities: {} } }, true],
    [[], undefined, false],
    [[1], [1, 2], false],
    [[{}], [{ resources: {} }], true],
    [[], {}, false],
    [{ ['__proto__']: 1 }, {}, false],
    [{ constructor: 1 }, {}, false],
  ])('%j and %j: %s', (left, right, expected) => {
    expect([sameMeaning(left, right), sameMeaning(right, left)]).toEqual([expected, expected]);
  });

  it('is true of any value and a copy of it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(sameMeaning(value as JsonValue, JSON.parse(JSON.stringify(value)))).toBe(true);
      }),
    );
  });
});

describe('sameUnder', () => {
  it('takes an empty holder for nothing', () => {
    expect([
      sameUnder('spec', {}, undefined),
      sameUnder('spec', { a: 1 }, undefined),
      sameUnder('x', {}, undefined),
    ]).toEqual([true, false, false]);
  });
});
