/** One Route: its status tells where requests go and under which names, and its placeholders are there. */

import { routes } from '../../../src/knative/resources.ts';
import { applyKnativeDefaults } from '../../../src/knative/serving/index.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import { arrayAt, type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { isBeingDeleted, nameOf } from '../../../src/kubernetes/object.ts';
import type { StatusDraft } from '../../status/draft.ts';
import { CLUSTER_LOCAL, ROUTE_LABEL, VISIBILITY_LABEL } from '../keys.ts';
import {
  markBadTarget,
  markDomainError,
  markPlaceholderNotOwned,
  markTlsNotEnabled,
  markTrafficAssigned,
  propagateReach,
  routeStatus,
} from '../lifecycle/route.ts';
import { clusterHost } from '../names.ts';
import { labelOf, namespaceOf } from '../read.ts';
import { makePlaceholder } from '../resources/placeholder.ts';
import type { Runtime } from '../runtime.ts';
import type { Settings } from '../settings.ts';
import { writeStatus } from '../write.ts';
import { clusterLocalTags, DomainError, domainOf, hostnameOf } from './domains.ts';
import { keepPlaceholders } from './placeholders.ts';
import { type Lookup, type RevisionTarget, tagsOf, trafficOf } from './traffic.ts';

export interface Found extends Lookup {
  readonly route: JsonObject;
  /** Kubernetes' own Services of the Route's namespace. */
  readonly services: readonly JsonObject[];
}

export interface Dependencies {
  readonly client: Client;
  readonly settings: Settings;
  readonly runtime: Pick<Runtime, 'reachOf'>;
  /** In URLs from outside; undefined leaves it out. */
  readonly ingressPort: number | undefined;
  readonly now: Date;
}

/** Level-based, as Knative's (knative/serving pkg/reconciler/route/route.go), without an Ingress, certificates and gradual rollouts. */
export async function reconcileRoute(found: Found, dependencies: Dependencies): Promise<void> {
  const { route } = found;
  if (isBeingDeleted(route)) return;

  const status = routeStatus(route);
  try {
    await direct(status, found, dependencies);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    status.set('traffic', undefined);
    markDomainError(status, error.message);
  } finally {
    await writeStatus(dependencies.client, routes, route, status.toJson(dependencies.now));
  }
}

async function direct(status: StatusDraft, found: Found, dependencies: Dependencies): Promise<void> {
  const { settings, runtime, client, now } = dependencies;
  const { object: route } = applyKnativeDefaults(found.route, settings.knative);
  const labelled = found.services.filter((service) => labelOf(service, ROUTE_LABEL) === nameOf(route));
  const names = new Names(route, labelled, dependencies);

  const { targets, bad } = trafficOf(route, found);
  status.set('url', names.urlOf(''));
  if (bad !== undefined) {
    markBadTarget(status, bad);
    return;
  }
  status.set(
    'traffic',
    targets.map((target) => trafficStatus(target, names)),
  );
  markTrafficAssigned(status);
  status.set('address', { url: `http://${clusterHost(nameOf(route), namespaceOf(route))}` });

  const wanted = tagsOf(targets).map((tag) => makePlaceholder(route, names.hostnameOf(tag), names.plainDomainOf(tag)));
  const find = (name: string) => found.services.find((service) => nameOf(service) === name);
  const taken = await keepPlaceholders(route, { wanted, find, labelled }, client);
  if (taken !== undefined) {
    markPlaceholderNotOwned(status, taken);
    return;
  }
  markTlsNotEnabled(status);
  propagateReach(status, runtime.reachOf({ ...route, status: status.toJson(now) }));
}

function trafficStatus({ tag, revisionName, percent, latestRevision }: RevisionTarget, names: Names): JsonObject {
  return { ...(tag === '' ? {} : { tag, url: names.urlOf(tag) }), revisionName, percent, latestRevision };
}

/** The names of one Route and its tags. */
class Names {
  readonly #route: JsonObject;
  readonly #settings: Settings;
  readonly #local: ReadonlySet<string>;
  readonly #port: string;

  constructor(
    route: JsonObject,
    placeholders: readonly JsonObject[],
    { settings, ingressPort }: Pick<Dependencies, 'settings' | 'ingressPort'>,
  ) {
    this.#route = route;
    this.#port = ingressPort === undefined ? '' : `:${ingressPort}`;
    this.#settings = settings;
    const tags = arrayAt(route, 'spec', 'traffic').map((target) => stringAt(target, 'tag') ?? '');
    this.#local = clusterLocalTags(route, ['', ...tags], placeholders, settings);
  }

  hostnameOf(tag: string): string {
    return hostnameOf(nameOf(this.#route), tag, this.#settings.network);
  }

  /** @throws DomainError where it is no name of DNS */
  urlOf(tag: string): string {
    const isLocal = this.#local.has(tag);
    const scheme = isLocal ? 'http' : this.#settings.network.defaultExternalScheme;
    const domain = domainOf(this.#route, this.hostnameOf(tag), isLocal, this.#settings);
    return `${scheme}://${domain}${isLocal ? '' : this.#port}`;
  }

  /** As the Route's own labels alone would have it. */
  plainDomainOf(tag: string): string {
    const isLocal = labelOf(this.#route, VISIBILITY_LABEL) === CLUSTER_LOCAL;
    return domainOf(this.#route, this.hostnameOf(tag), isLocal, this.#settings);
  }
}
