/**
 * What Knative's webhooks refuse of a change, beside what they refuse of the object as it is then: CheckImmutableFields and
 * CheckSubscribersChangeAllowed of knative/eventing pkg/apis/{eventing,messaging}/v1 and of
 * knative-extensions/eventing-kafka-broker control-plane/pkg/apis. Sequences, Parallels and other sources may change
 * altogether, and a Trigger's brokerRef as well.
 *
 * Go compares what its webhook has filled in. What is filled in by a ConfigMap of the cluster (a Broker's class and config,
 * a KafkaSource's consumerGroup) is not known here: where one of both says nothing of it, nothing has changed.
 */
import {
  arrayAt,
  isObject,
  type JsonObject,
  type JsonValue,
  objectAt,
  stringAt,
  valueAt,
} from '../../kubernetes/json.ts';
import {
  broker,
  channel,
  inMemoryChannel,
  kafkaChannel,
  kafkaSource,
  keyOf,
  kindKey,
  subscription,
  trigger,
} from '../../kubernetes/kinds.ts';
import { annotationsOf } from '../../kubernetes/object.ts';
import type { FieldError } from '../fieldError.ts';
import { differences } from '../serving/equality.ts';
import { list, type Struct, struct, type Type } from '../serving/shape.ts';
import { BROKER_CLASS } from './brokerAndTrigger.ts';
import { isFilled } from './destination.ts';
import { channelTemplate, delivery, reference } from './shapes.ts';

interface Change {
  readonly old: JsonObject;
  readonly object: JsonObject;
  /** Who asks for it. */
  readonly user: string;
}

type Check = (change: Change) => FieldError[];

const KAFKA_SINK = kindKey('eventing.knative.dev', 'KafkaSink');
const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  [broker.key, checkBroker],
  [trigger.key, checkTrigger],
  [channel.key, checkChannel],
  [inMemoryChannel.key, checkSubscribers],
  [kafkaChannel.key, (change) => [...checkKafkaChannel(change), ...checkSubscribers(change)]],
  [subscription.key, checkSubscription],
  [kafkaSource.key, checkKafkaSource],
  [KAFKA_SINK, checkKafkaSink],
]);

const FIELDS_CHANGED = 'Immutable fields changed (-old +new)';
const MOST_DIFFERENCES = 5;
/** Alone may say who gets a Channel's events. */
const EVENTING_CONTROLLER = 'system:serviceaccount:knative-eventing:eventing-controller';

/** Empty also for kinds that are not Eventing's. @param user the name of whoever changes it */
export function validateEventingChange(object: JsonObject, old: JsonObject, user: string): FieldError[] {
  return CHECKS.get(keyOf(object))?.({ old, object, user }) ?? [];
}

const BROKER = struct({ config: reference });

/** All but `delivery`. */
function checkBroker({ old, object }: Change): FieldError[] {
  const [before, now] = [configOf(old), configOf(object)];
  if (before !== undefined && now !== undefined) {
    const changed = changedIn({ config: before }, { config: now }, BROKER);
    if (changed.length > 0) return changed;
  }
  const [classBefore, classNow] = [annotationsOf(old)[BROKER_CLASS], annotationsOf(object)[BROKER_CLASS]];
  if (!isFilled(classBefore) || !isFilled(classNow)) return [];
  return changedText('Immutable annotations changed (-old +new)', ['/annotations'], classBefore, classNow);
}

function configOf(object: JsonObject): JsonObject | undefined {
  const config = objectAt(object, 'spec', 'config');
  return config === undefined ? undefined : { ...config, namespace: config.namespace || namespaceOf(object) };
}

function checkTrigger({ old, object }: Change): FieldError[] {
  const [before, now] = [valueAt(old, 'spec', 'broker'), valueAt(object, 'spec', 'broker')];
  return changedText(FIELDS_CHANGED, ['/broker', '/spec'], before, now);
}

const CHANNEL = struct({ channelTemplate, delivery });
/** What default-ch-webhook says as it is shipped, and this platform makes of a Channel that says nothing. */
const SHIPPED_TEMPLATE = { apiVersion: 'messaging.knative.dev/v1', kind: 'InMemoryChannel' };

/** All but `subscribers`, and therefore `delivery` as well. */
function checkChannel({ old, object }: Change): FieldError[] {
  return changedIn(filledChannel(old), filledChannel(object), CHANNEL);
}

