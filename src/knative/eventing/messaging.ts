/** knative/eventing pkg/apis/messaging/v1 and pkg/apis/flows/v1: channels, subscriptions, sequences and parallels. */
import {
  arrayAt,
  isObject,
  type JsonObject,
  type JsonValue,
  objectAt,
  stringAt,
  valueAt,
} from '../../kubernetes/json.ts';
import { annotationsOf } from '../../kubernetes/object.ts';
import { join, pointer } from '../../kubernetes/pointer.ts';
import type { FieldError } from '../fieldError.ts';
import { parsePeriod } from '../period.ts';
import { ONE_NAMESPACE } from './brokerAndTrigger.ts';
import { validateDelivery } from './delivery.ts';
import { isFilled, validateDestination, validateOptionalDestination, validateReference } from './destination.ts';
import { type EventingFeatures, isEnabled } from './features.ts';
import { disallowed, invalid, missing } from './fieldErrors.ts';

const SCOPE = 'eventing.knative.dev/scope';

export function validateChannel(channel: JsonObject, features: EventingFeatures): FieldError[] {
  const errors = validateChannelTemplate(channel);
  if (arrayAt(channel, 'spec', 'subscribers').length > 0) errors.push(disallowed('/spec/subscribers'));
  const within = stringAt(channel, 'metadata', 'namespace');
  errors.push(...validateDelivery(valueAt(channel, 'spec', 'delivery'), '/spec/delivery', features, { within }));
  return errors;
}

/** A template that is left out is filled in by Knative from default-ch-webhook. */
function validateChannelTemplate(object: JsonObject): FieldError[] {
  const template = objectAt(object, 'spec', 'channelTemplate');
  if (template === undefined) return [];
  const errors: FieldError[] = [];
  if (!isFilled(template.kind)) errors.push(missing('/spec/channelTemplate/kind'));
  if (!isFilled(template.apiVersion)) errors.push(missing('/spec/channelTemplate/apiVersion'));
  return errors;
}

/** InMemoryChannel, and what KafkaChannel has in common with it. */
export function validateChannelScope(channel: JsonObject): FieldError[] {
  const scope = annotationsOf(channel)[SCOPE];
  if (scope === undefined || scope === 'cluster' || scope === 'namespace') return [];
  return [invalid(pointer('metadata', 'annotations', SCOPE), scope, "expected either 'cluster' or 'namespace'")];
}

/** knative-extensions/eventing-kafka-broker control-plane/pkg/apis/messaging/v1/kafka_channel_validation.go. */
export function validateKafkaChannel(channel: JsonObject): FieldError[] {
  const errors = validateChannelScope(channel);
  for (const field of ['numPartitions', 'replicationFactor']) {
    const value = valueAt(channel, 'spec', field);
    if (typeof value === 'number' && value < 0) errors.push(invalid(pointer('spec', field), value));
  }
  const retention = stringAt(channel, 'spec', 'retentionDuration') ?? '';
  const period = retention === '' ? undefined : parsePeriod(retention);
  if (period !== undefined && (!period.ok || period.isNegative)) {
    errors.push(invalid('/spec/retentionDuration', retention));
  }
  return errors;
}

export function validateSubscription(subscription: JsonObject, features: EventingFeatures): FieldError[] {
  const spec = objectAt(subscription, 'spec') ?? {};
  const channel = objectAt(spec, 'channel');
  if (channel === undefined || !Object.values(channel).some(isFilled)) {
    return [missing('/spec/channel', 'the Subscription must reference a channel')];
  }

  const errors = validateReference(channel, '/spec/channel');
  if (isFilled(channel.namespace) && !isEnabled(features, 'cross-namespace-event-links')) {
    errors.push(disallowed('/spec/channel/namespace', ONE_NAMESPACE));
  }
  if (isEmptyDestination(spec.subscriber)) {
    errors.push(missing('/spec/subscriber', 'the Subscription must reference a subscriber'));
  } else {
    errors.push(...validateDestination(spec.subscriber, '/spec/subscriber'));
  }
  if (!isEmptyDestination(spec.reply)) errors.push(...validateDestination(spec.reply, '/spec/reply'));
  errors.push(...validateDelivery(spec.delivery, '/spec/delivery', features));
  return errors;
}

/** Go holds a destination's fields by pointers: an empty uri is one, too. */
function isEmptyDestination(value: JsonValue | undefined): boolean {
  if (!isObject(value)) return true;
  return DESTINATION_FIELDS.every((field) => value[field] === undefined || value[field] === null);
}

const DESTINATION_FIELDS = ['ref', 'uri', 'CACerts', 'audience'] as const;

/** Knative says of a bad step only that it is invalid, with the whole of it; here stands what is wrong inside. */
export function validateSequence(sequence: JsonObject, features: EventingFeatures): FieldError[] {
  const steps = arrayAt(sequence, 'spec', 'steps');
  const errors: FieldError[] = [];
  if (steps.length === 0) errors.push(missing('/spec/steps'));
  for (const [index, step] of steps.entries()) {
    const path = pointer('spec', 'steps', index);
    errors.push(...validateDestination(step, path));
    errors.push(...validateDelivery(valueAt(step, 'delivery'), join(path, 'delivery'), features));
  }
  errors.push(...validateChannelTemplate(sequence));
  errors.push(...validateOptionalDestination(valueAt(sequence, 'spec', 'reply'), '/spec/reply'));
  return errors;
}

/** Unlike a step's, a branch's delivery is not looked at by Knative's webhook. */
export function validateParallel(parallel: JsonObject): FieldError[] {
  const branches = arrayAt(parallel, 'spec', 'branches');
  const errors: FieldError[] = [];
  if (branches.length === 0) errors.push(missing('/spec/branches'));
  for (const [index, branch] of branches.entries()) {
    const path = pointer('spec', 'branches', index);
    errors.push(...validateOptionalDestination(valueAt(branch, 'filter'), join(path, 'filter')));
    errors.push(...validateDestination(valueAt(branch, 'subscriber'), join(path, 'subscriber')));
    errors.push(...validateOptionalDestination(valueAt(branch, 'reply'), join(path, 'reply')));
  }
  errors.push(...validateChannelTemplate(parallel));
  errors.push(...validateOptionalDestination(valueAt(parallel, 'spec', 'reply'), '/spec/reply'));
  return errors;
}
