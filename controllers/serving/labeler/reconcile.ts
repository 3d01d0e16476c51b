/**
 * One Route: the Revisions and Configurations that it leads to name it, and are `active`; those that it leads to no more
 * do not, and turn to `reserve` (knative/serving pkg/reconciler/labeler/{metasync,accessors}.go).
 */

import { configurations, revisions, services } from '../../../src/knative/resources.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import { isNotFound } from '../../../src/kubernetes/client/errors.ts';
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import { arrayAt, type JsonObject, type JsonValue, stringAt } from '../../../src/kubernetes/json.ts';
import { nameOf } from '../../../src/kubernetes/object.ts';
import { timeText } from '../../../src/kubernetes/time.ts';
import {
  CONFIGURATION_GENERATION_LABEL,
  CONFIGURATION_LABEL,
  ROUTES_ANNOTATION,
  ROUTING_STATE_LABEL,
  ROUTING_STATE_MODIFIED_ANNOTATION,
} from '../keys.ts';
import {
  annotationOf,
  controllerOf,
  generationOf,
  isFailed,
  isReady,
  labelOf,
  listAnnotation,
  namespaceOf,
} from '../read.ts';

export interface Found {
  /** The Route's name, also of one that is gone. */
  readonly name: string;
  /** Undefined where it is gone, or on its way out. */
  readonly route: JsonObject | undefined;
  /** All of the Route's namespace. */
  readonly configurations: readonly JsonObject[];
  readonly revisions: readonly JsonObject[];
}

export interface Dependencies {
  readonly client: Client;
  readonly now: Date;
}

export async function reconcileLabels(found: Found, dependencies: Dependencies): Promise<void> {
  const { route, name } = found;
  const led = route === undefined ? NOTHING : ledTo(route, found);
  // what it led to before stays so until the Route has found its new targets
  const isSettled = route === undefined || isReady(route) || isFailed(route);

  for (const revision of found.revisions) {
    const isLed = led.revisions.has(nameOf(revision));
    const isToLeave = isSettled && !isLed && labelOf(revision, ROUTING_STATE_LABEL) === 'active';
    if (isLed || isToLeave) await write(revisions, revision, revisionPatch(revision, name, isLed, dependencies.now));
  }
  for (const configuration of found.configurations) {
    const isLed = led.configurations.has(nameOf(configuration));
    if (isLed || (isSettled && !isNamedByItsService(configuration, name)))
      await write(configurations, configuration, routesPatch(configuration, name, isLed));
  }

  async function write(resource: Resource, object: JsonObject, metadata: Patch): Promise<void> {
    if (metadata.annotations === undefined && metadata.labels === undefined) return;
    const place = { namespace: namespaceOf(object), name: nameOf(object) };
    try {
      await dependencies.client.patch(resource, place, { type: 'merge', body: { metadata: { ...metadata } } });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

/** The Service names its own Route there, even where somebody else's has that name: two would write in turns for ever. */
function isNamedByItsService(configuration: JsonObject, route: string): boolean {
  const owner = controllerOf(configuration);
  return stringAt(owner, 'kind') === services.kind && stringAt(owner, 'name') === route;
}

interface Led {
  readonly revisions: Set<string>;
  readonly configurations: Set<string>;
}

const NOTHING: Led = { revisions: new Set(), configurations: new Set() };

/** What the Route's status and its spec name, and of what follows a Configuration also the Revision that is not ready yet. */
function ledTo(route: JsonObject, found: Found): Led {
  const led: Led = { revisions: new Set(), configurations: new Set() };
  for (const target of [...arrayAt(route, 'status', 'traffic'), ...arrayAt(route, 'spec', 'traffic')]) {
    let configurationName = stringAt(target, 'configurationName') ?? '';
    const revisionName = stringAt(target, 'revisionName') ?? '';
    if (revisionName !== '') {
      const revision = found.revisions.find((each) => nameOf(each) === revisionName);
      if (revision === undefined) continue;
      led.revisions.add(revisionName);
      const owner = controllerOf(revision);
      if (stringAt(owner, 'kind') === configurations.kind) configurationName = stringAt(owner, 'name') ?? '';
    }
    const configuration = found.configurations.find((each) => nameOf(each) === configurationName);
    if (configuration === undefined) continue;
    led.configurations.add(configurationName);
    if (isLatest(target)) for (const name of latestOf(configuration, found)) led.revisions.add(name);
  }
  return led;
}

/**
 * The Revision of the present template, which is not ready yet. It is looked for by its label too: between its creation
 * and the moment in which the Configuration's status names it, it would go to `reserve` and back.
 */
function* latestOf(configuration: JsonObject, { revisions: all }: Found): Generator<string> {
  const created = stringAt(configuration, 'status', 'latestCreatedRevisionName') ?? '';
  if (created !== '') yield created;
  for (const revision of all) {
    const isOwn = labelOf(revision, CONFIGURATION_LABEL) === nameOf(configuration);
    const generation = Number(labelOf(revision, CONFIGURATION_GENERATION_LABEL));
    if (isOwn && generation >= generationOf(configuration)) yield nameOf(revision);
  }
}

function isLatest(target: JsonValue): boolean {
  return typeof target === 'object' && target !== null && 'latestRevision' in target && target.latestRevision === true;
}

interface Patch {
  readonly annotations?: JsonObject;
  readonly labels?: JsonObject;
}

function routesPatch(object: JsonObject, route: string, isLed: boolean): Patch {
  const routes = listAnnotation(object, ROUTES_ANNOTATION);
  if (routes.has(route) === isLed) return {};
  if (isLed) routes.add(route);
  else routes.delete(route);
  return { annotations: { [ROUTES_ANNOTATION]: routes.size === 0 ? null : [...routes].sort().join(',') } };
}

function revisionPatch(revision: JsonObject, route: string, isLed: boolean, now: Date): Patch {
  const { annotations = {} } = routesPatch(revision, route, isLed);
  if (!isLed && Object.keys(annotations).length === 0) return {};

  const value =
    ROUTES_ANNOTATION in annotations ? annotations[ROUTES_ANNOTATION] : annotationOf(revision, ROUTES_ANNOTATION);
  const state = typeof value === 'string' && value !== '' ? 'active' : 'reserve';
  if (labelOf(revision, ROUTING_STATE_LABEL) === state) {
    return Object.keys(annotations).length === 0 ? {} : { annotations };
  }
  return {
    annotations: { ...annotations, [ROUTING_STATE_MODIFIED_ANNOTATION]: timeText(now) },
    labels: { [ROUTING_STATE_LABEL]: state },
  };
}
