/** Revisions: wires what `reconcile.ts` needs. */

import { podAutoscalers, revisions } from '../../../src/knative/resources.ts';
import type { MakeController } from '../../manager/controller.ts';
import { type Shared, standOn, WORKERS } from '../ground.ts';
import { keyOf, placeOf } from '../read.ts';
import { reconcileRevision } from './reconcile.ts';

export function revisionController(options: Shared): MakeController {
  return (tools) => {
    const { runtime } = options;
    const ground = standOn(tools, options, { resource: revisions });
    const theirs = tools.follow({
      resource: podAutoscalers,
      keysOf: ({ object, old }) => [object ?? old].flatMap((each) => (each === undefined ? [] : [keyOf(each)])),
    });
    runtime.onChange((kind, key) => {
      if (kind === 'Revision') tools.enqueue(key);
    });
    return {
      name: 'serving-revision',
      workers: WORKERS,
      rights: [
        { resource: revisions, subresource: 'status', verbs: ['update'] },
        { resource: podAutoscalers, verbs: ['create', 'update'] },
      ],
      async reconcile(key, { client }) {
        const { namespace, name } = placeOf(key);
        const revision = ground.main.store.find(namespace, name);
        if (revision === undefined || !ground.isOurs()) return undefined;
        await reconcileRevision(
          { revision, podAutoscaler: theirs.store.find(namespace, name) },
          { client, settings: ground.settings(), runtime, now: tools.clock.now(), record: tools.record },
        );
        return undefined;
      },
    };
  };
}
