/** Sends events by HTTP, with connections that are kept. */
import { Agent as HttpAgent, type IncomingMessage, request as overHttp } from 'node:http';
import { Agent as HttpsAgent, request as overHttps } from 'node:https';
import type { CloudEvent } from '../../cloudevents/event.ts';
import { encodeEvent, type Headers } from '../../cloudevents/http.ts';
import { messageOf } from '../database/storeError.ts';
import type { PassedHeaders } from './log/kept.ts';

export interface SendRequest {
  readonly url: string;
  readonly event: CloudEvent;
  readonly headers: PassedHeaders;
  /** Milliseconds; undefined waits as long as the connection lasts. */
  readonly timeout: number | undefined;
}

export type Sent =
  | {
      readonly status: number;
      readonly headers: Headers;
      readonly body: Buffer;
      readonly retryAfter: string | undefined;
    }
  /** No answer came, or not all of it. */
  | { readonly status: undefined; readonly error: string };

/** Resolves whatever happens. */
export type Send = (request: SendRequest) => Promise<Sent>;

export interface Sender {
  readonly send: Send;
  close(): void;
}

/** Connections to one host. */
const MOST_CONNECTIONS = 100;
/** Of an answer: as much as an event may have. */
export const MOST_BYTES = 8 * 1024 * 1024;

export function startSender(): Sender {
  const options = { keepAlive: true, maxSockets: MOST_CONNECTIONS, maxFreeSockets: 16 };
  const http = new HttpAgent(options);
  const https = new HttpsAgent(options);
  return {
    send: (request) =>
      new Promise((resolve) => {
        const { url } = request;
        const target = URL.canParse(url) ? new URL(url) : undefined;
        if (target === undefined || (target.protocol !== 'http:' && target.protocol !== 'https:')) {
          resolve({ status: undefined, error: `${url} is no URL of http or https` });
          return;
        }
        post(target, target.protocol === 'https:' ? https : http, request, resolve);
      }),
    close() {
      http.destroy();
      https.destroy();
    },
  };
}

function post(target: URL, agent: HttpAgent, request: SendRequest, resolve: (sent: Sent) => void): void {
  const { event, headers, timeout } = request;
  let timer: NodeJS.Timeout | undefined;
  const done = (sent: Sent) => {
    clearTimeout(timer);
    resolve(sent);
  };
  const fail = (error: unknown) => done({ status: undefined, error: messageOf(error) });
  try {
    const message = encodeEvent(event);
    let isAnswered = false;
    const all = { ...headers, ...message.headers, 'content-length': message.body.length };
    const over = agent instanceof HttpsAgent ? overHttps : overHttp;
    const outgoing = over(target, { method: 'POST', agent, headers: all }, (incoming) => {
      isAnswered = true;
      readAll(incoming).then(done, fail);
    });
    if (timeout !== undefined) timer = setTimeout(() => outgoing.destroy(timeUp(timeout)), timeout);
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      // the other side had just closed a connection that was kept: that is no attempt, and the next one is on another
      const isStale = outgoing.reusedSocket && error.code === 'ECONNRESET' && !isAnswered;
      if (!isStale) return fail(error);
      clearTimeout(timer);
      post(target, agent, request, resolve);
    });
    outgoing.end(message.body);
  } catch (error) {
    // something of the event is no header: a content type may hold any letter
    fail(error);
  }
}

function timeUp(timeout: number): Error {
  return new Error(`no answer within ${timeout} ms`);
}

async function readAll(incoming: IncomingMessage): Promise<Sent> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) {
      incoming.destroy();
      return { status: undefined, error: `the answer has more than ${MOST_BYTES} bytes` };
    }
    chunks.push(chunk);
  }
  const retryAfter = incoming.headers['retry-after'];
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks), retryAfter };
}
