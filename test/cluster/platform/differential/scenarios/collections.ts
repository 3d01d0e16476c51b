/** Deleting many at once. */
import type { JsonValue } from '../../../../../src/kubernetes/json.ts';
import { CONFIG_MAPS, configMap, get, MERGE, namesOrStatus, patch, post, remove, type Scenario } from '../scenario.ts';

const labelled = (name: string, labels: object, more: object = {}) => configMap(name, {}, { labels, ...more });
const owned = (name: string, blockOwnerDeletion: boolean) =>
  configMap(
    name,
    {},
    {
      finalizers: blockOwnerDeletion ? ['weir.dev/hold'] : [],
      ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: '$uid(0)', blockOwnerDeletion }],
    },
  );

export const collections: readonly Scenario[] = [
  {
    name: 'deleting by a selector',
    steps: [
      post(CONFIG_MAPS, labelled('a', { app: 'shop' })),
      post(CONFIG_MAPS, labelled('b', { app: 'shop' }, { finalizers: ['weir.dev/hold'] })),
      post(CONFIG_MAPS, labelled('c', { app: 'bank' })),
      remove(`${CONFIG_MAPS}?labelSelector=app%3Dshop&dryRun=All`, undefined, { only: namesOrStatus }),
      get(`${CONFIG_MAPS}?labelSelector=app`, { only: namesOrStatus }),
      remove(`${CONFIG_MAPS}?labelSelector=app%3Dshop`, undefined, { only: metadataOfItems }),
      get(`${CONFIG_MAPS}?labelSelector=app`, { only: metadataOfItems }),
      patch(`${CONFIG_MAPS}/b`, MERGE, { metadata: { finalizers: null } }, { only: () => null }),
      remove(`${CONFIG_MAPS}?fieldSelector=metadata.name%3Dc`, { gracePeriodSeconds: 0 }, { only: namesOrStatus }),
      remove(`${CONFIG_MAPS}?labelSelector=app%3Dshop`, { propagationPolicy: 'Wrong' }),
      remove(`${CONFIG_MAPS}?labelSelector=app in (`),
      remove(`${CONFIG_MAPS}?fieldSelector=data.a%3Db`),
      remove(`${CONFIG_MAPS}?labelSelector=none`, undefined, { only: namesOrStatus }),
      get(`${CONFIG_MAPS}?labelSelector=app`, { only: namesOrStatus }),
    ],
  },
  {
    name: 'deleting by a selector, owners first',
    steps: [
      post(CONFIG_MAPS, labelled('owner', { app: 'owner' })),
      post(CONFIG_MAPS, owned('held', true)),
      post(CONFIG_MAPS, owned('free', false)),
      remove(
        `${CONFIG_MAPS}?labelSelector=app%3Downer`,
        { propagationPolicy: 'Foreground' },
        { only: metadataOfItems },
      ),
      get(`${CONFIG_MAPS}/free`, { until: 404 }),
      get(`${CONFIG_MAPS}/owner`, { only: finalizersOf }),
      patch(`${CONFIG_MAPS}/held`, MERGE, { metadata: { finalizers: null } }, { only: () => null }),
      get(`${CONFIG_MAPS}/owner`, { until: 404 }),
      post(CONFIG_MAPS, labelled('owner', { app: 'owner' })),
      remove(`${CONFIG_MAPS}/owner`, { orphanDependents: true, propagationPolicy: 'Orphan' }),
      remove(`${CONFIG_MAPS}/owner`, { gracePeriodSeconds: -1 }),
      remove(`${CONFIG_MAPS}/owner`, { unknown: true }),
      remove(`${CONFIG_MAPS}/owner`, { apiVersion: 'v1', kind: 'ConfigMap' }),
      remove(`${CONFIG_MAPS}/owner`, { apiVersion: 'v1', kind: 'DeleteOptions', orphanDependents: false }),
    ],
  },
];

function metadataOfItems(body: JsonValue): JsonValue {
  const { items } = body as { items?: readonly { metadata: JsonValue }[] };
  return items === undefined ? body : items.map(({ metadata }) => metadata);
}

function finalizersOf(body: JsonValue): JsonValue {
  const { metadata } = body as { metadata?: { finalizers?: JsonValue } };
  return metadata?.finalizers ?? body;
}
