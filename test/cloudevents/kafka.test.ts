import { describe, expect, it } from '@jest/globals';
import type { CloudEvent } from '../../src/cloudevents/event.ts';
import { decodeRecord, encodeRecord, type RecordContent, type RecordHeader } from '../../src/cloudevents/kafka.ts';

function record(headers: Readonly<Record<string, string>>, value?: string): RecordContent {
  return {
    key: undefined,
    value: value === undefined ? undefined : Buffer.from(value),
    headers: Object.entries(headers).map(([name, text]): RecordHeader => [name, Buffer.from(text)]),
  };
}

const BINARY = { ce_specversion: '1.0', ce_id: '1', ce_source: '/shell', ce_type: 'order.placed' };
const STRUCTURED = { 'content-type': 'application/cloudevents+json; charset=utf-8' };

describe('the event of a record', () => {
  it('in binary mode has its attributes in headers, as they are', () => {
    const read = decodeRecord(
      record({ ...BINARY, ce_subject: '100 % café', 'content-type': 'application/json', other: 'x' }, '{"a": 1}'),
    );
    expect(read.ok && Object.fromEntries(read.event.attributes)).toEqual({
      specversion: '1.0',
      id: '1',
      source: '/shell',
      type: 'order.placed',
      subject: '100 % café',
      datacontenttype: 'application/json',
    });
    expect(read.ok && read.event.data?.toString()).toBe('{"a": 1}');
  });

  it.each<[title: string, content: RecordContent]>([
    ['without a value', record(BINARY)],
    ['with an empty value', record(BINARY, '')],
  ])('%s has no data', (_, content) => {
    const read = decodeRecord(content);
    expect(read.ok && read.event.data).toBeUndefined();
    expect(read.ok).toBe(true);
  });

  it('in structured mode is the value', () => {
    const read = decodeRecord(
      record(
        STRUCTURED,
        '{"specversion":"1.0","id":"1","source":"/s","type":"t","n":7,"data":{"big":12345678901234567890}}',
      ),
    );
    expect(read.ok && Object.fromEntries(read.event.attributes)).toMatchObject({ id: '1', n: 7 });
    expect(read.ok && read.event.data?.toString()).toBe('{"big":12345678901234567890}');
  });

  it('reads names of headers in any case, and of several the last', () => {
    const headers: RecordHeader[] = [
      ...record(BINARY).headers.map(([name, text]): RecordHeader => [name.toUpperCase(), text]),
      ['Content-Type', Buffer.from('text/plain')],
      ['CE_ID', Buffer.from('2')],
    ];
    const read = decodeRecord({ key: undefined, value: undefined, headers });
    expect(read.ok && Object.fromEntries(read.event.attributes)).toMatchObject({
      id: '2',
      datacontenttype: 'text/plain',
    });
  });

  it.each<[title: string, content: RecordContent, isEvent: boolean]>([
    ['has no headers', record({}, 'hello'), false],
    ['has other headers', record({ 'content-type': 'application/json' }, '{}'), false],
    ['lacks an id', record({ ...BINARY, ce_id: '' }), true],
    ['is of another version', record({ ...BINARY, ce_specversion: '0.3' }), true],
    ['is a batch', record({ 'content-type': 'application/cloudevents-batch+json' }, '[]'), true],
    ['is said to be structured and is none', record(STRUCTURED, 'hello'), true],
    ['is said to be structured and is empty', record(STRUCTURED), true],
    ['sets __proto__', record({ ...BINARY, ce___proto__: 'x' }), true],
  ])('is none that %s', (_, content, isEvent) => {
    expect(decodeRecord(content)).toMatchObject({ ok: false, isEvent });
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('the record of an event', () => {
  const event: CloudEvent = {
    attributes: new Map<string, string | number>([
      ['specversion', '1.0'],
      ['id', '1'],
      ['source', '/shell'],
      ['type', 'order.placed'],
      ['datacontenttype', 'application/json'],
      ['partitionkey', 'café'],
      ['n', 7],
    ]),
    data: Buffer.from('{"a":1}'),
  };

  function texts({ headers }: RecordContent): Record<string, string> {
    return Object.fromEntries(headers.map(([name, text]) => [name, text.toString()]));
  }

  it('in binary mode has attributes as headers, and the key that the event names', () => {
    const written = encodeRecord(event, 'binary');
    expect(texts(written)).toEqual({
      ce_specversion: '1.0',
      ce_id: '1',
      ce_source: '/shell',
      ce_type: 'order.placed',
      'content-type': 'application/json',
      ce_partitionkey: 'café',
      ce_n: '7',
    });
    expect(written.key?.toString()).toBe('café');
    expect(written.value?.toString()).toBe('{"a":1}');
  });

  it('in structured mode is JSON', () => {
    const written = encodeRecord(event, 'structured');
    expect(texts(written)).toEqual({ 'content-type': 'application/cloudevents+json' });
    expect(JSON.parse(written.value?.toString() ?? '')).toMatchObject({ id: '1', n: 7, data: { a: 1 } });
    expect(written.key?.toString()).toBe('café');
  });

  it('has neither key nor value where the event has none', () => {
    const attributes = new Map([...event.attributes].filter(([name]) => name !== 'partitionkey'));
    expect(encodeRecord({ attributes, data: undefined }, 'binary')).toMatchObject({ key: undefined, value: undefined });
  });

  it.each(['binary', 'structured'] as const)('reads back in %s mode', (mode) => {
    const read = decodeRecord(encodeRecord(event, mode));
    expect(read.ok && String(read.event.attributes.get('partitionkey'))).toBe('café');
    expect(read.ok && read.event.data).toEqual(event.data);
  });
});
