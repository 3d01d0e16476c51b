/**
 * Wires the controller of dead-letter sinks: a key is the name of an environment. What it holds is what carries its label
 * in Weir's own namespace, that namespace, and the Deployment whose image the sinks run.
 */
import type { Resource } from '../../src/kubernetes/client/resource.ts';
import {
  coreServices,
  deployments,
  namespaces,
  networkPolicies,
  persistentVolumeClaims,
  serviceAccounts,
} from '../../src/kubernetes/client/resources.ts';
import type { Change, Store } from '../../src/kubernetes/client/store.ts';
import { objectAt } from '../../src/kubernetes/json.ts';
import { type Keep, only, whole } from '../../src/kubernetes/keep.ts';
import { labelsOf, uidOf } from '../../src/kubernetes/object.ts';
import { SINK_NAMESPACE, sinkName } from '../../src/policy/model/deadLetters.ts';
import type { Controller, MakeController, Right } from '../manager/controller.ts';
import type { Dependencies } from './dependencies.ts';
import { sinkMetrics } from './metrics.ts';
import { reconcile } from './reconcile.ts';
import { SINK_LABEL } from './resources/labels.ts';
import { SENDERS } from './users.ts';

/** overlays/base names it so. */
const CONTROLLER = 'weir-controller';
/** Each of which a sink has one. */
const PARTS: readonly Resource[] = [
  serviceAccounts,
  coreServices,
  networkPolicies,
  persistentVolumeClaims,
  deployments,
];

/** With its uid: what is deleted is that very one. */
const keepPart: Keep = (object) => {
  const { metadata, ...rest } = whole(object);
  return { ...rest, metadata: { ...objectAt(metadata), uid: uidOf(object) } };
};

const keepNamespace = only(['status', 'phase']);

/**
 * @example
 * startManager({ controllers: [deadLetters], … });
 */
export const deadLetters: MakeController = (tools) => {
  const { policies, record, clock } = tools;
  const all = (): readonly string[] => policies.environments();
  const own = tools.follow({
    resource: namespaces,
    fieldSelector: `metadata.name=${SINK_NAMESPACE}`,
    keep: keepNamespace,
    keysOf: all,
  }).store;
  const controllers = tools.follow({
    resource: deployments,
    namespace: SINK_NAMESPACE,
    fieldSelector: `metadata.name=${CONTROLLER}`,
    keep: whole,
    keysOf: all,
  }).store;
  const stores = new Map(
    PARTS.map((resource) => [
      resource.plural,
      tools.follow({
        resource,
        namespace: SINK_NAMESPACE,
        labelSelector: SINK_LABEL,
        keep: keepPart,
        keysOf: environmentOf,
      }).store,
    ]),
  );
  policies.onChange(() => {
    for (const environment of all()) tools.enqueue(environment);
  });

  const dependencies: Dependencies = {
    policies,
    record,
    clock,
    namespace: () => own.find('', SINK_NAMESPACE),
    controller: () => controllers.find(SINK_NAMESPACE, CONTROLLER),
    storeOf: ({ plural }) => storeIn(stores, plural),
    metrics: sinkMetrics(tools.registry),
    established: new Set(),
  };
  return {
    name: 'dead-letters',
    rights: rightsFor(all()),
    reconcile: (key, round) => reconcile(key, round, dependencies),
  } satisfies Controller;
};

function environmentOf({ object, old }: Change): string[] {
  const environment = labelsOf(object ?? old ?? {})[SINK_LABEL];
  return typeof environment === 'string' ? [environment] : [];
}

/**
 * Beside what is followed. Applied by name, everything is made by a PATCH, whose names the API server knows: the right to
 * make a Deployment is one to make these. No claim is ever deleted.
 */
function rightsFor(environments: readonly string[]): readonly Right[] {
  const names = environments.map(sinkName);
  return [
    ...PARTS.map((resource): Right => {
      const verbs = resource === persistentVolumeClaims ? WRITE : ([...WRITE, 'delete'] as const);
      return { resource, verbs, names, namespace: SINK_NAMESPACE };
    }),
    ...SENDERS.map((resource): Right => ({ resource, verbs: ['list', 'watch'] })),
  ];
}

const WRITE = ['create', 'patch'] as const;

function storeIn(stores: ReadonlyMap<string, Store>, plural: string): Store {
  const store = stores.get(plural);
  if (store === undefined) throw new Error(`nobody follows ${plural}`);
  return store;
}
