/**
 * The address of every Broker and Channel: `POST /namespace/broker` at the Brokers' host, `POST /` at a Channel's own
 * (knative/specs eventing/data-plane.md, knative/eventing pkg/broker/ingress). 202 means that the event is on the disk.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { decodeEvent } from '../../cloudevents/http.ts';
import type { Eventing, Received } from './eventing.ts';
import type { PassedHeaders } from './log/kept.ts';
import { MOST_BYTES } from './send.ts';

export interface IngressOptions {
  readonly eventing: Pick<Eventing, 'receive'>;
  /** Whether there is such a topic; events for others are refused. */
  isTopic(key: string): boolean;
  /** 0 takes any that is free. */
  readonly port: number;
}

export interface Ingress {
  readonly port: number;
  close(): Promise<void>;
}

/** Of the loopback interface alone. */
const BIND = '127.0.0.1';
const CHANNEL_HOST = /^([^.]+)-kn-channel\.([^.]+)\.svc(\.cluster\.local)?$/;
/** knative/eventing pkg/utils/headers.go, with the trace context of the W3C. */
const PASSED = /^(knative-.*|x-b3-.*|x-request-id|traceparent|tracestate)$/;
const STATUS = { full: 429, loop: 400, refused: 503 } as const;

export function startIngress({ eventing, isTopic, port }: IngressOptions): Promise<Ingress> {
  const server = createServer((request, response) => {
    answer(request, { eventing, isTopic }).then(
      ({ status, text }) => end(response, status, text),
      () => response.destroy(),
    );
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, BIND, () => {
      const address = server.address();
      resolve({
        port: typeof address === 'object' && address !== null ? address.port : port,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeIdleConnections();
          }),
      });
    });
  });
}

interface Answer {
  readonly status: number;
  /** Says what was wrong; empty where nothing was. */
  readonly text: string;
}

async function answer(
  request: IncomingMessage,
  { eventing, isTopic }: Pick<IngressOptions, 'eventing' | 'isTopic'>,
): Promise<Answer> {
  if (request.method === 'OPTIONS') return { status: 200, text: '' };
  if (request.method !== 'POST') return { status: 405, text: `${request.method} is not taken here; POST an event` };
  const topic = topicOf(request.headers.host ?? '', request.url ?? '/');
  if (topic === undefined) {
    return { status: request.url === '/' ? 404 : 400, text: 'the path must be /namespace/broker' };
  }
  if (!isTopic(topic)) return { status: 404, text: `there is no ${topic.replace(':', ' ')}` };

  const body = await bodyOf(request);
  if (body === undefined) return { status: 413, text: `an event has ${MOST_BYTES} bytes at most` };
  const decoded = decodeEvent(request.headers, body);
  if (!decoded.ok) return { status: 400, text: decoded.problem };
  const received: Received = await eventing.receive(topic, decoded.event, passedHeaders(request));
  if (received.is === 'kept') return { status: 202, text: '' };
  return { status: STATUS[received.is], text: received.problem };
}

function topicOf(host: string, url: string): string | undefined {
  const channel = CHANNEL_HOST.exec(host.replace(/:\d+$/, '').toLowerCase());
  if (channel !== null) return `channel:${channel[2]}/${channel[1]}`;
  const path = /^\/([^/?]+)\/([^/?]+)\/?$/.exec(url);
  return path === null ? undefined : `broker:${path[1]}/${path[2]}`;
}

/** @returns undefined where it is larger than an event may be */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > MOST_BYTES) return undefined;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function passedHeaders(request: IncomingMessage): PassedHeaders {
  const passed: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (typeof value === 'string' && PASSED.test(name)) passed[name] = value;
  }
  return passed;
}

function end(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.setHeader('allow', 'POST, OPTIONS');
  if (status === 200) {
    // any origin, and any rate (cloudevents/spec http-webhook.md)
    response.setHeader('webhook-allowed-origin', '*');
    response.setHeader('webhook-allowed-rate', '*');
  }
  if (status === 429) response.setHeader('retry-after', '1');
  // what is left of a body that was too large is not read
  if (status === 413) response.setHeader('connection', 'close');
  if (text === '') response.setHeader('content-length', '0');
  else response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.end(text === '' ? undefined : `${text}\n`);
}
