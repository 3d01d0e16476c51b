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
    send: ({ url, event, headers, timeout }) =>
      new Promise((resolve) => {
        const target = URL.canParse(url) ? new URL(url) : undefined;
        if (target === undefined || (target.protocol !== 'http:' && target.protocol !== 'https:')) {
          resolve({ status: undefined, error: `${url} is no URL of http or https` });
          return;
        }
        const isTls = target.protocol === 'https:';
        const message = encodeEvent(event);
        const outgoing = (isTls ? overHttps : overHttp)(
          target,
          {
            method: 'POST',
            agent: isTls ? https : http,
            headers: { ...headers, ...message.headers, 'content-length': message.body.length },
          },
          (incoming) => {
            readAll(incoming).then(done, fail);
          },
        );
        const timer = timeout === undefined ? undefined : setTimeout(() => outgoing.destroy(timeUp(timeout)), timeout);
        const done = (sent: Sent) => {
          clearTimeout(timer);
          resolve(sent);
        };
        const fail = (error: unknown) => done({ status: undefined, error: messageOf(error) });
        outgoing.on('error', fail);
        outgoing.end(message.body);
      }),
    close() {
      http.destroy();
      https.destroy();
    },
  };
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
