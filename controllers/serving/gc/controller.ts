/** Old Revisions: wires what `reconcile.ts` needs. */

import { configurations, revisions } from '../../../src/knative/resources.ts';
import { isBeingDeleted } from '../../../src/kubernetes/object.ts';
import type { MakeController } from '../../manager/controller.ts';
import { type Shared, standOn, WORKERS } from '../ground.ts';
import { ownerKey, placeOf } from '../read.ts';
import { collect, collectionOf } from './reconcile.ts';

export function gcController(options: Shared): MakeController {
  return (tools) => {
    const ground = standOn(tools, options, { resource: configurations });
    const theirs = tools.follow({
      resource: revisions,
      keysOf: ({ object, old }) => ownerKey(object ?? old, configurations.kind),
    });
    return {
      name: 'serving-gc',
      workers: WORKERS,
      rights: [{ resource: revisions, verbs: ['delete'] }],
      async reconcile(key, { client }) {
        const { namespace, name } = placeOf(key);
        const configuration = ground.main.store.find(namespace, name);
        if (configuration === undefined || isBeingDeleted(configuration) || !ground.isOurs()) return undefined;
        const found = { configuration, revisions: theirs.store.inNamespace(namespace) };
        const collection = collectionOf(found, ground.settings().gc, tools.clock.now());
        await collect(collection, client);
        return collection.again === undefined ? undefined : { again: collection.again };
      },
    };
  };
}
