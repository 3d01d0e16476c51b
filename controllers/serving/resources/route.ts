/** The Route of a Service (knative/serving pkg/reconciler/service/resources/route.go). */

import { routes, services } from '../../../src/knative/resources.ts';
import { apiVersionOf } from '../../../src/kubernetes/client/resource.ts';
import { type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { annotationsOf, labelsOf, nameOf } from '../../../src/kubernetes/object.ts';
import { LAST_APPLIED_ANNOTATION, SERVICE_LABEL } from '../keys.ts';
import { namespaceOf } from '../read.ts';
import { controllerReference } from './owner.ts';
import { without } from './without.ts';

/** @param traffic the Service's, with what Knative's webhook fills in; what names no Revision means the Service's Configuration */
export function makeRoute(service: JsonObject, traffic: readonly JsonObject[]): JsonObject {
  return {
    apiVersion: apiVersionOf(routes),
    kind: routes.kind,
    metadata: {
      name: nameOf(service),
      namespace: namespaceOf(service),
      ownerReferences: [controllerReference(service, services)],
      labels: { ...without(labelsOf(service), () => false), [SERVICE_LABEL]: nameOf(service) },
      annotations: without(annotationsOf(service), (key) => key === LAST_APPLIED_ANNOTATION),
    },
    spec: { traffic: traffic.map((target) => ofConfiguration(target, nameOf(service))) },
  };
}

function ofConfiguration(target: JsonObject, configurationName: string): JsonObject {
  return (stringAt(target, 'revisionName') ?? '') === '' ? { ...target, configurationName } : target;
}
