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
import { type DeadLettersPolicy, deadLettersSchema } from './deadLetters.ts';

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
  /** The dead-letter sink that Weir keeps for the environment, and that is filled in where no other is. */
  readonly deadLetters?: DeadLettersPolicy;
  /** Broker classes that may be used, such as Kafka. */
  readonly brokerClasses?: readonly string[];
  /** Channel kinds that may be used, such as KafkaChannel. The first is the one that fixes write. */
  readonly channels?: readonly string[];
  readonly eventTypes?: EventTypePolicy;
  readonly clusterDefaults?: EventingClusterDefaults;
}

export interface EventTypePolicy {
  /** What event types match, as a regular expression. */
  readonly pattern?: string;
  /** Types that others name, with `*` for any text: they are left alone. */
  readonly except?: readonly string[];
}

/** What the cluster's own ConfigMaps fill in; Knative ships MTChannelBasedBroker and InMemoryChannel. */
export interface EventingClusterDefaults {
  /** config-br-defaults: the class of a Broker that names none. */
  readonly brokerClass?: string;
  /** default-ch-webhook: the kind of a Channel, Sequence or Parallel that names none. */
  readonly channel?: string;
}

const backoff: JsonSchema = { enum: ['linear', 'exponential'] };

export const eventingSchema = section('How events are delivered', {
  delivery: section('delivery of Brokers, Triggers, Subscriptions, Channels, and of steps and branches', {
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
  deadLetters: deadLettersSchema,
  brokerClasses: textList('Broker classes that may be used, as in the annotation eventing.knative.dev/broker.class'),
  channels: textList('Channel kinds that may be used; fixes write the first'),
  eventTypes: section('How event types are named', {
    pattern: { type: 'string', format: 'regex', description: 'what event types match, as a regular expression' },
    except: textList('types that others name, with * for any text: dev.knative.*'),
  }),
  clusterDefaults: section("What the cluster's own ConfigMaps fill in", {
    brokerClass: { type: 'string', minLength: 1, description: 'config-br-defaults: the class of a Broker without one' },
    channel: { type: 'string', minLength: 1, description: 'default-ch-webhook: the kind of a channel without one' },
  }),
});
