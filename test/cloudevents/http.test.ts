import { describe, expect, it } from '@jest/globals';
import { HTTP, CloudEvent as SdkEvent } from 'cloudevents';
import { decodeEvent, encodeEvent, type Headers } from '../../src/cloudevents/http.ts';

const BINARY = { 'ce-specversion': '1.0', 'ce-id': 'a-1', 'ce-source': '/orders', 'ce-type': 'order.placed' };
const STRUCTURED = { specversion: '1.0', id: 'a-1', source: '/orders', type: 'order.placed' };
const JSON_TYPE = { 'content-type': 'application/cloudevents+json; charset=utf-8' };

function read(headers: Headers, body = '') {
  const decoded = decodeEvent(headers, Buffer.from(body));
  if (!decoded.ok) throw new Error(decoded.problem);
  const { attributes, data } = decoded.event;
  return { attributes: Object.fromEntries(attributes), data: data?.toString('utf8') };
}

function problem(headers: Headers, body = ''): string {
  const decoded = decodeEvent(headers, Buffer.from(body));
  if (decoded.ok) throw new Error('it is an event');
  return decoded.problem;
}

const structured = (more: object) => read(JSON_TYPE, JSON.stringify({ ...STRUCTURED, ...more }));

describe('an event in binary mode', () => {
  it('has its attributes in headers, and its data as the body', () => {
    const headers = { ...BINARY, 'ce-region': 'eu', 'content-type': 'application/json', host: 'broker' };
    expect(read(headers, '{"a": 1.0}')).toEqual({
      attributes: { ...STRUCTURED, region: 'eu', datacontenttype: 'application/json' },
      data: '{"a": 1.0}',
    });
  });

  it('has no data without a body', () => {
    expect(read(BINARY).data).toBeUndefined();
  });

  it.each([
    ['Gr%C3%B6%C3%9Fe%20%25', 'Größe %'],
    ['100%', '100%'],
    ['%zz', '%zz'],
  ])('has %s as %s', (header, value) => {
    expect(read({ ...BINARY, 'ce-subject': header }).attributes.subject).toBe(value);
  });
});

describe('an event in structured mode', () => {
  it.each([
    ['an object', { data: { a: 1 } }, '{"a":1}'],
    ['a text as JSON', { data: 'x' }, '"x"'],
    ['a text of another type', { data: 'x', datacontenttype: 'text/plain' }, 'x'],
    ['base64', { data_base64: 'aGk=' }, 'hi'],
    ['null', { data: null }, 'null'],
    ['none', {}, undefined],
  ])('has %s as data', (_, more, expected) => {
    expect(structured(more).data).toBe(expected);
  });

  it('keeps numbers as they are written', () => {
    const body = `{"specversion":"1.0", "data" : {"n": 12345678901234567890, "x":[1.50 ,"]}"]} , "id":"a","source":"s","type":"t"}`;
    expect(read(JSON_TYPE, body).data).toBe('{"n": 12345678901234567890, "x":[1.50 ,"]}"]}');
  });

  it('keeps the types of attributes, and knows none that is null', () => {
    expect(structured({ paid: true, amount: 7, gone: null }).attributes).toEqual({
      ...STRUCTURED,
      paid: true,
      amount: 7,
    });
  });
});

