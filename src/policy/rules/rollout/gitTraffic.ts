import { arrayAt, type JsonObject, valueAt } from '../../../kubernetes/json.ts';
import { knativeService } from '../../../kubernetes/kinds.ts';
import { trafficOwner } from '../../../rollout/owner.ts';
import { defineRule } from '../../engine/rule.ts';
import { aRollout, aService, together } from './examples.ts';
import { rolloutsFor, titleOfRollout } from './read.ts';

/**
 * What stands in a file Git would write. In a cluster the rollout's own controller writes it, and who applies it is known.
 */
export const rolloutGitTraffic = defineRule({
  id: 'rollout/git-traffic',
  title: 'the traffic that a rollout moves stands in no manifest',
  why: 'spec.traffic is one list with one owner: as long as Git writes it the rollout stands still, and would be taken back if it did not.',
  howToFix: 'Take spec.traffic out of the manifest; what is there stays, and the rollout goes on from it.',
  kinds: [knativeService],
  action: 'deny',
  needsOthers: true,
  examples: {
    bad: together(
      aService({
        more: `  traffic:
  - {latestRevision: true, percent: 100}
`,
      }),
      aRollout(),
    ),
    good: together(aService(), aRollout()),
  },

  judge({ object, written }, { inventory }) {
    // Knative's own default is filled into every Service
    if (arrayAt(written, 'spec', 'traffic').length === 0) return [];
    const [rollout] = rolloutsFor(object, inventory);
    if (rollout === undefined) return [];
    const writer = writerOf(written);
    if (writer === undefined) return [];
    const message = `${writer} spec.traffic, which ${titleOfRollout(rollout)} moves; leave it out`;
    return [{ path: '/spec/traffic', message, fix: [{ remove: '/spec/traffic' }] }];
  },
});

function writerOf(object: JsonObject): string | undefined {
  const isStored =
    valueAt(object, 'metadata', 'uid') !== undefined || arrayAt(object, 'metadata', 'managedFields').length > 0;
  if (!isStored) return 'the manifest writes';
  const owner = trafficOwner(object);
  return owner.kind === 'git' ? `${owner.manager} writes` : undefined;
}
