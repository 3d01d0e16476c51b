import { describe, expect, it } from '@jest/globals';
import { validatedEventingKinds, validateEventing } from '../../../src/knative/eventing/validate.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';

const sink = { ref: { apiVersion: 'v1', kind: 'Service', name: 'a' } };
const GROUPS: Readonly<Record<string, string>> = {
  Broker: 'eventing.knative.dev',
  Trigger: 'eventing.knative.dev',
  Channel: 'messaging.knative.dev',
  InMemoryChannel: 'messaging.knative.dev',
  KafkaChannel: 'messaging.knative.dev',
  Subscription: 'messaging.knative.dev',
  Sequence: 'flows.knative.dev',
  Parallel: 'flows.knative.dev',
};

function anObject(kind: string, spec: JsonObject, metadata: JsonObject = {}): JsonObject {
  const apiVersion = `${GROUPS[kind] ?? 'sources.knative.dev'}/v1`;
  return { apiVersion, kind, metadata: { name: 'x', namespace: 'shop', ...metadata }, spec };
}

/** `path: message`, as a reader would put it. */
const said = (object: JsonObject, features = {}) =>
  validateEventing(object, features).map(({ path, message }) => `${path}: ${message}`);

const template = { apiVersion: 'messaging.knative.dev/v1', kind: 'KafkaChannel' };
const channel = { apiVersion: 'messaging.knative.dev/v1', kind: 'Channel', name: 'c' };

