import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CloudEvent } from '../../../src/cloudevents/event.ts';
import type { Received } from '../../../src/platform/eventing/eventing.ts';
import { type Ingress, startIngress } from '../../../src/platform/eventing/ingress.ts';

const BINARY = { 'ce-specversion': '1.0', 'ce-id': 'a-1', 'ce-source': '/orders', 'ce-type': 'order.placed' };
const TOPICS = ['broker:shop/default', 'channel:shop/steps'];

let ingress: Ingress;
let received: { readonly topic: string; readonly event: CloudEvent; readonly headers: object }[];
let next: Received;

beforeEach(async () => {
  received = [];
  next = { is: 'kept', seq: 1 };
  ingress = await startIngress({
    eventing: {
      async receive(topic, event, headers) {
        received.push({ topic, event, headers });
        return next;
      },
    },
    isTopic: (key) => TOPICS.includes(key),
    port: 0,
  });
});

afterEach(() => ingress.close());

interface Call {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

function call({ method = 'POST', path = '/shop/default', headers = BINARY, body = '{}' }: Call): Promise<{
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
}> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: ingress.port, method, path, headers, agent: false };
    const outgoing = request(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text, headers: response.headers }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

describe('the ingress', () => {
  it('takes an event for a Broker', async () => {
    const headers = { ...BINARY, 'x-request-id': 'r-1', 'knative-note': 'n', cookie: 'secret' };
    expect(await call({ headers })).toMatchObject({ status: 202, text: '' });
    expect(received).toMatchObject([
      { topic: 'broker:shop/default', headers: { 'x-request-id': 'r-1', 'knative-note': 'n' } },
    ]);
    expect(received[0]?.headers).not.toHaveProperty('cookie');
  });

  it('takes an event for a Channel by its host', async () => {
    const headers = { ...BINARY, host: 'steps-kn-channel.shop.svc.cluster.local:80' };
    expect(await call({ headers, path: '/' })).toMatchObject({ status: 202 });
    expect(received).toMatchObject([{ topic: 'channel:shop/steps' }]);
  });

  it.each<[string, Call, number, string]>([
    ['another method', { method: 'PUT' }, 405, 'PUT is not taken here; POST an event'],
    ['no path', { path: '/' }, 404, 'the path must be /namespace/broker'],
    ['half a path', { path: '/shop' }, 400, 'the path must be /namespace/broker'],
    ['a Broker that is not there', { path: '/shop/other' }, 404, 'there is no broker shop/other'],
    ['no event', { headers: {} }, 400, 'this is no CloudEvent'],
    [
      'a batch',
      { headers: { 'content-type': 'application/cloudevents-batch+json' }, body: '[]' },
      400,
      'a batch of events',
    ],
    ['too much', { body: Buffer.alloc(8 * 1024 * 1024 + 1) }, 413, 'an event has 8388608 bytes at most'],
  ])('refuses %s', async (_, what, status, text) => {
    const answer = await call(what);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(text);
    expect(received).toEqual([]);
  });

  it.each<[Received, number]>([
    [{ is: 'full', problem: 'too much waits' }, 429],
    [{ is: 'loop', problem: 'it came back' }, 400],
    [{ is: 'refused', problem: 'the disk is full' }, 503],
  ])('says what becomes of %j', async (what, status) => {
    next = what;
    const answer = await call({});
    expect(answer).toMatchObject({ status, text: `${'problem' in what ? what.problem : ''}\n` });
    expect(answer.headers['retry-after']).toBe(status === 429 ? '1' : undefined);
  });

  it('answers who asks whether it may send', async () => {
    expect(await call({ method: 'OPTIONS', path: '/shop/default', body: '' })).toMatchObject({
      status: 200,
      headers: { 'webhook-allowed-origin': '*', 'webhook-allowed-rate': '*' },
    });
  });
});
