/** Rollouts in the middle: one waits for a person with its first step taken, one goes back. */
import { expect } from '@jest/globals';
import { aRollout } from './builders.ts';
import { atRest, FIRST, type World } from './world.ts';

export const manual = aRollout({
  strategy: {
    canary: {
      steps: [
        { percent: 20, pause: {} },
        { percent: 60, pause: '1h' },
      ],
    },
  },
});

/** The second Revision has 20 % and waits for a person. */
export function waiting(rollout = manual): World {
  const world = atRest(rollout);
  world.ready(world.create(), 4);
  world.goWell(30);
  expect(world.written.at(-1)).toBe('00001 80, 00002 20 candidate');
  return world;
}

/** The second Revision serves, and undo goes back to the first, whose pods are gone. */
export function undoing(): World {
  const world = atRest(aRollout());
  world.ready(world.create(), 4);
  world.goWell(15 * 60);
  expect(world.written.at(-1)).toBe('00002 100');
  world.command = `undo ${FIRST}`;
  world.change(FIRST, { pods: 0 });
  world.reconcile();
  return world;
}
