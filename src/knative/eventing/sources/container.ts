/** What a ContainerSource is made into: a Deployment and a SinkBinding (knative/eventing pkg/reconciler/containersource/resources). */
import { arrayAt, isObject, type JsonObject, objectAt } from '../../../kubernetes/json.ts';
import { labelsOf, nameOf, referenceTo } from '../../../kubernetes/object.ts';

export interface MadeOptions {
  readonly name: string;
  readonly ownerReference: JsonObject;
}

function ownLabels(source: JsonObject): JsonObject {
  return {
    'sources.knative.dev/source': 'container-source-controller',
    'sources.knative.dev/containerSource': nameOf(source),
  };
}

export function deploymentOf(source: JsonObject, { name, ownerReference }: MadeOptions): JsonObject {
  const template = objectAt(source, 'spec', 'template') ?? {};
  const metadata = objectAt(template, 'metadata') ?? {};
  const labels = { ...labelsOf(template), ...ownLabels(source) };
  const annotations = objectAt(metadata, 'annotations');
  const podSpec = objectAt(template, 'spec') ?? {};
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      namespace: referenceTo(source).namespace,
      name,
      labels,
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [ownerReference],
    },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { ...metadata, labels },
        spec: { ...podSpec, containers: namedContainers(source, podSpec) },
      },
    },
  };
}

/** As Knative's defaulting names those without a name (pkg/apis/sources/v1/container_defaults.go). */
function namedContainers(source: JsonObject, podSpec: JsonObject): JsonObject[] {
  return arrayAt(podSpec, 'containers')
    .filter(isObject)
    .map((container, index) => (container.name ? container : { ...container, name: `${nameOf(source)}-${index}` }));
}

export function sinkBindingOf(
  source: JsonObject,
  deployment: string,
  { name, ownerReference }: MadeOptions,
): JsonObject {
  const { namespace } = referenceTo(source);
  const { sink = {}, ceOverrides } = objectAt(source, 'spec') ?? {};
  return {
    apiVersion: 'sources.knative.dev/v1',
    kind: 'SinkBinding',
    metadata: { namespace, name, ownerReferences: [ownerReference] },
    spec: {
      sink,
      ...(ceOverrides === undefined ? {} : { ceOverrides }),
      subject: { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: deployment },
    },
  };
}

/**
 * Whether all that is wanted is there: what is left open counts as there, and of a list its beginning is compared
 * (k8s.io/apimachinery third_party/forked/golang/reflect/deep_equal.go, DeepDerivative).
 */
export function isDerivative(wanted: JsonObject[string], there: JsonObject[string]): boolean {
  if (wanted === undefined || wanted === null || wanted === '' || wanted === 0 || wanted === false) return true;
  if (Array.isArray(wanted)) {
    const others = Array.isArray(there) ? there : [];
    return wanted.length <= others.length && wanted.every((each, index) => isDerivative(each, others[index]));
  }
  if (!isObject(wanted)) return wanted === there;
  return Object.entries(wanted).every(([key, value]) => isDerivative(value, isObject(there) ? there[key] : undefined));
}
