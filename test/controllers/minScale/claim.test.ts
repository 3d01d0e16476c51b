import { describe, expect, it } from '@jest/globals';
import { atLeast, type Claim, winnerOf } from '../../../controllers/minScale/claim.ts';
import type { Scale } from '../../../src/schedule/model.ts';

function claim(name: string, priority: number, scale: Scale): Claim {
  return { holder: `ScalingSchedule/${name}`, priority, scale };
}

describe('of several claims', () => {
  it.each<{ why: string; claims: Claim[]; winner: string | undefined }>`
    why                                    | claims                                                               | winner
    ${'nobody wins among none'}            | ${[]}                                                                | ${undefined}
    ${'the only one wins'}                 | ${[claim('a', 0, { minScale: 1 })]}                                  | ${'a'}
    ${'the highest priority wins'}         | ${[claim('a', 0, { minScale: 9 }), claim('b', 1, { minScale: 2 })]}  | ${'b'}
    ${'a negative priority gives way'}     | ${[claim('a', -1, { minScale: 9 }), claim('b', 0, { minScale: 2 })]} | ${'b'}
    ${'then the larger min-scale'}         | ${[claim('a', 3, { minScale: 2 }), claim('b', 3, { minScale: 9 })]}  | ${'b'}
    ${'one without a min-scale gives way'} | ${[claim('a', 0, { maxScale: 9 }), claim('b', 0, { minScale: 0 })]}  | ${'b'}
    ${'then the first name'}               | ${[claim('b', 0, { minScale: 2 }), claim('a', 0, { minScale: 2 })]}  | ${'a'}
  `('$why', ({ claims, winner }) => {
    const expected = winner === undefined ? undefined : `ScalingSchedule/${winner}`;
    expect(winnerOf(claims)?.holder).toBe(expected);
    expect(winnerOf(claims.toReversed())?.holder).toBe(expected);
  });
});

describe('beside a rollout', () => {
  it.each<{ why: string; scale: Scale; floor: number | undefined; held: Scale }>`
    why                                        | scale                           | floor        | held
    ${'nothing is raised without one'}         | ${{ minScale: 2 }}              | ${undefined} | ${{ minScale: 2 }}
    ${'the larger value holds'}                | ${{ minScale: 2, maxScale: 9 }} | ${4}         | ${{ minScale: 4, maxScale: 9 }}
    ${'also where it is the schedule'}         | ${{ minScale: 5 }}              | ${4}         | ${{ minScale: 5 }}
    ${'a bound below it is raised'}            | ${{ minScale: 0, maxScale: 2 }} | ${4}         | ${{ minScale: 4, maxScale: 4 }}
    ${'also where nothing else is asked'}      | ${{ maxScale: 1 }}              | ${4}         | ${{ minScale: 4, maxScale: 4 }}
    ${'no bound stays none'}                   | ${{ maxScale: 0 }}              | ${4}         | ${{ minScale: 4, maxScale: 0 }}
    ${'a schedule that asks for none gets it'} | ${{ target: 70 }}               | ${4}         | ${{ minScale: 4, target: 70 }}
  `('$why', ({ scale, floor, held }) => {
    expect(atLeast(scale, floor === undefined ? undefined : { holder: 'TrafficRollout/a', minScale: floor })).toEqual(
      held,
    );
  });
});
