/** Where an Eventing object sends events, and what it listens to: each reference with its place in the object. */
import {
  arrayAt,
  isObject,
  type JsonObject,
  type JsonValue,
  objectAt,
  type Step,
  stringAt,
  valueAt,
} from '../../kubernetes/json.ts';
import {
  apiServerSource,
  broker,
  channel,
  containerSource,
  cronJobSource,
  defineKind,
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
import { join, pointer } from '../../kubernetes/pointer.ts';

/** A destination's `ref`, or a KReference that stands alone. */
export interface Reference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** The namespace of the object that refers where the reference names none. */
  readonly namespace: string;
}

export type Role = 'subscriber' | 'dead letter sink' | 'reply' | 'sink' | 'step' | 'filter' | 'broker' | 'channel';

export interface PlacedReference {
  readonly role: Role;
  /** Pointer of the reference itself: `/spec/subscriber/ref`; `/spec/broker` for a Trigger's broker by name. */
  readonly path: string;
  readonly reference: Reference;
}

const SINKS: readonly Step[] = ['spec', 'sink'];

/** `sources.eventing.knative.dev`, where sources lived until Knative 0.13, is not among them. */
const sources = [pingSource, kafkaSource, apiServerSource, containerSource, sinkBinding, cronJobSource] as const;
const sourceKeys = new Set<string>(sources.map((kind) => kind.key));

/** Kinds of which referencesOf knows something. */
export const referringKinds = [
  broker,
  trigger,
  channel,
  inMemoryChannel,
  kafkaChannel,
  subscription,
  sequence,
  parallel,
  ...sources,
] as const;

/** Every reference that the object makes; destinations that are only a URI are left out. */
export function referencesOf(object: JsonObject): PlacedReference[] {
  const key = keyOf(object);
  const found: PlacedReference[] = [];
  const add = (role: Role, ...way: readonly Step[]) => addDestination(found, object, role, way);

  if (key === trigger.key) {
    const brokerReference = brokerOf(object);
    if (brokerReference !== undefined) found.push(brokerReference);
    add('subscriber', 'spec', 'subscriber');
  } else if (key === subscription.key) {
    const channelReference = readReference(valueAt(object, 'spec', 'channel'), object);
    if (channelReference !== undefined) {
      found.push({ role: 'channel', path: '/spec/channel', reference: channelReference });
    }
    add('subscriber', 'spec', 'subscriber');
    add('reply', 'spec', 'reply');
  } else if (key === sequence.key) {
    for (const index of arrayAt(object, 'spec', 'steps').keys()) add('step', 'spec', 'steps', index);
    add('reply', 'spec', 'reply');
  } else if (key === parallel.key) {
    for (const index of arrayAt(object, 'spec', 'branches').keys()) {
      add('filter', 'spec', 'branches', index, 'filter');
      add('subscriber', 'spec', 'branches', index, 'subscriber');
      add('reply', 'spec', 'branches', index, 'reply');
    }
    add('reply', 'spec', 'reply');
  } else if (sourceKeys.has(key)) {
    add('sink', ...SINKS);
  }
  for (const way of deliveryWays(object, key)) add('dead letter sink', ...way, 'deadLetterSink');
  return found;
}

function addDestination(found: PlacedReference[], object: JsonObject, role: Role, way: readonly Step[]): void {
  const reference = destinationAt(object, ...way);
  if (reference !== undefined) found.push({ role, path: join(pointer(...way), 'ref'), reference });
}

/** The reference of the destination at the end of the steps. */
export function destinationAt(object: JsonObject, ...way: readonly Step[]): Reference | undefined {
  return readReference(valueAt(object, ...way, 'ref'), object);
}

function readReference(value: JsonValue | undefined, from: JsonObject): Reference | undefined {
  if (!isObject(value)) return undefined;
  const { apiVersion, kind, name, namespace } = value;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof name !== 'string') return undefined;
  const own = stringAt(from, 'metadata', 'namespace') ?? '';
  return { apiVersion, kind, name, namespace: typeof namespace === 'string' && namespace !== '' ? namespace : own };
}

/** A Trigger's Broker, which is named by `broker` or by `brokerRef`. */
export function brokerOf(triggerObject: JsonObject): PlacedReference | undefined {
  const named = stringAt(triggerObject, 'spec', 'broker') ?? '';
  if (named !== '') {
    const namespace = stringAt(triggerObject, 'metadata', 'namespace') ?? '';
    const reference = { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: named, namespace };
    return { role: 'broker', path: '/spec/broker', reference };
  }
  const reference = readReference(objectAt(triggerObject, 'spec', 'brokerRef'), triggerObject);
  return reference === undefined ? undefined : { role: 'broker', path: '/spec/brokerRef', reference };
}

const SPEC_DELIVERY: readonly Step[] = ['spec', 'delivery'];
const withDelivery = new Set<string>([
  broker.key,
  trigger.key,
  channel.key,
  inMemoryChannel.key,
  kafkaChannel.key,
  subscription.key,
  kafkaSource.key,
]);

/** The places where the object may have a delivery, whether it has one there or not. */
export function deliveryWays(object: JsonObject, key: string = keyOf(object)): readonly (readonly Step[])[] {
  if (withDelivery.has(key)) return [SPEC_DELIVERY];
  if (key === sequence.key) return eachOf(object, 'steps');
  if (key === parallel.key) return eachOf(object, 'branches');
  return [];
}

function eachOf(object: JsonObject, list: 'steps' | 'branches'): (readonly Step[])[] {
  const ways: (readonly Step[])[] = [];
  for (const [index, item] of arrayAt(object, 'spec', list).entries()) {
    if (isObject(item)) ways.push(['spec', list, index, 'delivery']);
  }
  return ways;
}

export const kafkaSink = defineKind('eventing.knative.dev', 'KafkaSink');
export const jobSink = defineKind('sinks.knative.dev', 'JobSink');
export const integrationSink = defineKind('sinks.knative.dev', 'IntegrationSink');
export const eventTransform = defineKind('eventing.knative.dev', 'EventTransform');
