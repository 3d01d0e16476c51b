import { describe, expect, it } from '@jest/globals';
import {
  kafkaRetries,
  kafkaSourceSpec,
  recordAttributes,
  type SourceRecord,
  wrappedRecord,
} from '../../../../src/knative/eventing/sources/kafka.ts';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';

function aSource(spec: JsonObject = {}, metadata: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'sources.knative.dev/v1',
    kind: 'KafkaSource',
    metadata: { namespace: 'shop', name: 'orders', uid: 'uid-1', ...metadata },
    spec: { bootstrapServers: ['a:9092, b:9092', 'c:9092'], topics: ['orders'], ...spec },
  };
}

const RECORD: SourceRecord = {
  topic: 'orders',
  partition: 3,
  offset: 12345678901n,
  timestamp: Date.parse('2026-03-01T08:00:00.5Z'),
  key: undefined,
  value: Buffer.from('hello'),
  headers: [],
};

function wrapped(record: Partial<SourceRecord> = {}, keyType?: string): Record<string, string> {
  const labels = keyType === undefined ? {} : { 'kafkasources.sources.knative.dev/key-type': keyType };
  return Object.fromEntries(wrappedRecord(aSource({}, { labels }), { ...RECORD, ...record }));
}

describe('the spec of a KafkaSource', () => {
  it('is filled in as by the webhook of a cluster, with a group of its own', () => {
    expect(kafkaSourceSpec(aSource())).toEqual({
      bootstrapServers: ['a:9092', 'b:9092', 'c:9092'],
      topics: ['orders'],
      consumerGroup: 'knative-kafka-source-uid-1',
      consumers: 1,
      initialOffset: 'latest',
      isOrdered: true,
    });
  });

  it('says what it says', () => {
    const spec = {
      consumerGroup: 'g',
      consumers: 4,
      initialOffset: 'earliest',
      ordering: 'unordered',
      topics: ['a', 'a', 'b'],
    };
    expect(kafkaSourceSpec(aSource(spec))).toMatchObject({
      consumerGroup: 'g',
      consumers: 4,
      initialOffset: 'earliest',
      isOrdered: false,
      topics: ['a', 'b'],
    });
  });

  it.each<[consumers: JsonObject[string], expected: number]>([
    [0, 0],
    [-1, 0],
    [1_000_000, 32],
    ['4', 1],
    [{}, 1],
  ])('has %j consumers as %d', (consumers, expected) => {
    expect(kafkaSourceSpec(aSource({ consumers: consumers ?? null })).consumers).toBe(expected);
  });

  it('may have any shape', () => {
    expect(kafkaSourceSpec({ spec: 7 })).toMatchObject({ bootstrapServers: [], topics: [] });
    expect(kafkaSourceSpec({ spec: { topics: [1, 'a', null], bootstrapServers: { __proto__: null } } }).topics).toEqual(
      ['a'],
    );
  });
});

describe('the retries of a KafkaSource', () => {
  const waits = (spec: JsonObject, count = 3): number[] => {
    const { wait } = kafkaRetries(aSource(spec));
    return Array.from({ length: count }, (_, retry) => wait(retry, { status: 500 }, 0));
  };

  it.each<[title: string, delivery: JsonObject | undefined, most: number, timeout: number, expected: number[]]>([
    ['without a delivery', undefined, 10, 600_000, [600, 1200, 2400]],
    ['with an empty one', {}, 0, 600_000, [400, 800, 1600]],
    [
      'linear',
      { retry: 2, backoffPolicy: 'linear', backoffDelay: 'PT1S', timeout: 'PT5S' },
      2,
      5000,
      [1000, 2000, 3000],
    ],
    ['of a delay alone', { retry: 2, backoffDelay: 'PT1S' }, 2, 600_000, [2000, 4000, 8000]],
  ])('%s', (_, delivery, most, timeout, expected) => {
    const spec: JsonObject = delivery === undefined ? {} : { delivery };
    expect(kafkaRetries(aSource(spec))).toMatchObject({ most, timeout });
    expect(waits(spec)).toEqual(expected);
  });
});

describe('the event of a record that is none', () => {
  it('says where the record stands', () => {
    expect(wrapped()).toEqual({
      specversion: '1.0',
      id: 'partition:3/offset:12345678901',
      type: 'dev.knative.kafka.event',
      source: '/apis/v1/namespaces/shop/kafkasources/orders#orders',
      subject: 'partition:3#12345678901',
      time: '2026-03-01T08:00:00.500Z',
    });
    expect(recordAttributes(RECORD)).toEqual({ knativekafkapartition: '3', knativekafkaoffset: '12345678901' });
  });

  it.each<[type: string | undefined, key: Buffer, expected: string]>([
    [undefined, Buffer.from('café'), 'café'],
    ['string', Buffer.from('café'), 'café'],
    ['unheard-of', Buffer.from('café'), 'café'],
    ['int', Buffer.from([0xff, 0xff, 0xff, 0xfe]), '-2'],
    ['int', Buffer.from('abc'), 'abc'],
    ['float', Buffer.from([0x41, 0x41, 0x99, 0x9a]), '12.1'],
    ['float', Buffer.from([0x3f, 0x80, 0, 0]), '1.0'],
    ['float', Buffer.from([0x3f, 0xf1, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a]), '1.1'],
    ['float', Buffer.from('abc'), 'abc'],
    ['byte-array', Buffer.from([0, 1, 255]), 'AAH/'],
  ])('reads a key by the label %s', (type, key, expected) => {
    expect(wrapped({ key }, type)).toMatchObject({ key: expected, partitionkey: expected });
  });

  it('has no key of an empty one', () => {
    expect(wrapped({ key: Buffer.alloc(0) })).not.toHaveProperty('key');
  });

  it('keeps headers, with names that an attribute may have', () => {
    const headers = [
      ['X-Trace_Id', Buffer.from('7')],
      ['Content-Type', Buffer.from('Application/JSON')],
      ['ce_id', Buffer.from('1')],
    ] as const;
    expect(wrapped({ headers })).toMatchObject({
      kafkaheaderxtraceid: '7',
      kafkaheaderceid: '1',
      datacontenttype: 'application/json',
    });
  });

  it('leaves out a content type that is none, of which nobody would take the event', () => {
    for (const text of ['any thing', 'text/plain; x="日本"', 'text/plain\n']) {
      expect(wrapped({ headers: [['content-type', Buffer.from(text)]] })).not.toHaveProperty('datacontenttype');
    }
  });

  it.each([-1, Number.NaN, 8.64e15 + 1, 1e20])('has a time also of the timestamp %d', (timestamp) => {
    expect(wrapped({ timestamp }).time).toBe('1970-01-01T00:00:00.000Z');
  });
});