/** Of each kind one that Knative takes. */
const GOOD: Readonly<Record<string, JsonObject>> = {
  Broker: {},
  Trigger: { broker: 'b', subscriber: sink },
  Channel: {},
  InMemoryChannel: {},
  KafkaChannel: { numPartitions: 3, replicationFactor: 3, retentionDuration: 'PT168H' },
  Subscription: { channel, subscriber: sink },
  Sequence: { steps: [sink] },
  Parallel: { branches: [{ subscriber: sink }] },
  PingSource: { sink, data: '{"a":1}', contentType: 'application/json', timezone: 'Europe/Lisbon' },
  ApiServerSource: { sink, resources: [{ apiVersion: 'v1', kind: 'Event' }] },
  ContainerSource: { sink, template: { spec: { containers: [{ image: 'a' }] } } },
  SinkBinding: { sink, subject: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a' } },
  KafkaSource: { sink, topics: ['a'], bootstrapServers: ['kafka:9092'] },
};

describe('validateEventing', () => {
  it.each(validatedEventingKinds.map(({ kind }) => [kind]))('takes a good %s', (kind) => {
    expect(said(anObject(kind, GOOD[kind] ?? {}))).toEqual([]);
  });

  it.each<[kind: string, spec: JsonObject, expected: string[]]>([
    ['Trigger', {}, ['/spec/broker: missing field(s)', '/spec/subscriber: expected at least one, got none: ref, uri']],
    [
      'Trigger',
      { broker: 'a', brokerRef: { apiVersion: 'v1', kind: 'Broker', name: 'b' }, subscriber: sink },
      ['/spec/brokerRef: expected exactly one, got both: broker, brokerRef'],
    ],
    [
      'Trigger',
      { broker: 'a', subscriber: { uri: '/x' } },
      [
        '/spec/subscriber/uri: invalid value: Relative URI is not allowed when Ref and [apiVersion, kind, name] is absent',
      ],
    ],
    [
      'Trigger',
      { broker: 'a', subscriber: { uri: 'http://user@/x' } },
      [
        '/spec/subscriber/uri: invalid value: Relative URI is not allowed when Ref and [apiVersion, kind, name] is absent',
      ],
    ],
    [
      'Trigger',
      { broker: 'a', subscriber: { ...sink, uri: 'http://a' } },
      [
        '/spec/subscriber/uri: Absolute URI is not allowed when Ref or [apiVersion, kind, name] is present: [apiVersion, kind, name], ref, uri',
      ],
    ],
    [
      'Trigger',
      { broker: 'a', subscriber: { ref: { kind: 'Service' } } },
      ['/spec/subscriber/ref/name: missing field(s)', '/spec/subscriber/ref/apiVersion: missing field(s)'],
    ],
    [
      'Trigger',
      { broker: 'a', subscriber: sink, filter: { attributes: { 'my-type': 'a' } } },
      ['/spec/filter/attributes/my-type: invalid key name "my-type"'],
    ],
    [
      'Trigger',
      { broker: 'a', subscriber: sink, filters: [{ exact: { type: 'a' }, prefix: { type: 'b' } }] },
      ['/spec/filters/0: multiple dialects found, filters can have only one dialect set'],
    ],
    [
      'Trigger',
      { broker: 'a', subscriber: sink, filters: [{ any: [{ not: { suffix: { A: 'b' } } }] }] },
      ['/spec/filters/0/any/0/not/suffix/A: invalid key name "A"'],
    ],
    [
      'Trigger',
      { broker: 'a', subscriber: sink, filters: [{ cesql: "type LIKE 'order.%' AND EXISTS subject" }, { cesql: '' }] },
      [],
    ],
    [
      'Trigger',
      { broker: 'a', subscriber: sink, filters: [{ any: [{ not: { cesql: "type == 'a'" } }] }] },
      ["/spec/filters/0/any/0/not/cesql: invalid value: type == 'a'"],
    ],
    [
      'Broker',
      { delivery: { retry: -1, backoffPolicy: 'fixed', backoffDelay: '5s' } },
      [
        '/spec/delivery/retry: invalid value: -1',
        '/spec/delivery/backoffPolicy: invalid value: fixed',
        '/spec/delivery/backoffDelay: invalid value: 5s',
      ],
    ],
    [
      'Broker',
      { delivery: { timeout: 'PT0S', retryAfterMax: 'PT1S', format: 'xml' } },
      [
        '/spec/delivery/format: invalid value: xml',
        '/spec/delivery/timeout: invalid value: PT0S',
        '/spec/delivery/retryAfterMax: must not set the field(s)',
      ],
    ],
    [
      'Broker',
      { config: { name: 'a' } },
      ['/spec/config/apiVersion: missing field(s)', '/spec/config/kind: missing field(s)'],
    ],
    [
      'Channel',
      { channelTemplate: { kind: 'X' }, subscribers: [{}] },
      ['/spec/channelTemplate/apiVersion: missing field(s)', '/spec/subscribers: must not set the field(s)'],
    ],
    [
      'Channel',
      { delivery: { deadLetterSink: { ref: { ...sink.ref, namespace: 'other' } } } },
      ['/spec/delivery/deadLetterSink/ref/namespace: mismatched namespaces'],
    ],
    ['Subscription', { subscriber: sink }, ['/spec/channel: missing field(s)']],
    [
      'Subscription',
      { channel: { ...channel, namespace: 'shop' } },
      ['/spec/channel/namespace: must not set the field(s)', '/spec/subscriber: missing field(s)'],
    ],
    ['Sequence', { channelTemplate: template }, ['/spec/steps: missing field(s)']],
    ['Sequence', { steps: [sink, {}] }, ['/spec/steps/1: expected at least one, got none: ref, uri']],
    [
      'Sequence',
      { steps: [{ ...sink, delivery: { retry: -2 } }], reply: {} },
      ['/spec/steps/0/delivery/retry: invalid value: -2', '/spec/reply: expected at least one, got none: ref, uri'],
    ],
    ['Parallel', {}, ['/spec/branches: missing field(s)']],
    [
      'Parallel',
      { branches: [{ filter: {} }] },
      [
        '/spec/branches/0/filter: expected at least one, got none: ref, uri',
        '/spec/branches/0/subscriber: expected at least one, got none: ref, uri',
      ],
    ],
    [
      'PingSource',
      { sink, schedule: '60 * * * *' },
      ['/spec/schedule: invalid value: end of range (60) above maximum (59): 60'],
    ],
    ['PingSource', { sink, schedule: '@every 5m' }, ['/spec/schedule: invalid value: unsupported descriptor @every']],
    ['PingSource', { sink, schedule: '30 0 8 * * *' }, []],
    [
      'PingSource',
      { sink, timezone: 'Nowhere' },
      ['/spec/timezone: invalid value: provided bad location Nowhere: unknown time zone Nowhere'],
    ],
    [
      'PingSource',
      { sink, data: 'a', dataBase64: 'YQ==' },
      ['/spec/dataBase64: expected exactly one, got both: data, dataBase64'],
    ],
    [
      'PingSource',
      { sink, data: '[1]', contentType: 'application/json' },
      ['/spec/data: invalid value: json: cannot unmarshal array into Go value of type map[string]interface {}'],
    ],
    [
      'PingSource',
      { sink, data: '{', contentType: 'application/json' },
      ['/spec/data: invalid value: the contentType is application/json, and this is no JSON'],
    ],
    [
      'PingSource',
      { sink, dataBase64: 'a b=' },
      ['/spec/dataBase64: invalid value: illegal base64 data at input byte 1'],
    ],
    [
      'PingSource',
      { ceOverrides: { extensions: { 'a-b': 'c' } } },
      [
        '/spec/sink: expected at least one, got none: ref, uri',
        '/spec/ceOverrides/extensions/a-b: invalid key name "a-b"',
      ],
    ],
    ['ApiServerSource', { sink, mode: 'Ref' }, ['/spec/mode: invalid value: Ref', '/spec/resources: missing field(s)']],
    [
      'ApiServerSource',
      { sink, resources: [{ apiVersion: 'a/b/c', kind: ' ' }], filters: [{}] },
      [
        '/spec/resources/0/apiVersion: invalid value: a/b/c',
        '/spec/resources/0/kind: missing field(s)',
        '/spec/filters: Filters is not empty but the NewAPIServerFilters feature is disabled.',
      ],
    ],
    [
      'ContainerSource',
      { sink, template: { spec: { containers: [{ name: 'a' }] } } },
      ['/spec/template/spec/containers/0/image: missing field(s)'],
    ],
    ['ContainerSource', { sink }, ['/spec/template/spec/containers: missing field(s)']],
    [
      'SinkBinding',
      { sink, subject: { apiVersion: 'apps/v1', kind: 'Deployment' } },
      ['/spec/subject: expected exactly one, got neither: name, selector'],
    ],
    [
      'SinkBinding',
      { sink, subject: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a', namespace: 'other' } },
      ['/spec/subject/namespace: invalid value: other'],
    ],
    [
      'KafkaSource',
      { sink, initialOffset: 'first', ordering: 'x' },
      [
        '/spec/topics: missing field(s)',
        '/spec/bootstrapServers: missing field(s)',
        '/spec/initialOffset: invalid value: first',
        '/spec/ordering: invalid value: x',
      ],
    ],
    [
      'KafkaChannel',
      { retentionDuration: '7d', numPartitions: -1 },
      ['/spec/numPartitions: invalid value: -1', '/spec/retentionDuration: invalid value: 7d'],
    ],
  ])('%s %j', (kind, spec, expected) => {
    expect(said(anObject(kind, spec))).toEqual(expected);
  });

  it.each<[annotations: JsonObject, expected: string[]]>([
    [{ 'knative.dev/dependency': '{"apiVersion":"v1","kind":"A","name":"b"}' }, []],
    [{ 'knative.dev/dependency': 'a' }, ['The provided annotation was not a corev1.ObjectReference: "a"']],
    [
      { 'knative.dev/dependency': '{}' },
      ['missing field(s): kind', 'missing field(s): name', 'missing field(s): apiVersion'],
    ],
    [
      { 'eventing.knative.dev/injection': 'enabled' },
      ['The provided injection annotation is only used for default broker, but non-default broker specified here: "b"'],
    ],
    [
      { 'eventing.knative.dev/injection': 'on' },
      ['The provided injection annotation value can only be "enabled" or "disabled", not "on"'],
    ],
  ])("judges a Trigger's annotations %j", (annotations, expected) => {
    const trigger = anObject('Trigger', GOOD.Trigger ?? {}, { annotations });
    expect(validateEventing(trigger).map(({ message }) => message)).toEqual(expected);
  });

  it("judges a Kafka Broker's config as its own webhook does", () => {
    const broker = (name: string, config: JsonObject) =>
      said(
        anObject(
          'Broker',
          { config: { apiVersion: 'v1', name: 'a', ...config } },
          { annotations: { 'eventing.knative.dev/broker.class': name } },
        ),
      );
    expect(broker('Kafka', { kind: 'Secret' })).toEqual(['/spec/config/kind: invalid value: Secret']);
    expect(broker('KafkaNamespaced', { kind: 'ConfigMap', namespace: 'other' })).toEqual([
      '/spec/config/namespace: invalid value: other',
    ]);
    expect(broker('Kafka', { kind: 'ConfigMap', namespace: 'other' })).toEqual([]);
  });

  it.each<[kind: string, spec: JsonObject, expected: string[]]>([
    [
      'Broker',
      { delivery: { retry: '5' } },
      ['/spec/delivery/retry: cannot decode incoming new object: expected a 32-bit whole number, got the text "5"'],
    ],
    ['Broker', { delivery: { retries: 5 } }, ['/spec/delivery/retries: unknown field "spec.delivery.retries"']],
    [
      'Trigger',
      { ...GOOD.Trigger, filter: { attributes: { version: 1 } } },
      ['/spec/filter/attributes/version: cannot decode incoming new object: expected a text, got 1; write "1"'],
    ],
    ['Sequence', { steps: {} }, ['/spec/steps: cannot decode incoming new object: expected a list, got an object']],
  ])('%s %j does not decode', (kind, spec, expected) => {
    expect(said(anObject(kind, spec))).toEqual(expected);
  });

  it('hangs on the features that the cluster has', () => {
    const broker = anObject('Broker', { delivery: { timeout: 'PT5S', retryAfterMax: 'PT1S' } });
    expect(said(broker, { 'delivery-retryafter': 'Enabled' })).toEqual([]);
    expect(said(broker, { 'delivery-retryafter': 'enabled', 'delivery-timeout': 'disabled' })).toEqual([
      '/spec/delivery/timeout: must not set the field(s)',
    ]);
  });

  it("looks at an ApiServerSource's filters where the cluster has them", () => {
    const filters = [{ cesql: "type = 'a" }, { exact: { type: 'a' }, suffix: { B: 'b' } }];
    const source = anObject('ApiServerSource', { ...GOOD.ApiServerSource, filters });
    expect(said(source, { 'new-apiserversource-filters': 'enabled' })).toEqual([
      "/spec/filters/0/cesql: invalid value: type = 'a",
      '/spec/filters/1: multiple dialects found, filters can have only one dialect set',
      '/spec/filters/1/suffix/B: invalid key name "B"',
    ]);
    expect(said(source)).toHaveLength(1);
  });

  it('says why an expression does not parse, and leaves one alone that is only long', () => {
    const trigger = (cesql: string) => anObject('Trigger', { broker: 'a', subscriber: sink, filters: [{ cesql }] });
    expect(validateEventing(trigger(`${"type = 'a' OR ".repeat(10)}type LIKE 5`))).toEqual([
      {
        path: '/spec/filters/0/cesql',
        message: "invalid value: type = 'a' OR type = 'a' OR type = 'a' O…",
        details: "5 at column 151 stands where a pattern in quotes, such as 'order.%', belongs",
      },
    ]);
    expect(validateEventing(trigger(`type = 'a'${" OR type = 'a'".repeat(5000)}`))).toEqual([]);
  });

  it('reads of the expressions of one Trigger 200,000 characters, and leaves the others alone', () => {
    const wrong = `type = ${' '.repeat(9_900)}`;
    const filters = Array.from({ length: 30 }, () => ({ cesql: wrong }));
    expect(validateEventing(anObject('Trigger', { broker: 'a', subscriber: sink, filters }))).toHaveLength(20);
  });

  it('leaves other kinds, and versions that are gone, to others', () => {
    expect(validateEventing({ apiVersion: 'v1', kind: 'Service', spec: 5 })).toEqual([]);
    expect(validateEventing({ ...anObject('Trigger', {}), apiVersion: 'eventing.knative.dev/v1beta1' })).toEqual([]);
  });

  it('bears filters of any depth', () => {
    let filter: JsonObject = { exact: { Type: 'a' } };
    for (let depth = 0; depth < 20_000; depth++) filter = { not: filter };
    expect(validateEventing(anObject('Trigger', { broker: 'a', subscriber: sink, filters: [filter] }))).toHaveLength(1);
  });
});
