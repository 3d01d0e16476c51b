/**
 * The shapes of what Knative Eventing decodes: pkg/apis/{eventing,messaging,flows,sources,duck}/v1 types, KafkaSource and
 * KafkaChannel of eventing-kafka-broker, and duck/v1 of knative/pkg. Eventing's webhooks refuse unknown fields
 * (cmd/webhook/main.go), and where the CRD prunes them before, strict clients such as kubectl do.
 */
import {
  apiServerSource,
  broker,
  channel,
  containerSource,
  inMemoryChannel,
  kafkaChannel,
  kafkaSource,
  parallel,
  pingSource,
  sequence,
  sinkBinding,
  subscription,
  trigger,
} from '../../kubernetes/kinds.ts';
import { dictionary, list, openStruct, pointer, type Struct, struct, type Type } from '../serving/shape.ts';

export const reference = struct({
  apiVersion: 'string',
  kind: 'string',
  namespace: 'string',
  name: 'string',
  group: 'string',
  address: pointer('string'),
});

const destinationFields = {
  ref: pointer(reference),
  uri: pointer('string'),
  CACerts: pointer('string'),
  audience: pointer('string'),
} satisfies Record<string, Type>;
const destination = struct(destinationFields);

export const delivery = pointer(
  struct({
    deadLetterSink: pointer(destination),
    retry: pointer('int32'),
    timeout: pointer('string'),
    backoffPolicy: pointer('string'),
    backoffDelay: pointer('string'),
    retryAfterMax: pointer('string'),
    format: pointer('string'),
  }),
);

const selector = struct({
  matchLabels: dictionary('string'),
  matchExpressions: list(struct({ key: 'string', operator: 'string', values: list('string') })),
});

/** Filters nest; their insides are walked by filters.ts. */
const filter = struct({
  all: list('object'),
  any: list('object'),
  not: pointer('object'),
  exact: dictionary('string'),
  prefix: dictionary('string'),
  suffix: dictionary('string'),
  cesql: 'string',
});

export const channelTemplate = pointer(struct({ apiVersion: 'string', kind: 'string', spec: 'anything' }));

const sourceFields = {
  sink: destination,
  ceOverrides: pointer(struct({ extensions: dictionary('string') })),
} satisfies Record<string, Type>;

/** `subscribers` is for Knative's own controllers to write. */
const channelableFields = { delivery, subscribers: list('object') } satisfies Record<string, Type>;

const specs: readonly (readonly [key: string, spec: Struct])[] = [
  [broker.key, struct({ config: pointer(reference), delivery })],
  [
    trigger.key,
    struct({
      broker: 'string',
      brokerRef: pointer(reference),
      filter: pointer(struct({ attributes: dictionary('string') })),
      filters: list(filter),
      subscriber: destination,
      delivery,
    }),
  ],
  [channel.key, struct({ channelTemplate, ...channelableFields })],
  [inMemoryChannel.key, struct(channelableFields)],
  [
    kafkaChannel.key,
    struct({
      numPartitions: 'int32',
      replicationFactor: 'int32',
      retentionDuration: 'string',
      ...channelableFields,
    }),
  ],
  [
    subscription.key,
    struct({
      channel: reference,
      subscriber: pointer(destination),
      reply: pointer(destination),
      delivery,
    }),
  ],
  [
    sequence.key,
    struct({
      channelTemplate,
      steps: list(struct({ ...destinationFields, delivery })),
      reply: pointer(destination),
    }),
  ],
  [
    parallel.key,
    struct({
      channelTemplate,
      branches: list(
        struct({ filter: pointer(destination), subscriber: destination, reply: pointer(destination), delivery }),
      ),
      reply: pointer(destination),
    }),
  ],
  [
    pingSource.key,
    struct({
      schedule: 'string',
      timezone: 'string',
      contentType: 'string',
      data: 'string',
      dataBase64: 'string',
      ...sourceFields,
    }),
  ],
  [
    apiServerSource.key,
    struct({
      resources: list(struct({ apiVersion: 'string', kind: 'string', selector: pointer(selector) })),
      owner: pointer(struct({ apiVersion: 'string', kind: 'string' })),
      mode: 'string',
      serviceAccountName: 'string',
      namespaceSelector: pointer(selector),
      filters: list(filter),
      ...sourceFields,
    }),
  ],
  [containerSource.key, struct({ template: 'object', ...sourceFields })],
  [
    sinkBinding.key,
    struct({
      subject: struct({
        apiVersion: 'string',
        kind: 'string',
        namespace: 'string',
        name: 'string',
        selector: pointer(selector),
      }),
      ...sourceFields,
    }),
  ],
  [
    kafkaSource.key,
    struct({
      consumers: pointer('int32'),
      bootstrapServers: list('string'),
      net: 'object',
      topics: list('string'),
      consumerGroup: 'string',
      initialOffset: 'string',
      ordering: pointer('string'),
      delivery,
      ...sourceFields,
    }),
  ],
];

const metadata = openStruct({
  name: 'string',
  namespace: 'string',
  labels: dictionary('string'),
  annotations: dictionary('string'),
});

/** Each kind's whole object, by `group/Kind`. */
export const shapes: ReadonlyMap<string, Struct> = new Map(
  specs.map(([key, spec]) => [
    key,
    struct({ apiVersion: 'string', kind: 'string', metadata, spec, status: 'anything' }),
  ]),
);
