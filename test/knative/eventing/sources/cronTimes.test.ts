/** Moments as github.com/robfig/cron v3.0.1 itself gives them. */
import { describe, expect, it } from '@jest/globals';
import { parseCron } from '../../../../src/knative/eventing/cron.ts';
import { nextTime } from '../../../../src/knative/eventing/sources/cronTimes.ts';
import { zoneNamed } from '../../../../src/schedule/zones.ts';

function momentsAfter(schedule: string, zone: string, after: string, count: number): string[] {
  const cron = parseCron(schedule, 'optional');
  const found = zoneNamed(zone);
  if (!cron.ok || cron.times === undefined || found === undefined) throw new Error(`${schedule} in ${zone}`);
  const moments: string[] = [];
  let at: number | undefined = Date.parse(after);
  while (moments.length < count) {
    at = nextTime(cron.times, at, (moment) => found.offsetAt(moment));
    if (at === undefined) break;
    moments.push(new Date(at).toISOString().replace('.000Z', 'Z'));
  }
  return moments;
}

describe('the next moment of a schedule', () => {
  it.each<[schedule: string, zone: string, after: string, moments: string[]]>([
    [
      '30 2 * * *',
      'America/New_York',
      '2026-03-08T04:30:00Z',
      ['2026-03-09T06:30:00Z', '2026-03-10T06:30:00Z', '2026-03-11T06:30:00Z'],
    ],
    [
      '30 1 * * *',
      'America/New_York',
      '2026-11-01T04:30:00Z',
      ['2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z', '2026-11-02T06:30:00Z'],
    ],
    [
      '0 * * * *',
      'Europe/Berlin',
      '2026-10-25T00:15:00Z',
      ['2026-10-25T01:00:00Z', '2026-10-25T02:00:00Z', '2026-10-25T03:00:00Z'],
    ],
    [
      '0 0 * * *',
      'America/Sao_Paulo',
      '2018-11-04T02:30:00Z',
      ['2018-11-05T02:00:00Z', '2018-11-06T02:00:00Z', '2018-11-07T02:00:00Z'],
    ],
    [
      '0 0 * * *',
      'America/Havana',
      '2026-03-08T04:30:00Z',
      ['2026-03-09T04:00:00Z', '2026-03-10T04:00:00Z', '2026-03-11T04:00:00Z'],
    ],
    [
      '30 1 * * *',
      'America/Havana',
      '2026-11-01T04:30:00Z',
      ['2026-11-01T06:30:00Z', '2026-11-02T06:30:00Z', '2026-11-03T06:30:00Z'],
    ],
    [
      '0 0 * * *',
      'Africa/Cairo',
      '2026-04-23T21:30:00Z',
      ['2026-04-24T21:00:00Z', '2026-04-25T21:00:00Z', '2026-04-26T21:00:00Z'],
    ],
    [
      '15 10 1 * 1',
      'UTC',
      '2026-03-08T04:30:00Z',
      ['2026-03-09T10:15:00Z', '2026-03-16T10:15:00Z', '2026-03-23T10:15:00Z'],
    ],
    [
      '0 0 29 2 *',
      'UTC',
      '2026-03-08T04:30:00Z',
      ['2028-02-29T00:00:00Z', '2032-02-29T00:00:00Z', '2036-02-29T00:00:00Z'],
    ],
    ['0 0 30 2 *', 'UTC', '2026-03-08T04:30:00Z', []],
    [
      '*/10 * * * * *',
      'Asia/Kolkata',
      '2026-03-08T06:59:58Z',
      ['2026-03-08T07:00:00Z', '2026-03-08T07:00:10Z', '2026-03-08T07:00:20Z'],
    ],
    [
      '5 4 3 2 1 *',
      'Europe/Berlin',
      '2026-03-08T04:30:00Z',
      ['2027-01-02T02:04:05Z', '2028-01-02T02:04:05Z', '2029-01-02T02:04:05Z'],
    ],
    [
      '0 0 13 * FRI',
      'UTC',
      '2026-03-08T04:30:00Z',
      ['2026-03-13T00:00:00Z', '2026-03-20T00:00:00Z', '2026-03-27T00:00:00Z'],
    ],
    [
      '59 23 31 12 *',
      'Pacific/Apia',
      '2026-03-08T04:30:00Z',
      ['2026-12-31T10:59:00Z', '2027-12-31T10:59:00Z', '2028-12-31T10:59:00Z'],
    ],
  ])('%s in %s after %s', (schedule, zone, after, moments) => {
    expect(momentsAfter(schedule, zone, after, 3)).toEqual(moments);
  });

  it('goes on where a whole day is skipped, which the library never does', () => {
    const moments = momentsAfter('0 0 * * *', 'Pacific/Apia', '2011-12-29T00:00:00Z', 2);
    expect(moments).toEqual(['2011-12-29T10:00:00Z', '2011-12-30T10:00:00Z']);
  });

  it('never comes for a field without values', () => {
    expect(momentsAfter('* , * * *', 'UTC', '2026-01-01T00:00:00Z', 1)).toEqual([]);
  });
});
