/**
 * What a KafkaSource says, and the events of records that are none by themselves (knative-extensions/eventing-kafka-broker
 * control-plane/pkg/apis/sources/v1/kafka_{types,defaults}.go, control-plane/pkg/reconciler/{source/source,consumer/consumer}.go, and
 * data-plane/dispatcher …/consumer/{InvalidCloudEventInterceptor,CloudEventOverridesMutator,KeyDeserializer}.java).
 */
import { type JsonObject, objectAt, stringAt, textsAt, valueAt } from '../../../kubernetes/json.ts';
import { labelsOf, referenceTo, uidOf } from '../../../kubernetes/object.ts';
import { type Retries, retriesOf } from '../retries.ts';

export interface KafkaSourceSpec {
  readonly bootstrapServers: readonly string[];
  readonly topics: readonly string[];
  readonly consumerGroup: string;
  readonly consumers: number;
  readonly initialOffset: 'earliest' | 'latest';
  readonly isOrdered: boolean;
}

/** What of a record tells where it is from, and what is in it. */
export interface SourceRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly key: Buffer | undefined;
  readonly value: Buffer | undefined;
  readonly headers: readonly (readonly [name: string, value: Buffer])[];
}

const GROUP_PREFIX = 'knative-kafka-source-';
const EVENT_TYPE = 'dev.knative.kafka.event';
const HEADER_PREFIX = 'kafkaheader';
const KEY_TYPE_LABEL = 'kafkasources.sources.knative.dev/key-type';
const MOST_CONSUMERS = 32;
/** Of what a header of HTTP may hold. */
const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+[\t ]*(;[\t\x20-\x7e\x80-\xff]*)?$/;
/** Of a source without a delivery of its own. */
const DEFAULT_DELIVERY: JsonObject = {
  retry: 10,
  backoffPolicy: 'exponential',
  backoffDelay: 'PT0.3S',
  timeout: 'PT600S',
};

/**
 * With what Knative's webhook would have filled in. A group that nobody named is called after the source itself, so that
 * it is the same after each start, and nothing has to be written into the object.
 */
export function kafkaSourceSpec(source: JsonObject): KafkaSourceSpec {
  const consumers = valueAt(source, 'spec', 'consumers');
  return {
    bootstrapServers: serversOf(textsAt(source, 'spec', 'bootstrapServers')),
    topics: [...new Set(textsAt(source, 'spec', 'topics'))],
    consumerGroup: stringAt(source, 'spec', 'consumerGroup') || GROUP_PREFIX + uidOf(source),
    consumers: typeof consumers === 'number' ? Math.min(Math.max(0, Math.trunc(consumers)), MOST_CONSUMERS) : 1,
    initialOffset: stringAt(source, 'spec', 'initialOffset') === 'earliest' ? 'earliest' : 'latest',
    isOrdered: stringAt(source, 'spec', 'ordering') !== 'unordered',
  };
}

/** Each text may hold several, as Kafka's own clients take them. */
export function serversOf(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.split(',')).flatMap((server) => (server.trim() === '' ? [] : [server.trim()]));
}

/**
 * When an event is sent again. Other than Knative's brokers on Channels, Kafka's data plane counts the first retry as 1 and
 * takes a delay without a policy as exponential (data-plane/dispatcher …/http/WebClientCloudEventSender.java).
 */
export function kafkaRetries(source: JsonObject): Retries {
  const delivery = objectAt(source, 'spec', 'delivery') ?? DEFAULT_DELIVERY;
  const { most, timeout, wait } = retriesOf({ ...WHERE_IT_IS_SILENT, ...delivery });
  return {
    most,
    timeout: timeout ?? DEFAULT_TIMEOUT_MS,
    wait: (retry, answer, now) => wait(retry + 1, answer, now),
  };
}

const WHERE_IT_IS_SILENT: JsonObject = { backoffPolicy: 'exponential', backoffDelay: 'PT0.2S' };
const DEFAULT_TIMEOUT_MS = 600_000;

/** Of which the status says who reads; a text of labels. */
export function kafkaSourceSelector(source: JsonObject): string {
  const { name } = referenceTo(source);
  return `eventing.knative.dev/source=kafka-source-controller,eventing.knative.dev/sourceName=${name}`;
}

/** The event of a record that is no CloudEvent. */
export function wrappedRecord(source: JsonObject, record: SourceRecord): ReadonlyMap<string, string> {
  const { namespace, name } = referenceTo(source);
  const { topic, partition, offset, timestamp, headers } = record;
  const attributes = new Map<string, string>([
    ['specversion', '1.0'],
    ['id', `partition:${partition}/offset:${offset}`],
    ['type', EVENT_TYPE],
    ['source', `/apis/v1/namespaces/${namespace}/kafkasources/${name}#${topic}`],
    ['subject', `partition:${partition}#${offset}`],
    ['time', timeText(timestamp)],
  ]);
  const key = keyText(source, record.key);
  if (key !== undefined) attributes.set('partitionkey', key).set('key', key);
  for (const [header, value] of headers) {
    const text = value.toString('utf8');
    if (header.toLowerCase() !== 'content-type') {
      attributes.set(HEADER_PREFIX + header.toLowerCase().replace(/[^a-z0-9]/g, ''), text);
      continue;
    }
    // what is no media type would make an event of it that nobody takes
    if (MEDIA_TYPE.test(text)) attributes.set('datacontenttype', text.toLowerCase());
  }
  return attributes;
}

/** What every event of a record tells of it, one that was a CloudEvent before, too. */
export function recordAttributes({ partition, offset }: SourceRecord): Readonly<Record<string, string>> {
  return { knativekafkapartition: String(partition), knativekafkaoffset: String(offset) };
}

/** By the label that says what a key holds; undefined without one. */
function keyText(source: JsonObject, key: Buffer | undefined): string | undefined {
  if (key === undefined || key.length === 0) return undefined;
  const type = labelsOf(source)[KEY_TYPE_LABEL];
  if (type === 'int' && key.length === 4) return String(key.readInt32BE());
  if (type === 'float' && key.length === 4) return floatText(key.readFloatBE(), Math.fround);
  if (type === 'float' && key.length === 8) return floatText(key.readDoubleBE(), (value) => value);
  if (type === 'byte-array') return key.toString('base64');
  return key.toString('utf8');
}

/** The fewest digits that lead back to the number, as Java writes them: 1 is `1.0`. */
function floatText(value: number, rounded: (value: number) => number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return value.toFixed(1);
  for (let digits = 1; digits < 17; digits++) {
    const text = value.toPrecision(digits);
    if (rounded(Number(text)) === value) return String(Number(text));
  }
  return String(value);
}

/** One that no date holds is the beginning of time: a producer may write anything there. */
function timeText(milliseconds: number): string {
  const date = new Date(milliseconds);
  return (
    Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999 || milliseconds < 0 ? new Date(0) : date
  ).toISOString();
}
