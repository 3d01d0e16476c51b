import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { additionsBetween, withAdditions } from '../../../src/policy/engine/additions.ts';
import { EMPTY_INVENTORY } from '../../../src/policy/engine/inventory.ts';
import { type Catalogue, judge } from '../../../src/policy/engine/judge.ts';
import { aPolicy, aRule, aService, NOW, only } from '../builders.ts';

/** What was added between the first two, put into the third. */
function carriedOver(before: JsonObject, after: JsonObject, other: JsonObject): JsonObject | undefined {
  const additions = additionsBetween(before, after);
  return additions === undefined ? undefined : withAdditions(other, additions);
}

const shared: JsonObject = { a: 1 };

describe('what was added to one object', () => {
  it.each<[what: string, before: JsonObject, after: JsonObject, other: JsonObject, expected: JsonObject]>([
    ['nothing', { name: 'a' }, { name: 'a' }, { name: 'b' }, { name: 'b' }],
    ['a member', { name: 'a' }, { name: 'a', x: 1 }, { name: 'b' }, { name: 'b', x: 1 }],
    ['a false', { name: 'a' }, { name: 'a', x: false }, { name: 'b' }, { name: 'b', x: false }],
    ['a null', { x: null }, { x: 3 }, { x: null }, { x: 3 }],
    [
      'what says nothing',
      { n: 0, t: '', l: [] },
      { n: 9, t: 'u', l: [1] },
      { n: 0, t: '', l: [] },
      { n: 9, t: 'u', l: [1] },
    ],
    ['a member inside', { spec: { a: 1 } }, { spec: { a: 1, b: 2 } }, { spec: { a: 7 } }, { spec: { a: 7, b: 2 } }],
    ['a member in a list', { l: [{ a: 1 }] }, { l: [{ a: 1, b: 2 }] }, { l: [{ a: 7 }] }, { l: [{ a: 7, b: 2 }] }],
    ['an item', { l: [1] }, { l: [1, 2] }, { l: [1] }, { l: [1, 2] }],
  ])('is put into another: %s', (_, before, after, other, expected) => {
    const copy = structuredClone(other);
    expect(carriedOver(before, after, other)).toEqual(expected);
    expect(other).toEqual(copy);
  });

  it('is put behind what the other has, in the order in which it came', () => {
    const filled = carriedOver({ a: 1 }, { a: 1, c: 3, b: 2 }, { z: 1, a: 1 });
    expect(Object.keys(filled ?? {})).toEqual(['z', 'a', 'c', 'b']);
  });

  it('leaves the prototype alone', () => {
    const key = JSON.parse('{"__proto__": {"polluted": true}}') as JsonObject;
    const filled = carriedOver({}, key, { a: 1 });
    expect(Object.keys(filled ?? {})).toEqual(['a', '__proto__']);
    expect(filled?.polluted).toBeUndefined();
  });

  it('shares what it does not touch', () => {
    expect(carriedOver({ x: shared }, { x: shared, y: 1 }, { x: shared })?.x).toBe(shared);
  });

  it.each<[what: string, before: JsonObject, after: JsonObject]>([
    ['another value', { name: 'a' }, { name: 'b' }],
    ['another value inside', { spec: { a: 1 } }, { spec: { a: 2 } }],
    ['a member less', { a: 1, b: 2 }, { a: 1 }],
    ['a list where an object was', { a: { b: 1 } }, { a: [1] }],
    ['a change within variables', { env: [{ name: 'A' }] }, { env: [{ name: 'A', value: '' }] }],
    ['an argument more', { args: ['a'] }, { args: ['a', 'b'] }],
  ])('is not known of %s', (_, before, after) => {
    expect(additionsBetween(before, after)).toBeUndefined();
  });
});

describe("Knative's defaults", () => {
  /** How often they are worked out for five Services that are alike. */
  function times(knativeLooksAtSettings: Catalogue['knativeLooksAtSettings']): number {
    let asked = 0;
    const judged: JsonObject[] = [];
    const rule = aRule({
      judge: ({ object }) => {
        judged.push(object);
        return [];
      },
    });
    const knativeDefaults = (object: JsonObject) => {
      asked++;
      return { ...object, filled: true };
    };
    const catalogue: Catalogue = {
      ...only({ rules: [rule] }),
      knativeDefaults,
      ...(knativeLooksAtSettings === undefined ? {} : { knativeLooksAtSettings }),
    };
    const context = { policy: aPolicy(), inventory: EMPTY_INVENTORY, exceptions: [], now: NOW };
    for (const name of ['a', 'b', 'c', 'd', 'e']) judge(aService({ name }), context, catalogue);
    expect(judged.map(({ metadata, filled }) => [(metadata as JsonObject).name, filled])).toEqual(
      ['a', 'b', 'c', 'd', 'e'].map((name) => [name, true]),
    );
    return asked;
  }

  it('are worked out twice for all objects that are alike, where they look at settings alone', () => {
    expect(times(() => true)).toBe(2);
  });

  it('are worked out for each where they look at more, or nobody says what they look at', () => {
    expect(times(() => false)).toBe(5);
    expect(times(undefined)).toBe(5);
  });
});
