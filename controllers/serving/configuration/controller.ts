/** Configurations: wires what `reconcile.ts` needs. */

import { configurations, revisions } from '../../../src/knative/resources.ts';
import type { Change } from '../../../src/kubernetes/client/store.ts';
import type { MakeController } from '../../manager/controller.ts';
import { type Shared, standOn, WORKERS } from '../ground.ts';
import { CONFIGURATION_LABEL } from '../keys.ts';
import { keyOf, labelOf, namespaceOf, ownerKey, placeOf } from '../read.ts';
import { givenName } from '../resources/revision.ts';
import { reconcileConfiguration } from './reconcile.ts';

export function configurationController(options: Shared): MakeController {
  return (tools) => {
    const ground = standOn(tools, options, { resource: configurations });
    const theirs = tools.follow({ resource: revisions, keysOf });

    /** The Configuration that owns it, and those that gave its name to a Revision of theirs: it may stand in their way. */
    function* keysOf({ object, old }: Change): Generator<string> {
      const revision = object ?? old;
      if (revision === undefined) return;
      yield* ownerKey(revision, configurations.kind);
      const name = labelOf(revision, CONFIGURATION_LABEL);
      if (name !== undefined) yield `${namespaceOf(revision)}/${name}`;
      if (object !== undefined && old !== undefined) return;
      for (const configuration of ground.main.store.inNamespace(namespaceOf(revision))) {
        if (`${namespaceOf(revision)}/${givenName(configuration)}` === keyOf(revision)) yield keyOf(configuration);
      }
    }

    return {
      name: 'serving-configuration',
      workers: WORKERS,
      rights: [
        { resource: configurations, subresource: 'status', verbs: ['update'] },
        { resource: revisions, verbs: ['create'] },
      ],
      async reconcile(key, { client }) {
        const { namespace, name } = placeOf(key);
        const configuration = ground.main.store.find(namespace, name);
        if (configuration === undefined || !ground.isOurs()) return undefined;
        const { knative } = ground.settings();
        await reconcileConfiguration(
          { configuration, revisions: theirs.store.inNamespace(namespace) },
          { client, settings: knative, now: tools.clock.now(), record: tools.record },
        );
        return undefined;
      },
    };
  };
}
