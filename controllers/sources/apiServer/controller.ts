/** ApiServerSources: wires their controller, and brings one of them on. A key is its namespace and name. */

import type { EventingFeatures } from '../../../src/knative/eventing/features.ts';
import {
  accountOf,
  apiServerTypes,
  modeOf,
  type WatchedKind,
  watchedKinds,
} from '../../../src/knative/eventing/sources/apiServer.ts';
import { overridesOf, overridesProblem } from '../../../src/knative/eventing/sources/overrides.ts';
import { discoveryOf, type FindResource } from '../../../src/kubernetes/client/discovery.ts';
import { namespaces } from '../../../src/kubernetes/client/resources.ts';
import type { Store } from '../../../src/kubernetes/client/store.ts';
import { type JsonObject, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { labelsFrom, selects, selectsEverything } from '../../../src/kubernetes/labelSelector.ts';
import { isBeingDeleted, labelsOf, nameOf } from '../../../src/kubernetes/object.ts';
import { type Addressables, followAddressables } from '../../eventing/addressables.ts';
import { oidcIdentityCreated } from '../../eventing/conditions.ts';
import { ownKey } from '../../eventing/keys.ts';
import { apiServerSources } from '../../eventing/resources.ts';
import type { MakeController, Outcome, Round, Tools } from '../../manager/controller.ts';
import { keyOf, placeOf } from '../../serving/read.ts';
import { writeStatus } from '../../serving/write.ts';
import { StatusDraft } from '../../status/draft.ts';
import { followFeatures } from '../features.ts';
import { DEPLOYED, SINK_PROVIDED, setAttributes, setSink, sinkNotFound, specProblem } from '../status.ts';
import type { SourceSurroundings } from '../surroundings.ts';
import { missingRights, subjectAccessReviews } from './access.ts';
import { Adapters, type Watch } from './adapter.ts';

const PERMITTED = 'SufficientPermissions';
const DEPENDENTS = [SINK_PROVIDED, DEPLOYED, PERMITTED, 'OIDCIdentityCreated'];
const SKIPS_CHECK = 'features.knative.dev/apiserversource-skip-permissions-check';
/** A right or a kind that is missing may come without that anything here hears of it. */
const LOOK_AGAIN_MS = 5000;

type Dependencies = Tools &
  SourceSurroundings & {
    readonly store: Store;
    readonly namespaceStore: Store;
    readonly addressables: Addressables;
    readonly adapters: Adapters;
    features(): EventingFeatures;
  };

export function apiServerSourceController(surroundings: SourceSurroundings): MakeController {
  return (tools) => {
    const addressables = followAddressables(tools);
    const { store } = tools.follow({ resource: apiServerSources, keysOf: ownKey });
    const namespaceStore = tools.follow({ resource: namespaces, keysOf: () => withSelector(store) }).store;
    const features = followFeatures(tools, () => keysIn(store));
    const adapters = new Adapters({ ...tools, ...surroundings });
    surroundings.onStop(() => adapters.stop());
    const dependencies = { ...tools, ...surroundings, store, namespaceStore, addressables, adapters, features };
    return {
      name: 'apiserversources',
      rights: [
        { resource: apiServerSources, subresource: 'status', verbs: ['update'] },
        { resource: subjectAccessReviews, verbs: ['create'] },
      ],
      reconcile: (key, round) => reconcile(key, round, dependencies),
      leave: (key) => adapters.remove(key),
    };
  };
}

function* keysIn(store: Store): Generator<string> {
  for (const source of store.all()) yield keyOf(source);
}

function* withSelector(store: Store): Generator<string> {
  for (const source of store.all()) {
    if (objectAt(source, 'spec', 'namespaceSelector') !== undefined) yield keyOf(source);
  }
}

async function reconcile(key: string, { client }: Round, tools: Dependencies): Promise<Outcome | undefined> {
  const { namespace, name } = placeOf(key);
  const source = tools.store.find(namespace, name);
  tools.addressables.forget(key);
  if (source === undefined || isBeingDeleted(source)) {
    tools.adapters.remove(key);
    return undefined;
  }

  const status = new StatusDraft(source, DEPENDENTS);
  const watches = await look(source, status, client, tools);
  const { conditions } = status;
  if (watches === undefined) tools.adapters.remove(key);
  else tools.adapters.set(key, { source, url: status.text('sinkUri'), account: accountOf(source), watches });
  await writeStatus(client, apiServerSources, source, status.toJson(tools.clock.now()));
  const mayChange = conditions.is(PERMITTED, 'False') || conditions.is(DEPLOYED, 'False');
  return mayChange ? { again: new Date(tools.clock.now().getTime() + LOOK_AGAIN_MS) } : undefined;
}

/** In the order of Knative's own controller. @returns what is to be watched; undefined where nothing can be sent */
async function look(
  source: JsonObject,
  status: StatusDraft,
  client: Round['client'],
  tools: Dependencies,
): Promise<readonly Watch[] | undefined> {
  const { conditions } = status;
  const { namespace } = placeOf(keyOf(source));
  oidcIdentityCreated(status);
  const resolve = tools.addressables.resolverFor({ namespace, key: keyOf(source) });
  const sink = resolve(objectAt(source, 'spec')?.sink);
  if (!sink.ok) {
    conditions.markFalse(SINK_PROVIDED, 'NotFound', '');
    tools.record(sinkNotFound(source));
    return undefined;
  }
  setSink(status, sink);

  const watched = namespacesOf(source, tools.namespaceStore);
  status.set('namespaces', watched);
  const kinds = watchedKinds(source);
  const problem = specProblem(source, tools.features()) ?? overridesProblem(overridesOf(source));
  if (problem !== undefined) {
    conditions.markFalse(DEPLOYED, 'InvalidSource', problem);
    return undefined;
  }
  const user = `system:serviceaccount:${namespace}:${accountOf(source)}`;
  const isSkipped = stringAt(source, 'metadata', 'annotations', SKIPS_CHECK) === 'true';
  const missing = isSkipped ? undefined : await missingRights(client, user, kinds, watched);
  if (missing !== undefined) {
    conditions.markFalse(PERMITTED, '', missing);
    return undefined;
  }
  conditions.markTrue(PERMITTED);

  const isEverywhere = selectsEverything(objectAt(source, 'spec', 'namespaceSelector')) && hasSelector(source);
  const { watches, unknown } = await watchesOf(kinds, isEverywhere ? undefined : watched, discoveryOf(client));
  if (unknown.length === 0) conditions.markTrue(DEPLOYED);
  else conditions.markFalse(DEPLOYED, 'NoSuchResource', unknown.join('; '));
  setAttributes(
    status,
    apiServerTypes(modeOf(source)).map((type) => ({ type, source: tools.server })),
  );
  return watches;
}

function hasSelector(source: JsonObject): boolean {
  return objectAt(source, 'spec', 'namespaceSelector') !== undefined;
}

function namespacesOf(source: JsonObject, store: Store): string[] {
  const selector = objectAt(source, 'spec', 'namespaceSelector');
  if (selector === undefined) return [placeOf(keyOf(source)).namespace];
  return [...store.all()]
    .filter((each) => selects(selector, labelsFrom(labelsOf(each))) === 'yes')
    .map(nameOf)
    .sort();
}

/** @param namespaces undefined for all of them at once */
async function watchesOf(
  kinds: readonly WatchedKind[],
  namespaces: readonly string[] | undefined,
  find: FindResource,
): Promise<{ readonly watches: readonly Watch[]; readonly unknown: readonly string[] }> {
  const watches: Watch[] = [];
  const unknown: string[] = [];
  for (const { apiVersion, kind, plural, labelSelector } of kinds) {
    const resource = await find(apiVersion, kind);
    if (resource === undefined) unknown.push(`the API server has no ${kind} of ${apiVersion}`);
    else if (resource.plural !== plural) {
      const why = `${apiVersion} has its ${kind} as ${resource.plural}, and Knative would ask for ${plural}`;
      unknown.push(`${why}: in a cluster this source would find none`);
    } else if (resource.isNamespaced && namespaces !== undefined) {
      for (const namespace of namespaces) watches.push({ resource, namespace, labelSelector });
    } else watches.push({ resource, namespace: undefined, labelSelector });
  }
  return { watches, unknown };
}
