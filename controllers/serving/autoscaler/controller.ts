/** PodAutoscalers: wires what `reconcile.ts` needs. */

import { podAutoscalers, revisions } from '../../../src/knative/resources.ts';
import type { MakeController } from '../../manager/controller.ts';
import { type Shared, standOn, WORKERS } from '../ground.ts';
import { placeOf } from '../read.ts';
import { reconcilePodAutoscaler } from './reconcile.ts';

export function podAutoscalerController(options: Shared): MakeController {
  return (tools) => {
    const { runtime } = options;
    const ground = standOn(tools, options, { resource: podAutoscalers });
    const owners = tools.follow({ resource: revisions });
    runtime.onChange((kind, key) => {
      if (kind === 'Revision') tools.enqueue(key);
    });
    return {
      name: 'serving-podautoscaler',
      workers: WORKERS,
      rights: [{ resource: podAutoscalers, subresource: 'status', verbs: ['update'] }],
      async reconcile(key, { client }) {
        const { namespace, name } = placeOf(key);
        const podAutoscaler = ground.main.store.find(namespace, name);
        if (podAutoscaler === undefined || !ground.isOurs()) return undefined;
        await reconcilePodAutoscaler(
          { podAutoscaler, revision: owners.store.find(namespace, name) },
          { client, settings: ground.settings(), runtime, now: tools.clock.now() },
        );
        return undefined;
      },
    };
  };
}
