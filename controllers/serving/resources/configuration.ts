/** The Configuration of a Service (knative/serving pkg/reconciler/service/resources/configuration.go). */

import { configurations, services } from '../../../src/knative/resources.ts';
import { apiVersionOf } from '../../../src/kubernetes/client/resource.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { annotationsOf, labelsOf, nameOf, uidOf } from '../../../src/kubernetes/object.ts';
import {
  LAST_APPLIED_ANNOTATION,
  ROLLOUT_DURATION_ANNOTATIONS,
  ROUTES_ANNOTATION,
  SERVICE_LABEL,
  SERVICE_UID_LABEL,
} from '../keys.ts';
import { listAnnotation, namespaceOf } from '../read.ts';
import { controllerReference } from './owner.ts';
import { without } from './without.ts';

const NOT_COPIED = new Set([LAST_APPLIED_ANNOTATION, ...ROLLOUT_DURATION_ANNOTATIONS]);

/**
 * @param template the Service's, with what Knative's webhook fills in
 * @param existing whose other Routes stay named
 */
export function makeConfiguration(
  service: JsonObject,
  template: JsonObject,
  existing: JsonObject | undefined,
): JsonObject {
  const routes = listAnnotation(existing, ROUTES_ANNOTATION).add(nameOf(service));
  return {
    apiVersion: apiVersionOf(configurations),
    kind: configurations.kind,
    metadata: {
      name: nameOf(service),
      namespace: namespaceOf(service),
      ownerReferences: [controllerReference(service, services)],
      labels: {
        ...without(labelsOf(service), () => false),
        [SERVICE_LABEL]: nameOf(service),
        [SERVICE_UID_LABEL]: uidOf(service),
      },
      annotations: {
        ...without(annotationsOf(service), (key) => NOT_COPIED.has(key)),
        [ROUTES_ANNOTATION]: [...routes].sort().join(','),
      },
    },
    // as Go writes it, also where the author left it out
    spec: { template: { metadata: {}, ...template } },
  };
}
