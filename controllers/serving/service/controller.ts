/** Services: wires what `reconcile.ts` needs. */

import { configurations, revisions, routes, services } from '../../../src/knative/resources.ts';
import type { Change } from '../../../src/kubernetes/client/store.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import type { MakeController } from '../../manager/controller.ts';
import { type Shared, standOn, WORKERS } from '../ground.ts';
import { keyOf, placeOf } from '../read.ts';
import { reconcileService } from './reconcile.ts';

export function serviceController(options: Shared): MakeController {
  return (tools) => {
    const ground = standOn(tools, options, { resource: services });
    // children have their Service's name, also those of somebody else that stand in their way
    const children = tools.follow({ resource: configurations, keysOf: sameKey });
    const theirRoutes = tools.follow({ resource: routes, keysOf: sameKey });
    // a Revision that goes or comes under a name that was given changes what its Configuration says, which is heard of
    const theirRevisions = tools.follow({ resource: revisions });
    return {
      name: 'serving-service',
      workers: WORKERS,
      rights: [
        { resource: services, subresource: 'status', verbs: ['update'] },
        { resource: configurations, verbs: ['create', 'update'] },
        { resource: routes, verbs: ['create', 'update'] },
      ],
      async reconcile(key, { client }) {
        const { namespace, name } = placeOf(key);
        const service = ground.main.store.find(namespace, name);
        if (service === undefined || !ground.isOurs()) return undefined;
        const found = {
          service,
          configuration: children.store.find(namespace, name),
          route: theirRoutes.store.find(namespace, name),
          revision: (wanted: string) => theirRevisions.store.find(namespace, wanted),
        };
        const { knative } = ground.settings();
        await reconcileService(found, { client, settings: knative, now: tools.clock.now(), record: tools.record });
        return undefined;
      },
    };
  };
}

function sameKey({ object, old }: Change): string[] {
  const either: JsonObject | undefined = object ?? old;
  return either === undefined ? [] : [keyOf(either)];
}
