import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { faultsHoldUntil, idleWindows, overlaps } from '../../src/schedule/faults.ts';
import { aSchedule, OFFICE } from './builders.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const window = (
  name: string,
  start: string,
  end: string | { duration: string },
  more: JsonObject = {},
): JsonObject => ({
  name,
  start,
  ...(typeof end === 'string' ? { end } : end),
  minScale: 4,
  ...more,
});
const daily = (more: JsonObject): JsonObject => window('daily', '0 8 * * *', { duration: '24h' }, more);
const EVENING = window('evening', '0 17 * * 1-5', '0 22 * * 1-5');
const NIGHT = window('night', '30 1 * * *', { duration: '90m' });
const MORNING = window('morning', '0 3 * * *', { duration: '5h' });

function until(spec: JsonObject, at: string): string | undefined {
  return faultsHoldUntil(aSchedule(spec), new Date(`${at}Z`))
    ?.toISOString()
    .slice(0, 16);
}

describe('what is wrong with a schedule', () => {
  it.each<[string, JsonObject, string | undefined]>([
    ['of one window without dates', {}, undefined],
    [
      'of windows by the week, where the clock never changes',
      { timeZone: 'Etc/UTC', windows: [OFFICE, NIGHT] },
      undefined,
    ],
    ['by the week, long before the clock changes', { windows: [OFFICE, NIGHT] }, '2026-02-27T01:00'],
    ['of windows that overlap, until that time is over', { windows: [OFFICE, EVENING] }, '2026-01-12T18:00'],
    [
      'with a date far ahead, until it comes near',
      { windows: [{ ...OFFICE, except: ['2026-03-20'] }] },
      '2026-03-18T00:00',
    ],
    ['of a window that a date ends', { windows: [daily({ except: ['2026-03-20'] })] }, '2026-03-20T08:00'],
    ['with dates that are over long ago', { windows: [{ ...OFFICE, except: ['2025-12-25'] }] }, undefined],
  ])('stays the same, %s', (_, spec, expected) => {
    expect(until(spec, '2026-01-10T12:00')).toBe(expected);
  });

  it.each<[string, JsonObject, string, number, number]>([
    ['holds always but on a date', { windows: [daily({ except: ['2026-03-20'] })] }, '2026-01-10', 120, 6],
    ['overlaps by the day', { windows: [OFFICE, EVENING] }, '2026-01-10', 30, 25],
    // the night ends at three, and at four where it loses an hour
    ['overlaps where the clock is put on', { windows: [NIGHT, MORNING] }, '2026-02-01', 100, 8],
    [
      'is limited to dates',
      { windows: [daily({ only: ['2026-02-01', '2026-02-02'], except: [] }), { ...EVENING, only: ['2026-02-02'] }] },
      '2026-01-20',
      20,
      25,
    ],
    ['comes by the month', { windows: [OFFICE, window('payday', '0 6 25 * *', '0 9 25 * *')] }, '2026-02-20', 12, 16],
  ])('says until when it is the same: one that %s', (_, spec, from, days, most) => {
    const schedule = aSchedule(spec);
    const said = (at: Date): string => JSON.stringify([idleWindows(schedule, at), overlaps(schedule, at)]);
    const begin = Date.parse(from);
    let known = '';
    let end = 0;
    let looks = 0;
    // no divisor of a day
    for (let at = begin; at < begin + days * DAY; at += 7 * HOUR - 1000) {
      if (at > end) {
        const moment = new Date(at);
        known = said(moment);
        end = faultsHoldUntil(schedule, moment)?.getTime() ?? Number.POSITIVE_INFINITY;
        expect(end).toBeGreaterThan(at);
        looks++;
      }
      expect([new Date(at), said(new Date(at))]).toEqual([new Date(at), known]);
    }
    expect(looks).toBeLessThanOrEqual(most);
  });
});
