/**
 * What a KafkaSink says (knative-extensions/eventing-kafka-broker control-plane/pkg/apis/eventing/v1alpha1
 * kafka_sink_{types,defaults,validation}.go).
 */
import { type JsonObject, stringAt, textsAt, valueAt } from '../../kubernetes/json.ts';
import { serversOf } from './sources/kafka.ts';

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

/** What Knative's webhook would have refused it for, as a sentence with its place. */
export function kafkaSinkProblem(sink: JsonObject): string | undefined {
  const { topic, bootstrapServers } = kafkaSinkSpec(sink);
  const mode = stringAt(sink, 'spec', 'contentMode') ?? '';
  if (mode !== '' && mode !== 'binary' && mode !== 'structured') {
    return `/spec/contentMode: ${JSON.stringify(mode)} is neither binary nor structured`;
  }
  if (bootstrapServers.length === 0) return '/spec/bootstrapServers: name at least one server, as host:port';
  if (topic === '') return '/spec/topic: name the topic that events are written to';
  for (const field of ['numPartitions', 'replicationFactor'] as const) {
    const value = valueAt(sink, 'spec', field);
    if (typeof value === 'number' && value <= 0) return `/spec/${field}: ${value} is not above 0`;
  }
  if (valueAt(sink, 'spec', 'auth', 'secret', 'ref') !== undefined && kafkaSinkSpec(sink).secretName === '') {
    return '/spec/auth/secret/ref/name: name the Secret';
  }
  return undefined;
}
