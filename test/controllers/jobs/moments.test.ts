import { describe, expect, it } from '@jest/globals';
import { beyond } from '../../../controllers/jobs/cronJob/jobs.ts';
import { momentsOf } from '../../../controllers/jobs/cronJob/moments.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';

function aCronJob(spec: JsonObject, lastScheduleTime?: string): JsonObject {
  return {
    metadata: { name: 'nightly', namespace: 'shop', creationTimestamp: '2026-05-01T00:00:00Z' },
    spec,
    status: lastScheduleTime === undefined ? {} : { lastScheduleTime },
  };
}

describe('a CronJob', () => {
  it.each<[title: string, cronJob: JsonObject, now: string, due: string | undefined, next: string | undefined]>([
    [
      'is due at its time',
      aCronJob({ schedule: '0 3 * * *' }),
      '2026-05-04T03:00:00Z',
      '2026-05-04T03:00:00Z',
      '2026-05-05T03:00:00Z',
    ],
    [
      'is due once',
      aCronJob({ schedule: '0 3 * * *' }, '2026-05-04T03:00:00Z'),
      '2026-05-04T04:00:00Z',
      undefined,
      '2026-05-05T03:00:00Z',
    ],
    [
      'makes up for the last that was missed',
      aCronJob({ schedule: '0 3 * * *' }, '2026-05-02T03:00:00Z'),
      '2026-05-04T04:00:00Z',
      '2026-05-04T03:00:00Z',
      '2026-05-05T03:00:00Z',
    ],
    [
      'is not due for what was before it',
      aCronJob({ schedule: '0 3 1 1 *' }),
      '2026-05-04T04:00:00Z',
      undefined,
      '2027-01-01T03:00:00Z',
    ],
    [
      'is not due when it is too late',
      aCronJob({ schedule: '0 3 * * *', startingDeadlineSeconds: 600 }),
      '2026-05-04T03:10:01Z',
      undefined,
      '2026-05-05T03:00:00Z',
    ],
    [
      'minds its zone',
      aCronJob({ schedule: '0 3 * * *', timeZone: 'Europe/Lisbon' }),
      '2026-05-04T02:00:30Z',
      '2026-05-04T02:00:00Z',
      '2026-05-05T02:00:00Z',
    ],
  ])('%s', (_, cronJob, now, due, next) => {
    const at = (text: string | undefined) => (text === undefined ? undefined : new Date(text));
    expect(momentsOf(cronJob, new Date(now))).toEqual({ due: at(due), next: at(next) });
  });

  it.each([
    [{ schedule: 'every day' }, /./],
    [{ schedule: '0 0 30 2 *' }, /never comes/],
    [{ schedule: '0 3 * * *', timeZone: 'Mars/Base' }, /no time zone Mars\/Base/],
  ])('%j is told of', (spec, sentence) => {
    expect(momentsOf(aCronJob(spec), new Date('2026-05-04T08:00:00Z'))).toMatch(sentence);
  });

  it('keeps the newest of what is over', () => {
    const jobs = ['b', 'c', 'a'].map((name, at) => ({
      metadata: { name },
      status: { startTime: `2026-05-0${at + 1}T00:00:00Z` },
    }));
    expect(beyond(jobs, 2)).toEqual([jobs[0]]);
    expect(beyond(jobs, 0)).toHaveLength(3);
    expect(beyond(jobs, 9)).toEqual([]);
  });
});
