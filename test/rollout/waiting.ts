/** A rollout in the middle: with its first step taken, it waits for a person. */
import { expect } from '@jest/globals';
import { aRollout } from './builders.ts';
import { atRest, type World } from './world.ts';

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
