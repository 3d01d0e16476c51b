/** The labels by which Revisions and Configurations know their Routes: wires what `reconcile.ts` needs. */

import { configurations, revisions, routes, services } from '../../../src/knative/resources.ts';
import type { Change } from '../../../src/kubernetes/client/store.ts';
import { arrayAt, stringAt } from '../../../src/kubernetes/json.ts';
import { isBeingDeleted, nameOf } from '../../../src/kubernetes/object.ts';
import type { MakeController } from '../../manager/controller.ts';
import { type Shared, standOn, WORKERS } from '../ground.ts';
import { CONFIGURATION_LABEL, ROUTES_ANNOTATION } from '../keys.ts';
import { keyOf, labelOf, listAnnotation, namespaceOf, placeOf } from '../read.ts';
import { reconcileLabels } from './reconcile.ts';

export function labelerController(options: Shared): MakeController {
  return (tools) => {
    const ground = standOn(tools, options, { resource: routes });
    const theirConfigurations = tools.follow({ resource: configurations, keysOf });
    const theirRevisions = tools.follow({ resource: revisions, keysOf });
    const authors = tools.follow({ resource: services });

    /** The Routes that the object names, and those that name it or its Configuration. */
    function* keysOf({ object, old }: Change): Generator<string> {
      const target = object ?? old;
      if (target === undefined) return;
      const namespace = namespaceOf(target);
      for (const route of listAnnotation(target, ROUTES_ANNOTATION)) yield `${namespace}/${route}`;
      // undefined is what a target names that names nothing: without it, all Routes would be concerned by everything
      const names = new Set<string | undefined>([nameOf(target), labelOf(target, CONFIGURATION_LABEL)]);
      names.delete(undefined);
      for (const route of ground.main.store.inNamespace(namespace)) {
        const targets = [...arrayAt(route, 'spec', 'traffic'), ...arrayAt(route, 'status', 'traffic')];
        const isLed = targets.some(
          (each) => names.has(stringAt(each, 'revisionName')) || names.has(stringAt(each, 'configurationName')),
        );
        if (isLed) yield keyOf(route);
      }
    }

    return {
      name: 'serving-labeler',
      workers: WORKERS,
      rights: [
        { resource: configurations, verbs: ['patch'] },
        { resource: revisions, verbs: ['patch'] },
      ],
      async reconcile(key, { client }) {
        if (!ground.isOurs()) return undefined;
        const { namespace, name } = placeOf(key);
        const route = ground.main.store.find(namespace, name);
        // a Configuration names its Route before that is made
        if (route === undefined && authors.store.find(namespace, name) !== undefined) return undefined;
        const found = {
          name,
          route: route === undefined || isBeingDeleted(route) ? undefined : route,
          configurations: theirConfigurations.store.inNamespace(namespace),
          revisions: theirRevisions.store.inNamespace(namespace),
        };
        await reconcileLabels(found, { client, now: tools.clock.now() });
        return undefined;
      },
    };
  };
}
