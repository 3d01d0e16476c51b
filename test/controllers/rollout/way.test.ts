/** Which writes of spec.traffic are a way back, and go before all others. */
import { expect, it } from '@jest/globals';
import { isWayBack } from '../../../controllers/rollout/way.ts';
import { freshStatus, type RolloutStatus } from '../../../src/rollout/status.ts';
import { aRollout } from '../../rollout/builders.ts';
import { atRest, type World } from '../../rollout/world.ts';

const canary = aRollout({ strategy: { canary: { steps: [{ percent: 50, pause: {} }] } } });
const blueGreen = aRollout({ strategy: { blueGreen: { autoPromoteAfter: {}, keepOld: '1h' } } });

/** The second Revision has its first share, or stands in the preview. */
function underWay(rollout = canary): World {
  const world = atRest(rollout);
  world.ready(world.create(), 4);
  world.goWell(40);
  return world;
}

function promoted(rollout = canary): World {
  const world = underWay(rollout);
  world.command = 'promote-full';
  world.goWell(30);
  return world;
}

function says(world: World, command: string): World {
  world.command = command;
  return world;
}

function isBack(world: World): boolean | undefined {
  const { service } = world.observed();
  const { status, traffic } = world.decide();
  return traffic === undefined ? undefined : isWayBack(world.known(), status, traffic.targets, service);
}

it.each<[what: string, () => World, boolean]>([
  ['an abort', () => says(underWay(), 'abort'), true],
  [
    'a Revision that breaks',
    () => {
      const world = underWay();
      world.change(world.latestCreated, { readiness: 'False' });
      return world;
    },
    true,
  ],
  [
    'a newer Revision, which begins at none',
    () => {
      const world = underWay();
      world.create();
      return world;
    },
    true,
  ],
  ['an undo of what was kept for it', () => says(promoted(blueGreen), 'undo'), true],
  [
    "a person's edit that is taken back from the candidate",
    () => {
      const world = underWay();
      world.edit([{ revision: world.latestCreated, percent: 100, tag: undefined }]);
      world.owner = { kind: 'person', manager: 'kubectl-edit' };
      return world;
    },
    true,
  ],
  [
    "a person's edit that is given back to the candidate",
    () => {
      const world = underWay();
      world.edit([{ revision: world.known()?.stable, percent: 100, tag: undefined }]);
      world.owner = { kind: 'person', manager: 'kubectl-edit' };
      return world;
    },
    false,
  ],
  ['the end', () => says(underWay(), 'promote'), false],
  [
    'a preview at none',
    () => {
      const world = atRest(blueGreen);
      world.ready(world.create(), 4);
      return world;
    },
    false,
  ],
])('%s', (_, play, expected) => {
  expect(isBack(play())).toBe(expected);
});

it('the first pin is none: nothing was stable before', () => {
  const status: RolloutStatus = { ...freshStatus('2026-11-23T10:00:00Z'), stable: 'api-service-00001' };
  const targets = [{ revision: 'api-service-00001', percent: 100, tag: undefined }];
  expect(isWayBack(undefined, status, targets, undefined)).toBe(false);
});
