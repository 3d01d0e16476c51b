/** What all that belongs to an environment's sink has in common. */
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import { apiVersionOf } from '../../../src/kubernetes/client/resource.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { SINK_NAMESPACE, sinkName } from '../../../src/policy/model/deadLetters.ts';

/** On each object: of which environment it is. */
export const SINK_LABEL = 'weir.dev/dead-letters';

/** By which its pods are found; a Deployment's selector never changes. */
export function selectorOf(environment: string): JsonObject {
  return { 'app.kubernetes.io/name': 'dead-letters', [SINK_LABEL]: environment };
}

export function labelsFor(environment: string): JsonObject {
  return {
    ...selectorOf(environment),
    'app.kubernetes.io/part-of': 'weir',
    'app.kubernetes.io/managed-by': 'weir',
  };
}

/** The head of an object of the environment's, and what follows it. */
export function sinkObject(resource: Resource, environment: string, rest: JsonObject): JsonObject {
  return {
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    metadata: { name: sinkName(environment), namespace: SINK_NAMESPACE, labels: labelsFor(environment) },
    ...rest,
  };
}
