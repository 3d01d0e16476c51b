/** `spec.eventing`: how events are delivered. */
import {
  type IsoDurationBounds,
  integerBounds,
  isoDurationBounds,
  type JsonSchema,
  type NumberBounds,
  section,
  textList,
} from './bounds.ts';

export type BackoffPolicy = 'linear' | 'exponential';

export interface DeliveryPolicy {
  readonly retry?: NumberBounds;
  readonly backoffPolicy?: { readonly default?: BackoffPolicy; readonly allowed?: readonly BackoffPolicy[] };
  readonly backoffDelay?: IsoDurationBounds;
  readonly timeout?: IsoDurationBounds;
  /** The dead letter sink that is filled in: a reference, as Knative takes it. */
  readonly deadLetterSink?: { readonly default?: { readonly ref: SinkReference } };
}

export interface SinkReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

export interface EventingPolicy {
  readonly delivery?: DeliveryPolicy;
  /** Broker classes that may be used, such as Kafka. */
  readonly brokerClasses?: readonly string[];
  /** Channel kinds that may be used, such as KafkaChannel. */
  readonly channels?: readonly string[];
  /** A pattern that event types match, as a regular expression. */
  readonly eventTypes?: string;
}

const backoff: JsonSchema = { enum: ['linear', 'exponential'] };

export const eventingSchema = section('How events are delivered', {
  delivery: section('delivery of Brokers, Triggers, Subscriptions and Channels', {
    retry: integerBounds('retry: attempts after the first'),
    backoffPolicy: section('backoffPolicy', {
      default: backoff,
      allowed: textList('policies that may be used', backoff),
    }),
    backoffDelay: isoDurationBounds('backoffDelay: the first wait, as PT0.5S'),
    timeout: isoDurationBounds('timeout: how long one attempt may take, as PT30S'),
    deadLetterSink: section('deadLetterSink', {
      default: {
        type: 'object',
        additionalProperties: false,
        required: ['ref'],
        properties: {
          ref: {
            type: 'object',
            additionalProperties: false,
            required: ['apiVersion', 'kind', 'name'],
            properties: {
              apiVersion: { type: 'string' },
              kind: { type: 'string' },
              name: { type: 'string' },
              namespace: { type: 'string' },
            },
          },
        },
      },
    }),
  }),
  brokerClasses: textList('Broker classes that may be used'),
  channels: textList('Channel kinds that may be used'),
  eventTypes: { type: 'string', format: 'regex', description: 'the pattern that event types match' },
});
