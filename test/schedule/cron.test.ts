import { describe, expect, it } from '@jest/globals';
import { parseCron as reference } from '../../src/knative/eventing/cron.ts';
import { lastMatch, nextMatch } from '../../src/schedule/calendar.ts';
import { parseCron } from '../../src/schedule/cron.ts';

const MINUTE = 60_000;
const local = (text: string): number => Date.parse(`${text}Z`) / MINUTE;
const text = (minute: number | undefined): string | undefined =>
  minute === undefined ? undefined : new Date(minute * MINUTE).toISOString().slice(0, 16);

describe('a cron expression', () => {
  it.each`
    cron                   | at                    | last                  | next
    ${'0 8 * * 1-5'}       | ${'2026-11-21T12:00'} | ${'2026-11-20T08:00'} | ${'2026-11-23T08:00'}
    ${'0 8 * * MON-fri'}   | ${'2026-11-23T08:00'} | ${'2026-11-23T08:00'} | ${'2026-11-23T08:00'}
    ${'*/20 6-7 * * *'}    | ${'2026-11-21T07:30'} | ${'2026-11-21T07:20'} | ${'2026-11-21T07:40'}
    ${'5/25 * * * ?'}      | ${'2026-11-21T07:56'} | ${'2026-11-21T07:55'} | ${'2026-11-21T08:05'}
    ${'0 0 13 * 5'}        | ${'2026-11-21T00:00'} | ${'2026-11-20T00:00'} | ${'2026-11-27T00:00'}
    ${'0 0 13 * 5'}        | ${'2026-12-12T00:00'} | ${'2026-12-11T00:00'} | ${'2026-12-13T00:00'}
    ${'0 0 13 * *'}        | ${'2026-11-21T00:00'} | ${'2026-11-13T00:00'} | ${'2026-12-13T00:00'}
    ${'0 0 */10 * 1'}      | ${'2026-11-22T00:00'} | ${'2026-11-21T00:00'} | ${'2026-11-23T00:00'}
    ${'0 0 29 feb *'}      | ${'2026-11-21T00:00'} | ${'2024-02-29T00:00'} | ${'2028-02-29T00:00'}
    ${'0 0 29 2 *'}        | ${'2099-01-01T00:00'} | ${'2096-02-29T00:00'} | ${'2104-02-29T00:00'}
    ${'59 23 31 12 *'}     | ${'2026-01-01T00:00'} | ${'2025-12-31T23:59'} | ${'2026-12-31T23:59'}
    ${'@monthly'}          | ${'2026-11-21T00:00'} | ${'2026-11-01T00:00'} | ${'2026-12-01T00:00'}
    ${' 0  12\t* *  0,6 '} | ${'2026-11-23T00:00'} | ${'2026-11-22T12:00'} | ${'2026-11-28T12:00'}
    ${'0 12 1,,15 * *'}    | ${'2026-11-23T00:00'} | ${'2026-11-15T12:00'} | ${'2026-12-01T12:00'}
  `('$cron is $last before $at, and $next after', ({ cron: written = '', at = '', last, next }) => {
    const { cron } = parseCron(written);
    if (cron === undefined) throw new Error(`${written} is refused`);
    expect(text(lastMatch(cron, local(at)))).toBe(last);
    expect(text(nextMatch(cron, local(at)))).toBe(next);
  });

  it.each`
    cron                | problem
    ${'0 8 * *'}        | ${'"0 8 * *" has 4 fields, and a cron expression has 5: minute, hour, day of month, month, day of week, as in "0 8 * * 1-5"'}
    ${'0 0 8 * * 1'}    | ${'"0 0 8 * * 1" has 6 fields, and a cron expression has 5: minute, hour, day of month, month, day of week, as in "0 8 * * 1-5"'}
    ${'60 * * * *'}     | ${'minute "60" is not within 0 to 59'}
    ${'* 24 * * *'}     | ${'hour "24" is not within 0 to 23'}
    ${'* * 0 * *'}      | ${'day of month "0" is not within 1 to 31'}
    ${'* * * 13 *'}     | ${'month "13" is not within 1 to 12 or jan to dec'}
    ${'* * * * 7'}      | ${'day of week "7" is not within 0 to 6 or sun to sat; Sunday is 0'}
    ${'* * * * fry'}    | ${'day of week "fry" is not within 0 to 6 or sun to sat; did you mean "fri"?'}
    ${'* * * * mon-so'} | ${'day of week "so" in "mon-so" is not within 0 to 6 or sun to sat'}
    ${'* 22-6 * * *'}   | ${'hour "22-6" ends before it begins; write it as "22-23,0-6"'}
    ${'*/0 * * * *'}    | ${'minute "*/0" steps by "0"; a step is a number from 1 on'}
    ${'1-2-3 * * * *'}  | ${'minute "1-2-3" is no range; write it as in "0-59/2"'}
    ${', * * * *'}      | ${'minute "," names nothing; write * for any'}
    ${'0 0 30 2 *'}     | ${'"0 0 30 2 *" never comes: no month that it names has such a day'}
    ${'0 0 31 4,6 *'}   | ${'"0 0 31 4,6 *" never comes: no month that it names has such a day'}
    ${'@every 1h'}      | ${'"@every 1h" counts from when a program started; name the minutes and hours, as in "*/30 * * * *"'}
    ${'@dayly'}         | ${'"@dayly" is unknown; did you mean "@daily"?'}
    ${'TZ=UTC * * * *'} | ${'"TZ=UTC * * * *" names a time zone; write it into spec.timeZone, for all windows alike'}
  `('$cron is refused', ({ cron = '', problem }) => {
    expect(parseCron(cron)).toEqual({ problem });
  });

  it('is read as CronJobs read it', () => {
    const parts = [
      '*',
      '?',
      '1',
      '1-5',
      '*/2',
      '1-5/2',
      '3/2',
      '1,3',
      '0',
      '7',
      '24',
      'mon',
      'dec',
      'x',
      '-1',
      '1-',
      '',
      '5-2',
      '*/1',
      '+4',
    ];
    let refused = 0;
    for (let position = 0; position < 5; position++) {
      for (const part of parts) {
        const fields = ['0', '0', '1', '1', '1'].map((each, index) => (index === position ? part : each));
        const written = fields.join(' ');
        const theirs = reference(written);
        const ours = parseCron(written);
        expect({ written, isRead: ours.cron !== undefined }).toEqual({ written, isRead: theirs.ok });
        if (!theirs.ok || theirs.times === undefined || ours.cron === undefined) {
          refused++;
          continue;
        }
        const { minute, hour, dayOfMonth, month, dayOfWeek } = theirs.times;
        expect(new Set(ours.cron.minutes)).toEqual(minute.values);
        expect(new Set(ours.cron.hours)).toEqual(hour.values);
        expect(ours.cron.daysOfMonth).toEqual(dayOfMonth.values);
        expect(ours.cron.months).toEqual(month.values);
        expect(ours.cron.daysOfWeek).toEqual(dayOfWeek.values);
        expect(ours.cron.matchesEitherDay).toBe(!dayOfMonth.isAny && !dayOfWeek.isAny);
      }
    }
    expect(refused).toBeGreaterThan(20);
  });
});
