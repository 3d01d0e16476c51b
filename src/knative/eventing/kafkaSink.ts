/**
 * What a KafkaSink says (knative-extensions/eventing-kafka-broker control-plane/pkg/apis/eventing/v1alpha1
 * kafka_sink_{types,defaults,validation}.go).
 */
import {
  arrayAt,
  type JsonObject,
  type JsonValue,
  objectAt,
  stringAt,
  textsAt,
  valueAt,
} from '../../kubernetes/json.ts';
import type { FieldError } from '../fieldError.ts';
import { invalid } from './fieldErrors.ts';
import { serversOf } from './sources/kafka.ts';

const NAME_A_SERVER = 'name at least one server, as host:port';

export interface KafkaSinkSpec {
  readonly topic: string;
  readonly bootstrapServers: readonly string[];
  readonly contentMode: 'binary' | 'structured';
  /** Where both are there the topic is made, otherwise it has to be. */
  readonly creation: { readonly partitions: number; readonly replicationFactor: number } | undefined;
  readonly secretName: string | undefined;
}

export function kafkaSinkSpec(sink: JsonObject): KafkaSinkSpec {
  const partitions = valueAt(sink, 'spec', 'numPartitions');
  const replicationFactor = valueAt(sink, 'spec', 'replicationFactor');
  const isCreated = typeof partitions === 'number' && typeof replicationFactor === 'number';
  return {
    topic: stringAt(sink, 'spec', 'topic') ?? '',
    bootstrapServers: serversOf(textsAt(sink, 'spec', 'bootstrapServers')),
    contentMode: stringAt(sink, 'spec', 'contentMode') === 'structured' ? 'structured' : 'binary',
    creation: isCreated ? { partitions, replicationFactor } : undefined,
    secretName: stringAt(sink, 'spec', 'auth', 'secret', 'ref', 'name'),
  };
}

interface Fault {
  readonly field: string;
  readonly value: JsonValue | undefined;
  /** What would be right. */
  readonly right: string;
}

/** What Knative's webhook looks at; who authenticates how is not among it. */
function faultsOf(sink: JsonObject): Fault[] {
  const spec = objectAt(sink, 'spec') ?? {};
  const faults: Fault[] = [];
  const { contentMode = '', bootstrapServers, topic } = spec;
  if (contentMode !== '' && contentMode !== null && contentMode !== 'binary' && contentMode !== 'structured') {
    const right = `${JSON.stringify(contentMode)} is neither binary nor structured`;
    faults.push({ field: 'contentMode', value: contentMode, right });
  }
  if (arrayAt(spec, 'bootstrapServers').length === 0) {
    faults.push({ field: 'bootstrapServers', value: bootstrapServers ?? [], right: NAME_A_SERVER });
  }
  if (typeof topic !== 'string' || topic === '') {
    faults.push({ field: 'topic', value: topic, right: 'name the topic that events are written to' });
  }
  for (const field of ['replicationFactor', 'numPartitions']) {
    const value = spec[field];
    if (typeof value === 'number' && value <= 0) faults.push({ field, value, right: `${value} is not above 0` });
  }
  return faults;
}

/** What Knative's webhook refuses of it, in its words. */
export function validateKafkaSink(sink: JsonObject): FieldError[] {
  return faultsOf(sink).map(({ field, value }) => invalid(`/spec/${field}`, value));
}

/** What keeps it from writing, as a sentence with its place: what Knative's webhook refuses, and what that does not look at. */
export function kafkaSinkProblem(sink: JsonObject): string | undefined {
  const [fault] = faultsOf(sink);
  if (fault !== undefined) return `/spec/${fault.field}: ${fault.right}`;
  const { bootstrapServers, secretName } = kafkaSinkSpec(sink);
  if (bootstrapServers.length === 0) return `/spec/bootstrapServers: ${NAME_A_SERVER}`;
  if (valueAt(sink, 'spec', 'auth', 'secret', 'ref') !== undefined && secretName === '') {
    return '/spec/auth/secret/ref/name: name the Secret';
  }
  return undefined;
}
