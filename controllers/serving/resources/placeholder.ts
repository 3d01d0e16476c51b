/** The Service of Kubernetes' own that keeps a Route's name from being taken (knative/serving pkg/reconciler/route/resources/service.go). */

import { routes } from '../../../src/knative/resources.ts';
import { apiVersionOf } from '../../../src/kubernetes/client/resource.ts';
import { coreServices } from '../../../src/kubernetes/client/resources.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { annotationsOf, labelsOf, nameOf } from '../../../src/kubernetes/object.ts';
import { ROUTE_LABEL, VISIBILITY_LABEL } from '../keys.ts';
import { namespaceOf } from '../read.ts';
import { controllerReference } from './owner.ts';
import { without } from './without.ts';

/**
 * @param hostname the Route's name, or that of a tag of it
 * @param externalName the domain that it leads to
 */
export function makePlaceholder(route: JsonObject, hostname: string, externalName: string): JsonObject {
  return {
    apiVersion: apiVersionOf(coreServices),
    kind: coreServices.kind,
    metadata: {
      name: hostname,
      namespace: namespaceOf(route),
      ownerReferences: [controllerReference(route, routes)],
      labels: {
        // each placeholder may have a visibility of its own, which nobody but its user sets
        ...without(labelsOf(route), (key) => key === VISIBILITY_LABEL),
        [ROUTE_LABEL]: nameOf(route),
      },
      annotations: without(annotationsOf(route), () => false),
    },
    spec: {
      type: 'ExternalName',
      externalName,
      sessionAffinity: 'None',
      ports: [{ name: 'http2', appProtocol: 'kubernetes.io/h2c', port: 80, targetPort: 80 }],
    },
  };
}
