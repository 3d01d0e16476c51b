/** DomainMappings: wires what `reconcile.ts` needs. */
import { clusterDomainClaims, domainMappings, routes, services } from '../../../src/knative/resources.ts';
import { coreServices } from '../../../src/kubernetes/client/resources.ts';
import type { Change } from '../../../src/kubernetes/client/store.ts';
import { stringAt } from '../../../src/kubernetes/json.ts';
import { isBeingDeleted, nameOf } from '../../../src/kubernetes/object.ts';
import type { MakeController } from '../../manager/controller.ts';
import { type Shared, standOn } from '../ground.ts';
import { metadataAlone } from '../metadataAlone.ts';
import { keyOf, namespaceOf, placeOf } from '../read.ts';
import { release } from './claim.ts';
import { reconcileDomainMapping } from './reconcile.ts';

export function domainMappingController(options: Shared): MakeController {
  return (tools) => {
    const { runtime, ingressPort } = options;
    const ground = standOn(tools, options, { resource: domainMappings });
    const { store } = ground.main;
    const knatives = tools.follow({ resource: services, keysOf: leadingTo });
    const theirRoutes = tools.follow({ resource: routes, keysOf: leadingTo });
    const kubernetes = tools.follow({ resource: coreServices, keep: metadataAlone, keysOf: leadingTo });
    const claims = tools.follow({
      resource: clusterDomainClaims,
      *keysOf({ object, old }) {
        const claim = object ?? old;
        if (claim === undefined) return;
        const name = nameOf(claim);
        yield `${stringAt(claim, 'spec', 'namespace') ?? ''}/${name}`;
        for (const mapping of store.all()) if (nameOf(mapping) === name) yield keyOf(mapping);
      },
    });

    /** Those that refer to an object of that name; of which kind, they look at themselves. */
    function* leadingTo({ object, old }: Change): Generator<string> {
      const target = object ?? old;
      if (target === undefined) return;
      for (const mapping of store.inNamespace(namespaceOf(target))) {
        if (stringAt(mapping, 'spec', 'ref', 'name') === nameOf(target)) yield keyOf(mapping);
      }
    }

    return {
      name: 'serving-domainmapping',
      rights: [
        { resource: domainMappings, subresource: 'status', verbs: ['update'] },
        { resource: clusterDomainClaims, verbs: ['create', 'delete'] },
      ],
      async reconcile(key, { client }) {
        if (!ground.isOurs()) return undefined;
        const { namespace, name } = placeOf(key);
        const mapping = store.find(namespace, name);
        const claim = claims.store.find('', name);
        if (mapping === undefined || isBeingDeleted(mapping)) {
          runtime.mapDomain?.(key, undefined);
          await release(namespace, claim, client);
          return undefined;
        }
        const found = {
          mapping,
          claim,
          service: (wanted: string) => knatives.store.find(namespace, wanted),
          route: (wanted: string) => theirRoutes.store.find(namespace, wanted),
          coreService: (wanted: string) => kubernetes.store.find(namespace, wanted),
        };
        const settings = ground.settings();
        const { record } = tools;
        const now = tools.clock.now();
        await reconcileDomainMapping(found, { client, settings, runtime, ingressPort, now, record });
        return undefined;
      },
    };
  };
}
