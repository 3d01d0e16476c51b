/** Small Eventing objects, good unless the parts say otherwise, and a policy with bounds of its own. */
import type { JsonObject, JsonValue } from '../../../../src/kubernetes/json.ts';
import type { EffectivePolicy } from '../../../../src/policy/engine/policy.ts';
import type { EventingPolicy } from '../../../../src/policy/model/eventing.ts';
import { aPolicy } from '../../builders.ts';

export const BOUNDS: EventingPolicy = {
  delivery: {
    retry: { default: 5, min: 3, max: 12 },
    backoffPolicy: { default: 'exponential', allowed: ['exponential'] },
    backoffDelay: { default: 'PT0.5S', min: 'PT0.1S', max: 'PT10S' },
    timeout: { max: 'PT10M' },
  },
  brokerClasses: ['Kafka', 'MTChannelBasedBroker'],
  channels: ['KafkaChannel'],
  eventTypes: { pattern: '\\.v[0-9]+$', except: ['dev.knative.*'] },
};

export function eventingPolicy(eventing: EventingPolicy = BOUNDS): EffectivePolicy {
  return aPolicy({ eventing });
}

export function anObject(apiVersion: string, kind: string, name: string, spec?: JsonValue, metadata: JsonObject = {}) {
  const object: JsonObject = { apiVersion, kind, metadata: { name, namespace: 'shop', ...metadata } };
  return spec === undefined ? object : { ...object, spec };
}

export function ref(kind: string, name: string, apiVersion = apiVersionOf(kind)): JsonObject {
  return { ref: { apiVersion, kind, name } };
}

function apiVersionOf(kind: string): string {
  if (kind === 'Broker') return 'eventing.knative.dev/v1';
  if (kind === 'Sequence' || kind === 'Parallel') return 'flows.knative.dev/v1';
  if (kind === 'Channel') return 'messaging.knative.dev/v1';
  return 'serving.knative.dev/v1';
}

export function aTrigger(spec: JsonObject = {}, metadata: JsonObject = {}): JsonObject {
  const whole = {
    broker: 'orders',
    filter: { attributes: { type: 'order.created.v1' } },
    subscriber: ref('Service', 'payment'),
    ...spec,
  };
  return anObject('eventing.knative.dev/v1', 'Trigger', 'payment', whole, metadata);
}

export function aBroker(spec: JsonObject = {}, annotations: JsonObject = KAFKA): JsonObject {
  return anObject('eventing.knative.dev/v1', 'Broker', 'orders', spec, { annotations });
}

export const KAFKA: JsonObject = { 'eventing.knative.dev/broker.class': 'Kafka' };

export function aSequence(spec: JsonObject = {}): JsonObject {
  const template = { apiVersion: 'messaging.knative.dev/v1', kind: 'KafkaChannel' };
  const whole = { channelTemplate: template, steps: [ref('Service', 'a'), ref('Service', 'b')], ...spec };
  return anObject('flows.knative.dev/v1', 'Sequence', 'checkout', whole);
}

export function aSubscription(spec: JsonObject = {}): JsonObject {
  const channel = { apiVersion: 'messaging.knative.dev/v1', kind: 'Channel', name: 'orders' };
  return anObject('messaging.knative.dev/v1', 'Subscription', 'audit', {
    channel,
    subscriber: ref('Service', 'audit'),
    ...spec,
  });
}

export function aChannel(spec: JsonObject = {}): JsonObject {
  return anObject('messaging.knative.dev/v1', 'Channel', 'orders', spec);
}

/** A CronJob whose container runs the words. */
export function aCronJob(
  name: string,
  schedule: string,
  command: readonly string[],
  spec: JsonObject = {},
): JsonObject {
  const template = {
    spec: { restartPolicy: 'OnFailure', containers: [{ name: 'scaler', image: 'kubectl:1', command }] },
  };
  return anObject('batch/v1', 'CronJob', name, { schedule, jobTemplate: { spec: { template } }, ...spec });
}
