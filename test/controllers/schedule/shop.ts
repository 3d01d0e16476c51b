/** A namespace with a Service, its Revisions and a schedule, as Knative and people would have written them. */
import type { JsonObject } from '../../../src/kubernetes/json.ts';

export interface RevisionOptions {
  readonly namespace: string;
  /** `cart-00001`. */
  readonly name: string;
  /** `cart` unless given. */
  readonly service?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly routingState?: 'active' | 'reserve' | 'pending';
  /** The uid of the Configuration, which has the name of the Service. */
  readonly configuration?: string;
}

export function autoscaling(annotations: Readonly<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(annotations).map(([key, value]) => [`autoscaling.knative.dev/${key}`, `${value}`]),
  );
}

export function aService(namespace: string, name: string, labels: Readonly<Record<string, string>> = {}): JsonObject {
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { namespace, name, labels },
    spec: { template: { spec: { containers: [{ image: 'dev.local/shop/cart:1' }] } } },
  };
}

export function aConfiguration(namespace: string, name: string): JsonObject {
  return { ...aService(namespace, name), kind: 'Configuration' };
}

export function aRevision(options: RevisionOptions): JsonObject {
  const { namespace, name, service = 'cart', annotations = {}, routingState = 'active' } = options;
  const { configuration = `uid-${service}` } = options;
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Revision',
    metadata: {
      namespace,
      name,
      labels: {
        'serving.knative.dev/service': service,
        'serving.knative.dev/configuration': service,
        'serving.knative.dev/routingState': routingState,
      },
      annotations: { 'serving.knative.dev/creator': 'jane', ...annotations },
      ownerReferences: [
        {
          apiVersion: 'serving.knative.dev/v1',
          kind: 'Configuration',
          name: service,
          uid: configuration,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: { containers: [{ image: 'dev.local/shop/cart:1' }] },
  };
}

/** As Knative makes it: with the Revision's annotations. */
export function aPodAutoscaler({ namespace, name, annotations = {} }: RevisionOptions): JsonObject {
  return {
    apiVersion: 'autoscaling.internal.knative.dev/v1alpha1',
    kind: 'PodAutoscaler',
    metadata: { namespace, name, annotations: { 'autoscaling.knative.dev/metric': 'concurrency', ...annotations } },
    spec: {
      protocolType: 'http1',
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: `${name}-deployment` },
    },
  };
}

/** In the zone of UTC, from 9 to 17 each day, unless the spec says otherwise. */
export function aSchedule(namespace: string, name: string, spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'weir.dev/v1alpha1',
    kind: 'ScalingSchedule',
    metadata: { namespace, name },
    spec: {
      ...(spec.selector === undefined
        ? { scaleTargetRef: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'cart' } }
        : {}),
      timeZone: 'Etc/UTC',
      windows: [{ name: 'day', start: '0 9 * * *', end: '0 17 * * *', minScale: 10 }],
      ...spec,
    },
  };
}
