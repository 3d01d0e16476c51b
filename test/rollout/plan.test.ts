import { describe, expect, it } from '@jest/globals';
import { plan } from '../../src/rollout/plan.ts';
import { ANALYSIS, aRollout } from './builders.ts';

const GIVEN = {
  from: new Date('2026-11-27T10:00:00Z'),
  pods: 8,
  stableWindow: 60_000,
  freezes: [],
  mostPods: undefined,
};

function rows(spec: Parameters<typeof aRollout>[0], given: Partial<typeof GIVEN> = {}): string[] {
  return plan(aRollout(spec), { ...GIVEN, ...given }).steps.map(
    ({ at, percent, pods }) => `${at?.toISOString().slice(11, 16) ?? 'then'} ${percent} % ${pods} pods`,
  );
}

describe('plan', () => {
  it('says when each step comes and how many pods there are', () => {
    expect(rows({})).toEqual(['10:00 0 % 8 pods', '10:00 10 % 9 pods', '10:05 50 % 12 pods', '10:10 100 % 16 pods']);
  });

  it('waits for an interval where that is longer than the pause', () => {
    expect(rows({ analysis: { ...ANALYSIS, interval: '20m' } }).map((row) => row.slice(0, 5))).toEqual([
      '10:00',
      '10:20',
      '10:40',
      '11:00',
    ]);
  });

  it('knows no time after a step that a person ends', () => {
    const steps = [{ percent: 20, pause: {} }];
    expect(rows({ strategy: { canary: { steps } } })).toEqual([
      '10:00 0 % 8 pods',
      '10:00 20 % 10 pods',
      'then 100 % 16 pods',
    ]);
    expect(plan(aRollout({ strategy: { canary: { steps } } }), GIVEN).end).toBeUndefined();
  });

  it('goes around freezes, and says which', () => {
    const windows = [{ name: 'friday', start: '3 10 * * 5', end: '0 6 * * 1' }];
    const { steps } = plan(aRollout({ freeze: { timeZone: 'Etc/UTC', windows } }), GIVEN);
    expect(steps.map(({ at, frozen }) => [at?.toISOString(), frozen])).toEqual([
      ['2026-11-27T10:00:00.000Z', undefined],
      ['2026-11-27T10:00:00.000Z', undefined],
      ['2026-11-30T06:00:00.000Z', "the rollout's own freeze (friday)"],
      ['2026-11-30T06:05:00.000Z', undefined],
    ]);
  });

  it.each([
    ['100%', undefined, 16],
    ['25%', undefined, 10],
    [3, undefined, 11],
    ['100%', 5, 13],
  ])('with maxSurge %p and at most %p pods by policy has at most %p at once', (maxSurge, mostPods, most) => {
    expect(plan(aRollout({ maxSurge }), { ...GIVEN, mostPods: mostPods as never }).mostPods).toBe(most);
  });

  it('counts what it costs', () => {
    // 1 pod for 5 minutes, 4 for 5, 8 for the stable window
    expect(plan(aRollout(), GIVEN).extraPodHours).toBeCloseTo((1 * 5 + 4 * 5 + 8 * 1) / 60, 6);
    const kept = { blueGreen: { autoPromoteAfter: '10m', keepOld: '1h' } };
    const switched = plan(aRollout({ strategy: kept }), GIVEN);
    expect(switched.extraPodHours).toBeCloseTo(8, 6);
    expect(switched.end?.toISOString()).toBe('2026-11-27T11:10:00.000Z');
  });
});