function filledChannel(object: JsonObject): JsonObject {
  const { channelTemplate: template, delivery: own } = objectAt(object, 'spec') ?? {};
  return { channelTemplate: isObject(template) ? template : SHIPPED_TEMPLATE, delivery: inNamespace(own, object) };
}

/** A sink that names no namespace is in that of the object. */
function inNamespace(own: JsonValue | undefined, object: JsonObject): JsonValue {
  const sink = objectAt(own, 'deadLetterSink');
  const ref = objectAt(sink, 'ref');
  if (ref === undefined) return own ?? null;
  const filled = { ...ref, namespace: ref.namespace || namespaceOf(object) };
  return { ...objectAt(own), deadLetterSink: { ...sink, ref: filled } };
}

const KAFKA_CHANNEL = struct({ numPartitions: 'int32', replicationFactor: 'int32', retentionDuration: 'string' });

/** All but `subscribers` and `delivery`; how long events are kept may be said where nothing was. */
function checkKafkaChannel({ old, object }: Change): FieldError[] {
  const [before, now] = [filledKafkaChannel(old), filledKafkaChannel(object)];
  const ignored = isFilled(before.retentionDuration) ? {} : { retentionDuration: now.retentionDuration };
  return changedIn({ ...before, ...ignored }, now, KAFKA_CHANNEL);
}

/** kafka_channel_defaults.go. */
function filledKafkaChannel(object: JsonObject) {
  const { numPartitions, replicationFactor, retentionDuration } = objectAt(object, 'spec') ?? {};
  return {
    numPartitions: numPartitions || 1,
    replicationFactor: replicationFactor || 1,
    retentionDuration: retentionDuration || '',
  };
}

const SUBSCRIPTION = struct({ channel: reference });

/** All but `subscriber`, `reply` and `delivery`. */
function checkSubscription({ old, object }: Change): FieldError[] {
  return changedIn(objectAt(old, 'spec') ?? {}, objectAt(object, 'spec') ?? {}, SUBSCRIPTION);
}

function checkKafkaSource({ old, object }: Change): FieldError[] {
  const [before, now] = [valueAt(old, 'spec', 'consumerGroup'), valueAt(object, 'spec', 'consumerGroup')];
  return isFilled(before) && isFilled(now) ? changedText(FIELDS_CHANGED, ['/spec'], before, now) : [];
}

const KAFKA_SINK_FIELDS = { topic: 'string', numPartitions: 'anything', replicationFactor: 'anything' } as const;

function checkKafkaSink({ old, object }: Change): FieldError[] {
  const [before, now] = [objectAt(old, 'spec') ?? {}, objectAt(object, 'spec') ?? {}];
  const errors: FieldError[] = [];
  for (const [field, type] of Object.entries(KAFKA_SINK_FIELDS)) {
    const isSame = differences(before[field], now[field], type, '', 1).length === 0;
    if (!isSame) errors.push({ path: `/spec/${field}`, message: 'Immutable field updated' });
  }
  return errors;
}

const SUBSCRIBERS: Type = list('object');

function checkSubscribers({ old, object, user }: Change): FieldError[] {
  if (user === EVENTING_CONTROLLER) return [];
  const [before, now] = [arrayAt(old, 'spec', 'subscribers'), arrayAt(object, 'spec', 'subscribers')];
  const changed = differences([...before], [...now], SUBSCRIBERS, '/spec/subscribers', MOST_DIFFERENCES);
  if (changed.length === 0) return [];
  const message = `Channel.Spec.Subscribers changed by user ${user} which was not the ${EVENTING_CONTROLLER} service account`;
  return [{ path: '/spec/subscribers', message, details: changed.join(', ') }];
}

/** Go prints its own structs; here stand the places. */
function changedIn(old: JsonObject, now: JsonObject, shape: Struct): FieldError[] {
  const changed = differences(old, now, shape, '/spec', MOST_DIFFERENCES);
  return changed.length === 0 ? [] : [{ path: '/spec', message: FIELDS_CHANGED, details: changed.join(', ') }];
}

/** Go's diff of two texts (knative/pkg kmp/reporters.go). */
function changedText(
  message: string,
  paths: readonly string[],
  old: JsonValue | undefined,
  now: JsonValue | undefined,
): FieldError[] {
  const [before, after] = [textOf(old), textOf(now)];
  if (before === after) return [];
  const details = `{string}:\n\t-: "${before}"\n\t+: "${after}"\n`;
  return paths.map((path) => ({ path, message, details }));
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function namespaceOf(object: JsonObject): string {
  return stringAt(object, 'metadata', 'namespace') ?? '';
}
