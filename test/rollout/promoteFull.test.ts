/** A person lets a Revision go on whose intervals fail. */
import { describe, expect, it } from '@jest/globals';
import { ANALYSIS, aRollout } from './builders.ts';
import { atRest, SECOND, type World } from './world.ts';

/** It has 20 % and one pod, needs three for its next share, and fails interval after interval. */
function promoted(): World {
  const strategy = { canary: { steps: [{ percent: 20, pause: {} }, { percent: 60 }] } };
  const world = atRest(aRollout({ strategy, analysis: ANALYSIS }));
  world.ready(world.create(), 4);
  world.goWell(60);
  expect(world.written.at(-1)).toBe('00001 80, 00002 20 candidate');
  world.change(SECOND, { pods: 1 });
  world.command = `promote-full ${SECOND}`;
  world.reconcile();
  return world;
}

function failTwice(world: World): void {
  for (const _ of ['one', 'as many as failureLimit']) {
    world.wait(30);
    expect(world.measure({ errors: 0.9 })).toBe(true);
    world.reconcile();
  }
}

describe('promote-full', () => {
  it('goes past failed intervals, also while pods come up', () => {
    const world = promoted();
    failTwice(world);
    expect(world.known()).toMatchObject({ phase: 'Warming', weight: 20, analysis: { failures: 2, verdict: 'Failed' } });
    world.scale();
    world.reconcile();
    expect(world.written.at(-1)).toBe('00001 40, 00002 60 candidate');
    world.route();
    world.reconcile();
    failTwice(world);
    world.scale();
    world.reconcile();
    expect(world.written.at(-1)).toBe('00002 100');
  });

  it('waits for its pods no longer than the progress deadline', () => {
    const world = promoted();
    world.wait(600);
    world.reconcile();
    expect(world.known()?.failed).toMatchObject([{ revision: SECOND, reason: 'NotWarm' }]);
  });

  it.each<[what: string, shut: (world: World) => void]>([
    ['a person has paused it', (world) => Object.assign(world, { command: 'pause' })],
    [
      'a freeze holds',
      (world) => {
        const windows = [{ name: 'monday', start: '0 9 * * 1', end: '0 11 * * 1' }];
        const { freeze } = aRollout({ freeze: { timeZone: 'Etc/UTC', windows } });
        world.policy = { mostPods: undefined, freezes: freeze === undefined ? [] : [freeze] };
      },
    ],
    ['it is not known to be Ready', (world) => world.change(SECOND, { readiness: 'Unknown' })],
  ])('does not keep it where it cannot go on: %s, and it is taken back', (_, shut) => {
    const world = promoted();
    shut(world);
    world.reconcile();
    failTwice(world);
    expect(world.known()?.failed).toMatchObject([{ revision: SECOND, reason: 'AnalysisFailed' }]);
    expect(world.written.at(-1)).toBe('00001 100');
  });
});
