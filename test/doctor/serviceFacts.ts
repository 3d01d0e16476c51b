/** A Service in which all is well, to be broken in one place by each test. */
import { ABSENT, seen } from '../../src/doctor/look.ts';
import type { ServiceFacts } from '../../src/doctor/service/facts.ts';
import { DEFAULT_SETTINGS } from '../../src/knative/settings.ts';
import type { JsonObject, JsonValue } from '../../src/kubernetes/json.ts';

export const now = new Date('2026-01-02T12:00:00Z');

/** Of a condition: type, status, reason, message. */
export type ConditionParts = readonly [string, string, string?, string?];

export function conditions(...all: readonly ConditionParts[]): JsonObject[] {
  return all.map(([type, status, reason = '', message = '']) => ({
    type,
    status,
    reason,
    message,
    lastTransitionTime: '2026-01-02T11:00:00Z',
  }));
}

export function aKnativeService(
  annotations: JsonObject = {},
  status: JsonObject = {},
  metadata: JsonObject = {},
): JsonObject {
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name: 'cart', namespace: 'shop', generation: 1, ...metadata },
    spec: { template: { metadata: { annotations }, spec: { containers: [{ image: 'registry.example.com/cart:1' }] } } },
    status: {
      observedGeneration: 1,
      url: 'http://cart.shop.example.org',
      latestCreatedRevisionName: 'cart-00001',
      latestReadyRevisionName: 'cart-00001',
      conditions: conditions(['Ready', 'True'], ['ConfigurationsReady', 'True'], ['RoutesReady', 'True']),
      traffic: [{ revisionName: 'cart-00001', percent: 100 }],
      ...status,
    },
  };
}

export function aRevision(status: JsonObject = {}, container: JsonObject = {}): JsonObject {
  return {
    kind: 'Revision',
    metadata: { name: 'cart-00001', namespace: 'shop' },
    spec: { containers: [{ name: 'user-container', image: 'registry.example.com/cart:1', ...container }] },
    status: { conditions: conditions(['Ready', 'True']), ...status },
  };
}

export function aPodAutoscaler(annotations: JsonObject = {}, status: JsonObject = {}): JsonObject {
  return {
    metadata: { name: 'cart-00001', annotations },
    status: { actualScale: 1, desiredScale: 1, conditions: conditions(['Active', 'True']), ...status },
  };
}

export function aPod(status: JsonObject = {}, name = 'cart-00001-deployment-a'): JsonObject {
  return {
    metadata: {
      name,
      creationTimestamp: '2026-01-02T11:00:00Z',
      labels: {
        'serving.knative.dev/revision': 'cart-00001',
        'serving.knative.dev/service': 'cart',
      },
    },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-02T11:00:02Z' }],
      ...status,
    },
  };
}

/** A pod with a container that waits. */
export function aWaitingPod(reason: string, message: string, name?: string, more: JsonObject = {}): JsonObject {
  const status = {
    name: 'user-container',
    image: 'registry.example.com/cart:1',
    state: { waiting: { reason, message } },
    ...more,
  };
  return aPod({ phase: 'Pending', conditions: conditions(['Ready', 'False']), containerStatuses: [status] }, name);
}

export function anEvent(kind: string, name: string, reason: string, message: string): JsonObject {
  return { involvedObject: { kind, name }, reason, message, type: 'Warning', lastTimestamp: '2026-01-02T11:59:00Z' };
}

export function aPolicy(spec: JsonObject, name = 'own'): JsonObject {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace: 'shop' }, spec };
}

export function aTrigger(
  spec: JsonObject = {},
  status: JsonObject = { conditions: conditions(['Ready', 'True']) },
): JsonObject {
  const subscriber = { ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'cart' } };
  return {
    kind: 'Trigger',
    metadata: { name: 'orders', namespace: 'shop' },
    spec: { broker: 'default', subscriber, ...spec },
    status,
  };
}

export function aBroker(spec: JsonObject = {}, ...all: readonly ConditionParts[]): JsonObject {
  const status = { conditions: conditions(...(all.length === 0 ? [['Ready', 'True'] as const] : all)) };
  return { kind: 'Broker', metadata: { name: 'default', namespace: 'shop' }, spec, status };
}

export function aSource(kind: string, sink: JsonValue, ready = 'True'): JsonObject {
  return {
    kind,
    metadata: { name: 'nightly', namespace: 'shop' },
    spec: { sink: { ref: sink } },
    status: { conditions: conditions(['Ready', ready, 'NoSink', 'no sink']) },
  };
}

export const TO_BROKER = { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'default' };

export function aServiceFacts(changes: Partial<ServiceFacts> = {}): ServiceFacts {
  return {
    now,
    namespace: 'shop',
    name: 'cart',
    service: aKnativeService(),
    pullSecrets: new Map([['regcred', true]]),
    route: seen({
      status: { conditions: conditions(['Ready', 'True'], ['AllTrafficAssigned', 'True'], ['IngressReady', 'True']) },
    }),
    revisions: seen([aRevision()]),
    podAutoscalers: seen([aPodAutoscaler()]),
    metrics: seen([]),
    pods: seen([]),
    events: seen([]),
    networkPolicies: seen([]),
    schedules: seen([]),
    brokers: ABSENT,
    triggers: ABSENT,
    subscriptions: ABSENT,
    sources: [],
    services: seen([{ metadata: { name: 'cart' } }]),
    namespaces: seen([]),
    knative: DEFAULT_SETTINGS,
    isEmbedded: false,
    missingRights: [],
    user: undefined,
    ...changes,
  };
}
