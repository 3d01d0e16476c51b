/**
 * What Knative Eventing's webhooks refuse when an object is made, in their own words: knative/eventing 1.19 to 1.23 and
 * knative-extensions/eventing-kafka-broker, whose validation did not change in between.
 */
import type { JsonObject } from '../../kubernetes/json.ts';
import {
  apiServerSource,
  broker,
  channel,
  containerSource,
  inMemoryChannel,
  kafkaChannel,
  kafkaSource,
  keyOf,
  parallel,
  pingSource,
  sequence,
  sinkBinding,
  subscription,
  trigger,
} from '../../kubernetes/kinds.ts';
import type { FieldError } from '../fieldError.ts';
import { decode } from '../serving/decode.ts';
import { validateBroker, validateTrigger } from './brokerAndTrigger.ts';
import type { EventingFeatures } from './features.ts';
import { once } from './fieldErrors.ts';
import {
  validateChannel,
  validateChannelScope,
  validateKafkaChannel,
  validateParallel,
  validateSequence,
  validateSubscription,
} from './messaging.ts';
import { shapes } from './shapes.ts';
import {
  validateApiServerSource,
  validateContainerSource,
  validateKafkaSource,
  validatePingSource,
  validateSinkBinding,
} from './sources.ts';
import { isRemovedVersion } from './versions.ts';

type Validation = (object: JsonObject, features: EventingFeatures) => readonly FieldError[];

const VALIDATIONS: ReadonlyMap<string, Validation> = new Map<string, Validation>([
  [broker.key, validateBroker],
  [trigger.key, validateTrigger],
  [channel.key, validateChannel],
  [inMemoryChannel.key, validateChannelScope],
  [kafkaChannel.key, validateKafkaChannel],
  [subscription.key, validateSubscription],
  [sequence.key, validateSequence],
  [parallel.key, validateParallel],
  [pingSource.key, validatePingSource],
  [apiServerSource.key, validateApiServerSource],
  [containerSource.key, validateContainerSource],
  [sinkBinding.key, validateSinkBinding],
  [kafkaSource.key, validateKafkaSource],
]);

/** Kinds that validateEventing knows. */
export const validatedEventingKinds = [
  broker,
  trigger,
  channel,
  inMemoryChannel,
  kafkaChannel,
  subscription,
  sequence,
  parallel,
  pingSource,
  apiServerSource,
  containerSource,
  sinkBinding,
  kafkaSource,
] as const;

/**
 * What Knative refuses of the object. Values of the wrong type stand alone, since nothing else is looked at then;
 * otherwise unknown fields, which Eventing's webhook and strict clients refuse, and what its validation says. Empty for
 * kinds that are not Eventing's, and for API versions that are gone, which another rule tells.
 *
 * Features are those of Eventing's config-features; what they leave out is as shipped.
 */
export function validateEventing(object: JsonObject, features: EventingFeatures = {}): FieldError[] {
  const validation = VALIDATIONS.get(keyOf(object));
  if (validation === undefined || isRemovedVersion(object)) return [];
  const shape = shapes.get(keyOf(object));
  if (shape === undefined) return once(validation(object, features));

  const { mistyped, unknown } = decode(object, shape);
  return mistyped.length > 0 ? [...mistyped] : once([...unknown, ...validation(object, features)]);
}