describe('what is no event', () => {
  it.each<[string, Headers, string, string]>([
    ['neither mode', { 'content-type': 'application/json' }, '{}', 'this is no CloudEvent'],
    ['a batch', { 'content-type': 'application/cloudevents-batch+json' }, '[]', 'a batch of events is not taken'],
    ['another format', { 'content-type': 'application/cloudevents+avro' }, '', 'are not read'],
    ['no JSON', JSON_TYPE, '{', 'the body is no JSON object'],
    ['a list', JSON_TYPE, '[]', 'the body is no JSON object'],
    ['an old version', { ...BINARY, 'ce-specversion': '0.3' }, '', 'specversion is "0.3", and must be "1.0"'],
    ['no id', { ...BINARY, 'ce-id': undefined }, '', 'the attribute id is missing'],
    ['an empty type', { ...BINARY, 'ce-type': ' ' }, '', 'the attribute type must be a text'],
    ['a name with a dash', { ...BINARY, 'ce-my-name': 'x' }, '', 'the attribute "my-name" is named'],
    ['a wrong time', { ...BINARY, 'ce-time': 'today' }, '', 'the attribute time is "today"'],
    ['an empty subject', { ...BINARY, 'ce-subject': '' }, '', 'the attribute subject is empty'],
    ['a relative schema', { ...BINARY, 'ce-dataschema': 'schema' }, '', 'the attribute dataschema is "schema"'],
    ['a wrong content type', { ...BINARY, 'content-type': 'json' }, '', 'the content type "json" is no media type'],
    [
      'a content type that is no header',
      JSON_TYPE,
      JSON.stringify({ ...STRUCTURED, datacontenttype: 'text/plain; x="日本"' }),
      'the content type "text/plain; x="日本"" is no media type',
    ],
    [
      'a content type of two lines',
      JSON_TYPE,
      JSON.stringify({ ...STRUCTURED, datacontenttype: 'text/plain\n' }),
      'is no media type',
    ],
    ['an attribute of many', JSON_TYPE, JSON.stringify({ ...STRUCTURED, a: {} }), 'the attribute a is neither'],
    ['a large number', JSON_TYPE, JSON.stringify({ ...STRUCTURED, a: 2 ** 31 }), 'an integer has 32 bits'],
    ['a number as id', JSON_TYPE, JSON.stringify({ ...STRUCTURED, id: 7 }), 'the attribute id must be a text'],
    ['two sorts of data', JSON_TYPE, JSON.stringify({ ...STRUCTURED, data: 1, data_base64: '' }), 'both data and'],
    ['wrong base64', JSON_TYPE, JSON.stringify({ ...STRUCTURED, data_base64: '*' }), 'data_base64 is not in base64'],
  ])('%s is told', (_, headers, body, expected) => {
    expect(problem(headers, body)).toContain(expected);
  });
});

describe('beside the SDK', () => {
  const event = new SdkEvent({
    ...STRUCTURED,
    subject: 'a-7',
    time: '2026-03-01T08:00:00.000Z',
    datacontenttype: 'application/json',
    region: 'eu',
    data: { amount: 12, items: ['a', 'b'] },
  });

  it.each([
    ['binary', HTTP.binary(event)],
    ['structured', HTTP.structured(event)],
  ])('what it writes in %s mode is read', (_, message) => {
    const headers = Object.fromEntries(
      Object.entries(message.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
    );
    const { attributes, data } = read(headers, String(message.body));
    expect(attributes).toMatchObject({ ...STRUCTURED, subject: 'a-7', region: 'eu', time: '2026-03-01T08:00:00.000Z' });
    expect(JSON.parse(data ?? '')).toEqual({ amount: 12, items: ['a', 'b'] });
  });

  it('what is written is read by it, and by us', () => {
    const decoded = decodeEvent(
      { ...BINARY, 'ce-region': 'eu', 'content-type': 'application/json' },
      Buffer.from('{"amount":12}'),
    );
    if (!decoded.ok) throw new Error(decoded.problem);
    const { headers, body } = encodeEvent(decoded.event);
    const theirs = HTTP.toEvent({ headers, body: body.toString('utf8') });
    expect(theirs).toMatchObject({ ...STRUCTURED, region: 'eu', data: { amount: 12 } });
    expect(decodeEvent(headers, body)).toEqual(decoded);
  });

  it('escapes what a header cannot hold', () => {
    const decoded = decodeEvent({ ...BINARY, 'ce-subject': 'Gr%C3%B6%C3%9Fe%20%22%25%0A' }, Buffer.alloc(0));
    if (!decoded.ok) throw new Error(decoded.problem);
    expect(encodeEvent(decoded.event).headers['ce-subject']).toBe('Gr%C3%B6%C3%9Fe%20%22%25%0A');
  });
});
