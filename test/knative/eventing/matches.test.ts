import { describe, expect, it } from '@jest/globals';
import type { Value } from '../../../src/knative/eventing/cesql/value.ts';
import { matchesOf } from '../../../src/knative/eventing/matches.ts';
import type { JsonObject, JsonValue } from '../../../src/kubernetes/json.ts';

const EVENT: Readonly<Record<string, Value>> = {
  specversion: '1.0',
  id: 'a-1',
  source: 'https://shop.example/orders',
  type: 'order.placed',
  datacontenttype: 'application/json; charset=utf-8',
  region: 'eu',
  paid: true,
  amount: 12,
};

function passes(spec: JsonObject, event = EVENT): boolean {
  return matchesOf({ spec })(new Map(Object.entries(event)));
}

describe("a Trigger's filter", () => {
  it.each<[JsonObject, boolean]>([
    [{}, true],
    [{ type: 'order.placed' }, true],
    [{ type: 'order.placed', region: 'eu' }, true],
    [{ type: 'order.placed', region: 'us' }, false],
    [{ type: 'order' }, false],
    [{ type: '' }, true],
    [{ subject: '' }, false],
    [{ absent: '' }, false],
    [{ paid: 'true' }, false],
    [{ time: '0001-01-01T00:00:00Z' }, true],
    [{ datamediatype: 'application/json' }, true],
  ])('%j passes: %s', (attributes, expected) => {
    expect(passes({ filter: { attributes } })).toBe(expected);
  });

  it('lets everything pass where there is none', () => {
    expect(passes({})).toBe(true);
    expect(passes({ filter: {} })).toBe(true);
  });
});

const PASS = { exact: { type: 'order.placed' } };
const FAIL = { exact: { type: 'other' } };
/** Holds no opinion. */
const NONE = { exact: { type: '' } };

describe("a Trigger's filters", () => {
  it.each<[JsonValue[], boolean]>([
    [[PASS], true],
    [[FAIL], false],
    [[PASS, FAIL], false],
    [[{ exact: { type: 'order.placed', region: 'us' } }], false],
    [[{ exact: { paid: 'true', amount: '12' } }], true],
    [[{ exact: { absent: 'x' } }], false],
    [[{ prefix: { type: 'order.' } }], true],
    [[{ prefix: { type: 'placed' } }], false],
    [[{ prefix: { time: '0001' } }], true],
    [[{ suffix: { type: '.placed', source: 'orders' } }], true],
    [[{ suffix: { absent: 'x' } }], false],
    [[{ all: [PASS, PASS] }], true],
    [[{ all: [PASS, FAIL] }], false],
    [[{ any: [FAIL, PASS] }], true],
    [[{ any: [FAIL, FAIL] }], false],
    [[{ not: PASS }], false],
    [[{ not: FAIL }], true],
    [[{ not: { not: { any: [FAIL, { all: [PASS, { not: FAIL }] }] } } }], true],
    [[{ cesql: "type LIKE 'order.%' AND amount > 10" }], true],
    [[{ cesql: 'amount > 100' }], false],
    [[{ cesql: 'absent = 1' }], false],
    [[{ cesql: 'amount + 1' }], false],
    // Without an opinion, or not to be read: left out
    [[NONE], true],
    [[NONE, FAIL], false],
    [[{ cesql: 'type LIKE' }], true],
    [[{ not: NONE }], true],
    [[{ any: [FAIL, NONE] }], false],
    [[{}, null, 7, 'x'], true],
    // The first dialect of several
    [[{ exact: { type: 'order.placed' }, prefix: { type: 'other' } }], true],
  ])('%j pass: %s', (filters, expected) => {
    expect(passes({ filters })).toBe(expected);
  });

  it('count instead of filter', () => {
    expect(passes({ filter: { attributes: { type: 'other' } }, filters: [PASS] })).toBe(true);
    expect(passes({ filter: { attributes: { type: 'order.placed' } }, filters: [FAIL] })).toBe(false);
    expect(passes({ filter: { attributes: { type: 'other' } }, filters: [] })).toBe(false);
  });
});
