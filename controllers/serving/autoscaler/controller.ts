/** PodAutoscalers: wires what `reconcile.ts` needs. */

import { podAutoscalers, revisions } from '../../../src/knative/resources.ts';
import { horizontalPodAutoscalers } from '../../hpa/resources.ts';
import type { MakeController } from '../../manager/controller.ts';
import { type Shared, standOn, WORKERS } from '../ground.ts';
import { ownerKey, placeOf } from '../read.ts';
import { isOfClassHpa } from '../resources/horizontalPodAutoscaler.ts';
import { reconcileHpa } from './hpa.ts';
import { reconcilePodAutoscaler } from './reconcile.ts';

export function podAutoscalerController(options: Shared): MakeController {
  return (tools) => {
    const { runtime } = options;
    const ground = standOn(tools, options, { resource: podAutoscalers });
    const owners = tools.follow({ resource: revisions });
    const autoscalers = options.areHpasMade
      ? tools.follow({
          resource: horizontalPodAutoscalers,
          keysOf: ({ object, old }) => ownerKey(object ?? old, podAutoscalers.kind),
        }).store
      : undefined;
    runtime.onChange((kind, key) => {
      if (kind === 'Revision') tools.enqueue(key);
    });
    return {
      name: 'serving-podautoscaler',
      workers: WORKERS,
      rights: [
        { resource: podAutoscalers, subresource: 'status', verbs: ['update'] },
        ...(options.areHpasMade ? [{ resource: horizontalPodAutoscalers, verbs: ['create', 'update'] } as const] : []),
      ],
      async reconcile(key, { client }) {
        const { namespace, name } = placeOf(key);
        const podAutoscaler = ground.main.store.find(namespace, name);
        if (podAutoscaler === undefined || !ground.isOurs()) return undefined;
        const found = { podAutoscaler, revision: owners.store.find(namespace, name) };
        const dependencies = { client, settings: ground.settings(), runtime, now: tools.clock.now() };
        if (autoscalers === undefined || !isOfClassHpa(podAutoscaler)) {
          await reconcilePodAutoscaler(found, dependencies);
        } else {
          await reconcileHpa({ ...found, autoscaler: autoscalers.find(namespace, name) }, dependencies);
        }
        return undefined;
      },
    };
  };
}
