/** The Revision of a Configuration's template (knative/serving pkg/reconciler/configuration/resources/revision.go). */

import { configurations, revisions } from '../../../src/knative/resources.ts';
import { apiVersionOf } from '../../../src/kubernetes/client/resource.ts';
import { type JsonObject, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { nameOf, uidOf } from '../../../src/kubernetes/object.ts';
import { timeText } from '../../../src/kubernetes/time.ts';
import {
  CONFIGURATION_GENERATION_LABEL,
  CONFIGURATION_LABEL,
  CONFIGURATION_UID_LABEL,
  CREATOR_ANNOTATION,
  ROUTES_ANNOTATION,
  ROUTING_STATE_LABEL,
  ROUTING_STATE_MODIFIED_ANNOTATION,
  type RoutingState,
  SERVICE_LABEL,
  SERVICE_UID_LABEL,
  UPDATER_ANNOTATION,
} from '../keys.ts';
import { revisionName } from '../names.ts';
import { annotationOf, generationOf, labelOf, namespaceOf } from '../read.ts';
import { controllerReference } from './owner.ts';
import { without } from './without.ts';

export function makeRevision(configuration: JsonObject, now: Date): JsonObject {
  const template = objectAt(configuration, 'spec', 'template') ?? {};
  const routes = annotationOf(configuration, ROUTES_ANNOTATION);
  const creator = annotationOf(configuration, UPDATER_ANNOTATION);
  const state: RoutingState = routes === undefined ? 'pending' : 'active';
  return {
    apiVersion: apiVersionOf(revisions),
    kind: revisions.kind,
    metadata: {
      name: wantedName(configuration),
      namespace: namespaceOf(configuration),
      ownerReferences: [controllerReference(configuration, configurations)],
      labels: {
        ...without(objectAt(template, 'metadata', 'labels') ?? {}, () => false),
        [ROUTING_STATE_LABEL]: state,
        ...labelsFrom(configuration),
      },
      annotations: {
        ...without(objectAt(template, 'metadata', 'annotations') ?? {}, () => false),
        [ROUTING_STATE_MODIFIED_ANNOTATION]: timeText(now),
        ...(creator === undefined ? {} : { [CREATOR_ANNOTATION]: creator }),
        ...(routes === undefined ? {} : { [ROUTES_ANNOTATION]: routes }),
      },
    },
    spec: objectAt(template, 'spec') ?? {},
  };
}

/** The name that the author gave; empty where the generation is the name. */
export function givenName(configuration: JsonObject): string {
  return stringAt(configuration, 'spec', 'template', 'metadata', 'name') ?? '';
}

/** The name of the Revision of the Configuration's present generation. */
export function wantedName(configuration: JsonObject): string {
  const given = givenName(configuration);
  return given === '' ? revisionName(nameOf(configuration), generationOf(configuration)) : given;
}

function labelsFrom(configuration: JsonObject): JsonObject {
  const labels = {
    [CONFIGURATION_LABEL]: nameOf(configuration),
    [SERVICE_LABEL]: labelOf(configuration, SERVICE_LABEL),
    [CONFIGURATION_GENERATION_LABEL]: String(generationOf(configuration)),
    [CONFIGURATION_UID_LABEL]: uidOf(configuration),
    [SERVICE_UID_LABEL]: labelOf(configuration, SERVICE_UID_LABEL),
  };
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== undefined && value !== ''));
}
