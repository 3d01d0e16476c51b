/** Routes: wires what `reconcile.ts` needs. */

import { configurations, revisions, routes } from '../../../src/knative/resources.ts';
import { coreServices } from '../../../src/kubernetes/client/resources.ts';
import type { Change } from '../../../src/kubernetes/client/store.ts';
import { arrayAt, type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { nameOf } from '../../../src/kubernetes/object.ts';
import type { MakeController } from '../../manager/controller.ts';
import { type Shared, standOn, WORKERS } from '../ground.ts';
import { CONFIGURATION_LABEL, ROUTE_LABEL } from '../keys.ts';
import { metadataAlone } from '../metadataAlone.ts';
import { keyOf, labelOf, namespaceOf, placeOf } from '../read.ts';
import { reconcileRoute } from './reconcile.ts';

export function routeController(options: Shared): MakeController {
  return (tools) => {
    const { runtime, ingressPort } = options;
    const ground = standOn(tools, options, { resource: routes });
    const theirConfigurations = tools.follow({
      resource: configurations,
      keysOf: (change) => leadingTo(change, nameOf),
    });
    const theirRevisions = tools.follow({
      resource: revisions,
      keysOf: (change) => leadingTo(change, (revision) => labelOf(revision, CONFIGURATION_LABEL) ?? ''),
    });
    const services = tools.follow({ resource: coreServices, keep: metadataAlone, keysOf: keysOfService });
    runtime.onChange((kind, key) => {
      if (kind === 'Route') tools.enqueue(key);
    });

    /** The Routes whose traffic names the object, or its Configuration. */
    function* leadingTo({ object, old }: Change, configurationOf: (object: JsonObject) => string): Generator<string> {
      const target = object ?? old;
      if (target === undefined) return;
      const names = new Set([nameOf(target), configurationOf(target)]);
      for (const route of ground.main.store.inNamespace(namespaceOf(target))) {
        if (namesIn(route).some((name) => names.has(name))) yield keyOf(route);
      }
    }

    /** The Route whose placeholder it is, or whose placeholder's name it has. */
    function* keysOfService({ object, old }: Change): Generator<string> {
      const service = object ?? old;
      if (service === undefined) return;
      const name = labelOf(service, ROUTE_LABEL);
      if (name !== undefined) yield `${namespaceOf(service)}/${name}`;
      if (object !== undefined && old !== undefined) return;
      for (const route of ground.main.store.inNamespace(namespaceOf(service))) {
        if (nameOf(service).includes(nameOf(route))) yield keyOf(route);
      }
    }

    return {
      name: 'serving-route',
      workers: WORKERS,
      rights: [
        { resource: routes, subresource: 'status', verbs: ['update'] },
        { resource: coreServices, verbs: ['create', 'delete'] },
      ],
      async reconcile(key, { client }) {
        const { namespace, name } = placeOf(key);
        const route = ground.main.store.find(namespace, name);
        if (route === undefined || !ground.isOurs()) return undefined;
        const found = {
          route,
          services: services.store.inNamespace(namespace),
          configuration: (wanted: string) => theirConfigurations.store.find(namespace, wanted),
          revision: (wanted: string) => theirRevisions.store.find(namespace, wanted),
        };
        const settings = ground.settings();
        await reconcileRoute(found, { client, settings, runtime, ingressPort, now: tools.clock.now() });
        return undefined;
      },
    };
  };
}

/** Of the Configurations and Revisions in a Route's traffic. */
function namesIn(route: JsonObject): string[] {
  return arrayAt(route, 'spec', 'traffic').flatMap((target) => [
    stringAt(target, 'configurationName') ?? '',
    stringAt(target, 'revisionName') ?? '',
  ]);
}
