/** One Service: its Configuration and its Route are there as it says, and its status tells of both. */

import { quote } from '../../../src/knative/goStrings.ts';
import { configurations, routes, services } from '../../../src/knative/resources.ts';
import type { KnativeSettings } from '../../../src/knative/settings.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import type { Happening } from '../../../src/kubernetes/client/events.ts';
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import { equals, type JsonObject, objectAt } from '../../../src/kubernetes/json.ts';
import { isBeingDeleted, nameOf } from '../../../src/kubernetes/object.ts';
import type { StatusDraft } from '../../status/draft.ts';
import { namedRevision } from '../configuration/namedRevision.ts';
import {
  markNotOwned,
  markRevisionNameTaken,
  propagateConfiguration,
  propagateRoute,
  serviceStatus,
} from '../lifecycle/service.ts';
import { isControlledBy, isOfNow } from '../read.ts';
import { makeConfiguration } from '../resources/configuration.ts';
import { filledSpec } from '../resources/filledSpec.ts';
import { givenName } from '../resources/revision.ts';
import { makeRoute } from '../resources/route.ts';
import { happening, writeStatus } from '../write.ts';

export interface Found {
  readonly service: JsonObject;
  /** Those with the Service's name, whoever owns them. */
  readonly configuration: JsonObject | undefined;
  readonly route: JsonObject | undefined;
  /** The Revision of that name in the Service's namespace. */
  revision(name: string): JsonObject | undefined;
}

export interface Dependencies {
  readonly client: Client;
  readonly settings: KnativeSettings;
  readonly now: Date;
  record(happening: Happening): void;
}

/** Level-based, as Knative's (knative/serving pkg/reconciler/service/service.go). */
export async function reconcileService(found: Found, dependencies: Dependencies): Promise<void> {
  const { service } = found;
  if (isBeingDeleted(service)) return;

  const status = serviceStatus(service);
  await bringAbout(status, found, dependencies);
  // after a write that failed it stays as it was: it says of which generation the Configuration is
  await writeStatus(dependencies.client, services, service, status.toJson(dependencies.now));
}

async function bringAbout(status: StatusDraft, found: Found, dependencies: Dependencies): Promise<void> {
  const { service } = found;
  const { template, traffic } = filledSpec(service, found.configuration, dependencies.settings);
  const wanted = makeConfiguration(service, template, found.configuration);
  const configuration = await ensure(service, configurations, wanted, found.configuration, dependencies);
  if (configuration === undefined) {
    markNotOwned(status, 'Configuration', nameOf(service));
    return;
  }
  propagateConfiguration(status, configuration);
  // the Revision that the Route may name is not known before the Configuration has looked at its name
  if (!isOfNow(configuration) && givenName(configuration) !== '') return;
  if (namedRevision(configuration, found.revision) === 'taken') {
    markRevisionNameTaken(status, givenName(configuration));
    return;
  }

  const route = await ensure(service, routes, makeRoute(service, traffic), found.route, dependencies);
  if (route === undefined) markNotOwned(status, 'Route', nameOf(service));
  else propagateRoute(status, route, configuration);
}

/** The child as it should be, made or brought back; undefined where somebody else's stands there. */
async function ensure(
  service: JsonObject,
  resource: Resource,
  wanted: JsonObject,
  existing: JsonObject | undefined,
  { client, record }: Dependencies,
): Promise<JsonObject | undefined> {
  if (existing === undefined) {
    const created = await client.create(resource, wanted);
    const note = `Created ${resource.kind} ${quote(nameOf(created))}`;
    record(happening(service, 'Normal', 'Created', 'Create', note));
    return created;
  }
  if (!isControlledBy(existing, service)) return undefined;
  if (isAsWanted(existing, wanted)) return existing;

  const { labels, annotations } = objectAt(wanted, 'metadata') ?? {};
  const metadata = { ...objectAt(existing, 'metadata'), labels, annotations };
  return client.update(resource, { ...existing, metadata, spec: wanted.spec });
}

function isAsWanted(existing: JsonObject, wanted: JsonObject): boolean {
  return (
    equals(existing.spec, wanted.spec) &&
    equals(objectAt(existing, 'metadata', 'labels') ?? {}, objectAt(wanted, 'metadata', 'labels')) &&
    equals(objectAt(existing, 'metadata', 'annotations') ?? {}, objectAt(wanted, 'metadata', 'annotations'))
  );
}
