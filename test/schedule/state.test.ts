import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import type { State } from '../../src/schedule/model.ts';
import { intervals, stateAt } from '../../src/schedule/state.ts';
import { aSchedule, OFFICE } from './builders.ts';

/** `window office 10, 2026-11-23T08:00 to 2026-11-23T18:00`: times in UTC. */
function told({ cause, window, scale, since, until }: State): string {
  const minute = (date: Date | undefined): string => date?.toISOString().slice(0, 16) ?? '…';
  const what = [cause, window, scale?.minScale].filter((part) => part !== undefined).join(' ');
  return `${what}, ${minute(since)} to ${minute(until)}`;
}

const stateOf = (spec: JsonObject, at: string): string => told(stateAt(aSchedule(spec), new Date(`${at}Z`)));
const lasting = (window: JsonObject): JsonObject => {
  const { end: _, ...rest } = OFFICE;
  return { ...rest, ...window };
};

describe('what a schedule says', () => {
  it.each<[string, JsonObject, string, string]>([
    ['within a window', {}, '2026-11-23T10:00', 'window office 10, 2026-11-23T08:00 to 2026-11-23T18:00'],
    ['at its very start', {}, '2026-11-23T08:00', 'window office 10, 2026-11-23T08:00 to 2026-11-23T18:00'],
    ['at its very end', {}, '2026-11-23T18:00', 'author, 2026-11-23T18:00 to 2026-11-24T08:00'],
    [
      'over a weekend',
      { default: { minScale: 2 } },
      '2026-11-21T12:00',
      'default 2, 2026-11-20T18:00 to 2026-11-23T08:00',
    ],
    ['suspended', { suspend: true }, '2026-11-23T10:00', 'suspended, … to …'],
    ['ended', { until: '2026-11-23T09:00:00Z' }, '2026-11-23T10:00', 'ended, 2026-11-23T09:00 to …'],
    [
      'ending',
      { until: '2026-11-23T09:00:00Z' },
      '2026-11-23T08:30',
      'window office 10, 2026-11-23T08:00 to 2026-11-23T09:00',
    ],
    [
      'overridden',
      { override: { minScale: 30, until: '2026-11-23T09:00:00Z' } },
      '2026-11-23T08:30',
      'override 30, … to 2026-11-23T09:00',
    ],
    [
      'after an override',
      { override: { minScale: 30, until: '2026-11-23T09:00:00Z' } },
      '2026-11-23T09:00',
      'window office 10, 2026-11-23T09:00 to 2026-11-23T18:00',
    ],
    [
      'suspended and overridden',
      { suspend: true, override: { minScale: 30, until: '2026-11-23T09:00:00Z' } },
      '2026-11-23T08:30',
      'suspended, … to …',
    ],
    [
      'warming up',
      { windows: [{ ...OFFICE, warmUp: '10m' }] },
      '2026-11-23T07:55',
      'window office 10, 2026-11-23T07:50 to 2026-11-23T18:00',
    ],
    [
      'for a duration',
      { windows: [lasting({ duration: '26h', start: '0 8 * * 1' })] },
      '2026-11-24T09:00',
      'window office 10, 2026-11-23T08:00 to 2026-11-24T10:00',
    ],
    ['on a holiday', { holidays: ['2026-11-23'] }, '2026-11-23T10:00', 'author, 2026-11-20T18:00 to 2026-11-24T08:00'],
    [
      'on a holiday that it does not heed',
      { holidays: ['2026-11-23'], windows: [{ ...OFFICE, holidays: 'Ignore' }] },
      '2026-11-23T10:00',
      'window office 10, 2026-11-23T08:00 to 2026-11-23T18:00',
    ],
    [
      'on holidays only',
      { holidays: ['2026-11-23'], windows: [{ ...OFFICE, holidays: 'Only' }] },
      '2026-11-23T10:00',
      'window office 10, 2026-11-23T08:00 to 2026-11-23T18:00',
    ],
    [
      'after the only date',
      { windows: [{ ...OFFICE, only: ['2026-11-23'] }] },
      '2026-11-24T10:00',
      'author, 2026-11-23T18:00 to …',
    ],
    [
      'past midnight of a date that counts',
      { windows: [lasting({ start: '0 22 * * *', duration: '4h', except: ['2026-11-24'] })] },
      '2026-11-24T01:00',
      'window office 10, 2026-11-23T22:00 to 2026-11-24T02:00',
    ],
  ])('%s', (_, spec, at, expected) => {
    // Lisbon is at UTC in November
    expect(stateOf(spec, at)).toBe(expected);
  });

  it.each<[string, string, JsonObject, string, string]>([
    [
      'a start that is skipped, at the end of the gap',
      'Europe/Lisbon',
      { start: '30 1 29 3 *', duration: '2h' },
      '2026-03-29T01:00',
      'window office 10, 2026-03-29T01:00 to 2026-03-29T03:00',
    ],
    [
      'a start that is doubled, at the first',
      'Europe/Lisbon',
      { start: '30 1 25 10 *', duration: '30m' },
      '2026-10-25T01:30',
      'author, 2026-10-25T01:00 to 2027-10-25T00:30',
    ],
    [
      'a doubled hour, through both of its times',
      'Europe/Lisbon',
      { start: '30 1 25 10 *', duration: '90m' },
      '2026-10-25T01:05',
      'window office 10, 2026-10-25T00:30 to 2026-10-25T02:00',
    ],
    [
      'midnight that is skipped',
      'America/Santiago',
      { start: '0 0 6 9 *', duration: '1h' },
      '2026-09-06T04:00',
      'window office 10, 2026-09-06T04:00 to 2026-09-06T05:00',
    ],
    [
      'half an hour',
      'Australia/Lord_Howe',
      { start: '15 2 4 10 *', duration: '1h' },
      '2026-10-03T15:30',
      'window office 10, 2026-10-03T15:30 to 2026-10-03T16:30',
    ],
    [
      'a day that never was',
      'Pacific/Apia',
      { start: '0 12 30 12 *', duration: '1h' },
      '2011-12-30T10:00',
      'window office 10, 2011-12-30T10:00 to 2011-12-30T11:00',
    ],
  ])('%s', (_, timeZone, window, at, expected) => {
    expect(stateOf({ timeZone, windows: [lasting(window)] }, at)).toBe(expected);
  });

  it('warms up across its own end without a pause', () => {
    const windows = [{ ...OFFICE, start: '0 8 * * *', end: '55 7 * * *', warmUp: '10m' }];
    const day = [new Date('2026-11-23T00:00Z'), new Date('2026-11-24T00:00Z')] as const;
    expect(intervals(aSchedule({ windows }), ...day).map(({ state }) => state.window)).toEqual(['office']);
  });

  it('takes the larger min-scale where windows overlap, then the first', () => {
    const windows = [
      { ...OFFICE, name: 'day', minScale: 4 },
      { ...OFFICE, name: 'noon', start: '0 12 * * 1-5', end: '0 13 * * 1-5', minScale: 9 },
      { ...OFFICE, name: 'other', minScale: 4 },
    ];
    const found = intervals(aSchedule({ windows }), new Date('2026-11-23T00:00Z'), new Date('2026-11-24T00:00Z'));
    expect(found.map(({ state }) => told(state))).toEqual([
      'author, 2026-11-20T18:00 to 2026-11-23T08:00',
      'window day 4, 2026-11-23T08:00 to 2026-11-23T12:00',
      'window noon 9, 2026-11-23T12:00 to 2026-11-23T13:00',
      'window day 4, 2026-11-23T13:00 to 2026-11-23T18:00',
      'author, 2026-11-23T18:00 to 2026-11-24T08:00',
    ]);
  });

  it.each(['* * * * *', '0 0 1 * *'])(
    'looks through years and not centuries where starts (%s) follow on one another with a year each',
    (start) => {
      const windows = Array.from({ length: 32 }, (_, index) => ({
        name: `w${index}`,
        start,
        duration: '8784h',
        warmUp: '24h',
        minScale: index,
      }));
      const { cause, since, until } = stateAt(aSchedule({ windows }), new Date('2026-11-23T10:00:00Z'));
      expect(cause).toBe('window');
      expect(since?.getUTCFullYear()).toBeGreaterThan(1940);
      expect(until?.getUTCFullYear()).toBeLessThan(2120);
      expect(until?.getUTCFullYear()).toBeGreaterThan(2030);
    },
  );

  it('is the same in whatever order the moments are asked for', () => {
    const schedule = aSchedule({ default: { minScale: 2 } });
    const hours = Array.from({ length: 24 * 14 }, (_, hour) => new Date(Date.UTC(2026, 9, 20, hour)));
    const forth = hours.map((at) => told(stateAt(schedule, at)));
    const back = [...hours].reverse().map((at) => told(stateAt(schedule, at)));
    expect(back.reverse()).toEqual(forth);
    expect(hours.map((at) => told(stateAt(aSchedule({ default: { minScale: 2 } }), at)))).toEqual(forth);
  });

  it('costs next to nothing between two transitions, with ten thousand schedules in twenty zones', () => {
    const zones = Intl.supportedValuesOf('timeZone')
      .filter((_, index) => index % 21 === 0)
      .slice(0, 20);
    const schedules = Array.from({ length: 10_000 }, (_, index) =>
      aSchedule({ timeZone: zones[index % 20] ?? '', windows: [{ ...OFFICE, start: `${index % 60} 8 * * 1-5` }] }),
    );
    const at = Date.parse('2026-11-23T10:00:10Z');
    const before = schedules.map((schedule) => stateAt(schedule, new Date(at)));
    for (let second = 1; second <= 10; second++) {
      // the very same state: nothing is looked for anew
      const anew = schedules.filter(
        (schedule, index) => stateAt(schedule, new Date(at + second * 1000)) !== before[index],
      );
      expect(anew.length).toBe(0);
    }
  });
});
