/**
 * The CustomResourceDefinitions of KafkaSource and KafkaSink: names, fields, columns and subresources as
 * knative-extensions/eventing-kafka-broker 1.23 has them (control-plane/config/eventing-kafka-broker/100-source/
 * 100-kafka-source.yaml, 100-sink/100-kafka-sink.yaml). Written by hand, since its Go module cannot be had. Both versions of
 * KafkaSource have the same fields, so that nobody has to make one of the other.
 */
import type { JsonObject } from '../../kubernetes/json.ts';

const STRING: JsonObject = { type: 'string' };
const BOOLEAN: JsonObject = { type: 'boolean' };
const INT32: JsonObject = { type: 'integer', format: 'int32' };
const INT64: JsonObject = { type: 'integer', format: 'int64' };
const STRINGS: JsonObject = { type: 'array', items: STRING };

const REF = object({ ...strings('address', 'apiVersion', 'group', 'kind', 'name', 'namespace') }, ['kind', 'name']);
const DESTINATION = object({ ref: REF, ...strings('uri', 'CACerts', 'audience') });
const SECRET_KEY = object({
  secretKeyRef: {
    ...object({ key: STRING, name: STRING, optional: BOOLEAN }, ['key']),
    'x-kubernetes-map-type': 'atomic',
  },
});
const DELIVERY = object({
  ...strings('backoffDelay', 'backoffPolicy', 'retryAfterMax', 'timeout'),
  deadLetterSink: DESTINATION,
  retry: INT32,
});
const ADDRESS = object(strings('name', 'url', 'CACerts', 'audience'));
const CONDITIONS = list(
  object(strings('lastTransitionTime', 'message', 'reason', 'severity', 'status', 'type'), ['status', 'type']),
);
const STATUS = {
  annotations: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  conditions: CONDITIONS,
  observedGeneration: INT64,
};

const SOURCE_SPEC = object(
  {
    bootstrapServers: STRINGS,
    ceOverrides: object({ extensions: { type: 'object', additionalProperties: STRING } }),
    ...strings('consumerGroup', 'initialOffset', 'ordering'),
    consumers: INT32,
    delivery: DELIVERY,
    net: object({
      sasl: object({ enable: BOOLEAN, password: SECRET_KEY, type: SECRET_KEY, user: SECRET_KEY }),
      tls: object({ enable: BOOLEAN, caCert: SECRET_KEY, cert: SECRET_KEY, key: SECRET_KEY }),
    }),
    sink: DESTINATION,
    topics: STRINGS,
  },
  ['bootstrapServers', 'topics'],
);
const SOURCE_STATUS = object({
  ...STATUS,
  auth: object(strings('serviceAccountName')),
  ceAttributes: list(object(strings('source', 'type'))),
  ...strings('claims', 'selector', 'sinkCACerts', 'sinkUri', 'sinkAudience'),
  consumers: INT32,
  maxAllowedVReplicas: INT32,
  placements: list(object({ podName: STRING, vreplicas: INT32 })),
});
const SINK_SPEC = object(
  {
    topic: STRING,
    numPartitions: INT32,
    replicationFactor: INT32,
    bootstrapServers: STRINGS,
    contentMode: { type: 'string', enum: ['binary', 'structured'], default: 'binary' },
    auth: object({ secret: object({ ref: object({ name: STRING }, ['name']) }) }),
  },
  ['topic', 'bootstrapServers'],
);
const SINK_STATUS = object({
  ...STATUS,
  address: ADDRESS,
  addresses: list(ADDRESS),
  policies: list(object(strings('apiVersion', 'name'))),
});

const AGE: JsonObject = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };
const READY: readonly JsonObject[] = ['Ready', 'Reason'].map((name) => ({
  name,
  type: 'string',
  jsonPath: `.status.conditions[?(@.type=="Ready")].${name === 'Ready' ? 'status' : 'reason'}`,
}));

export function kafkaCrds(): JsonObject[] {
  return [
    definition({
      group: 'eventing.knative.dev',
      kind: 'KafkaSink',
      plural: 'kafkasinks',
      categories: ['eventing'],
      labels: { 'duck.knative.dev/addressable': 'true' },
      versions: ['v1alpha1'],
      schema: object({ spec: SINK_SPEC, status: SINK_STATUS }),
      subresources: { status: {} },
      columns: [{ name: 'URL', type: 'string', jsonPath: '.status.address.url' }, AGE, ...READY],
    }),
    definition({
      group: 'sources.knative.dev',
      kind: 'KafkaSource',
      plural: 'kafkasources',
      categories: ['eventing', 'sources'],
      labels: { 'duck.knative.dev/source': 'true', 'eventing.knative.dev/source': 'true' },
      versions: ['v1beta1', 'v1'],
      schema: object({ spec: SOURCE_SPEC, status: SOURCE_STATUS }),
      subresources: {
        status: {},
        scale: {
          specReplicasPath: '.spec.consumers',
          statusReplicasPath: '.status.consumers',
          labelSelectorPath: '.status.selector',
        },
      },
      columns: [
        { name: 'Topics', type: 'string', jsonPath: '.spec.topics' },
        { name: 'BootstrapServers', type: 'string', jsonPath: '.spec.bootstrapServers' },
        ...READY,
        AGE,
      ],
    }),
  ];
}

interface Definition {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  /** Beside `all` and `knative`. */
  readonly categories: readonly string[];
  readonly labels: JsonObject;
  /** The last one is stored. */
  readonly versions: readonly string[];
  readonly schema: JsonObject;
  readonly subresources: JsonObject;
  readonly columns: readonly JsonObject[];
}

function definition({
  group,
  kind,
  plural,
  categories,
  labels,
  versions,
  schema,
  subresources,
  columns,
}: Definition): JsonObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}`, labels: { 'app.kubernetes.io/version': '1.23.0', ...labels } },
    spec: {
      group,
      scope: 'Namespaced',
      names: {
        kind,
        plural,
        singular: kind.toLowerCase(),
        listKind: `${kind}List`,
        categories: ['all', 'knative', ...categories],
      },
      versions: versions.map((name) => ({
        name,
        served: true,
        storage: name === versions.at(-1),
        subresources,
        additionalPrinterColumns: columns,
        schema: { openAPIV3Schema: schema },
      })),
    },
  };
}

function object(properties: JsonObject, required: readonly string[] = []): JsonObject {
  return { type: 'object', properties, ...(required.length === 0 ? {} : { required }) };
}

function list(items: JsonObject): JsonObject {
  return { type: 'array', items };
}

function strings(...names: readonly string[]): JsonObject {
  return Object.fromEntries(names.map((name) => [name, STRING]));
}
