import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { readSchedule } from '../../src/schedule/read.ts';
import { aDocument, aSchedule, OFFICE } from './builders.ts';

const problemsOf = (spec: JsonObject) => readSchedule(aDocument(spec)).problems;

describe('the windows of schedules', () => {
  it('are held once, where they are the same', () => {
    const { windows } = aSchedule({ windows: [{ ...OFFICE }] });
    expect(aSchedule({ windows: [{ ...OFFICE }], timeZone: 'Asia/Tokyo' }).windows).toBe(windows);
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['a value', { windows: [OFFICE] }, { windows: [{ ...OFFICE, minScale: 11 }] }],
    ['holidays', { windows: [OFFICE] }, { windows: [OFFICE], holidays: ['2026-12-25'] }],
    [
      'a date',
      { windows: [{ ...OFFICE, only: ['2026-12-25'] }] },
      { windows: [{ ...OFFICE, only: ['2026-12-24', '2026-12-25'] }] },
    ],
  ])('are others, where they differ in %s', (_, one, other) => {
    expect(aSchedule(other).windows).not.toEqual(aSchedule(one).windows);
  });

  it.each<[string, JsonObject]>([
    ['a wrong cron', { ...OFFICE, start: '0 25 * * *' }],
    ['a number that no JSON holds', { ...OFFICE, maxScale: Number.POSITIVE_INFINITY }],
    ['an object in the place of a text', { ...OFFICE, end: { at: '0 18 * * *' } }],
    ['a date that is none', { ...OFFICE, except: ['2026-02-30'] }],
  ])('are told each time, where they have %s', (_, wrong) => {
    const expected = problemsOf({ windows: [wrong] });
    expect(expected).toHaveLength(1);
    // as JSON would have it, the one is the other
    expect(problemsOf({ windows: [{ ...OFFICE, maxScale: null }] })).toBeUndefined();
    expect(problemsOf({ windows: [wrong] })).toEqual(expected);
  });
});
