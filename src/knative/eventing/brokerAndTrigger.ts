/** knative/eventing pkg/apis/eventing/v1/{broker,trigger}_validation.go, and the Kafka broker's own webhook. */
import { isObject, type JsonObject, type JsonValue, objectAt, stringAt, valueAt } from '../../kubernetes/json.ts';
import { annotationsOf } from '../../kubernetes/object.ts';
import { pointer } from '../../kubernetes/pointer.ts';
import type { FieldError } from '../fieldError.ts';
import { validateDelivery } from './delivery.ts';
import { isFilled, validateDestination, validateReference } from './destination.ts';
import { type EventingFeatures, isEnabled } from './features.ts';
import { both, disallowed, generic, invalid, missing } from './fieldErrors.ts';
import { validateAttributeNames, validateFilters } from './filters.ts';

export const BROKER_CLASS = 'eventing.knative.dev/broker.class';
export const INJECTION = 'eventing.knative.dev/injection';
const DEPENDENCY = 'knative.dev/dependency';

export function validateBroker(broker: JsonObject, features: EventingFeatures): FieldError[] {
  const config = objectAt(broker, 'spec', 'config');
  return [
    ...(config === undefined ? [] : validateReference(config, '/spec/config')),
    ...validateDelivery(valueAt(broker, 'spec', 'delivery'), '/spec/delivery', features),
    ...validateKafkaBroker(broker, config),
  ];
}

/** knative-extensions/eventing-kafka-broker control-plane/pkg/apis/eventing/v1/broker_validation.go. */
function validateKafkaBroker(broker: JsonObject, config: JsonObject | undefined): FieldError[] {
  const brokerClass = annotationsOf(broker)[BROKER_CLASS];
  if (config === undefined || (brokerClass !== 'Kafka' && brokerClass !== 'KafkaNamespaced')) return [];
  if (stringAt(config, 'kind')?.toLowerCase() !== 'configmap') {
    return [invalid('/spec/config/kind', config.kind, 'Expected ConfigMap')];
  }

  const own = stringAt(broker, 'metadata', 'namespace');
  const { namespace } = config;
  if (brokerClass === 'Kafka' || !isFilled(namespace) || own === undefined || namespace === own) return [];
  return [invalid('/spec/config/namespace', namespace, 'Expected ConfigMap in same namespace with broker resource')];
}

export function validateTrigger(trigger: JsonObject, features: EventingFeatures): FieldError[] {
  const spec = objectAt(trigger, 'spec') ?? {};
  return [
    ...validateBrokerOf(spec, features),
    ...validateAttributeNames(valueAt(spec, 'filter', 'attributes'), '/spec/filter/attributes'),
    ...validateFilters(spec.filters, '/spec/filters'),
    ...validateDestination(spec.subscriber, '/spec/subscriber'),
    ...validateDelivery(spec.delivery, '/spec/delivery', features),
    ...validateDependency(trigger),
    ...validateInjection(trigger, spec),
  ];
}

function validateBrokerOf(spec: JsonObject, features: EventingFeatures): FieldError[] {
  const hasReference = isObject(spec.brokerRef);
  const errors: FieldError[] = [];
  if (!hasReference && !isFilled(spec.broker)) errors.push(missing('/spec/broker'));
  if (hasReference && isFilled(spec.broker)) errors.push(both('/spec/brokerRef', 'broker, brokerRef'));
  if (
    hasReference &&
    isFilled(valueAt(spec, 'brokerRef', 'namespace')) &&
    !isEnabled(features, 'cross-namespace-event-links')
  ) {
    errors.push(disallowed('/spec/brokerRef/namespace', ONE_NAMESPACE));
  }
  return errors;
}

/** Said of a Trigger's broker and of a Subscription's channel. */
export const ONE_NAMESPACE =
  'only name, apiVersion and kind are supported fields when feature.CrossNamespaceEventLinks is disabled';

function validateDependency(trigger: JsonObject): FieldError[] {
  const text = annotationsOf(trigger)[DEPENDENCY];
  if (typeof text !== 'string') return [];

  const path = pointer('metadata', 'annotations', DEPENDENCY);
  const reference = readReference(text);
  if (reference === undefined) {
    return [generic(path, `The provided annotation was not a corev1.ObjectReference: ${JSON.stringify(text)}`)];
  }
  const errors: FieldError[] = [];
  const own = stringAt(trigger, 'metadata', 'namespace');
  if (own !== undefined && isFilled(reference.namespace) && reference.namespace !== own) {
    errors.push(generic(path, `Namespace must be empty or equal to the trigger namespace ${JSON.stringify(own)}`));
  }
  for (const field of ['kind', 'name', 'apiVersion']) {
    if (!isFilled(reference[field])) errors.push(generic(path, `missing field(s): ${field}`));
  }
  return errors;
}

function readReference(text: string): JsonObject | undefined {
  try {
    const value: JsonValue = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function validateInjection(trigger: JsonObject, spec: JsonObject): FieldError[] {
  const value = annotationsOf(trigger)[INJECTION];
  if (typeof value !== 'string') return [];

  const path = pointer('metadata', 'annotations', INJECTION);
  if (value !== 'enabled' && value !== 'disabled') {
    const wanted = 'The provided injection annotation value can only be "enabled" or "disabled"';
    return [generic(path, `${wanted}, not ${JSON.stringify(value)}`)];
  }
  if (spec.broker === 'default') return [];
  const wanted = 'The provided injection annotation is only used for default broker';
  return [
    generic(path, `${wanted}, but non-default broker specified here: ${JSON.stringify(String(spec.broker ?? ''))}`),
  ];
}
