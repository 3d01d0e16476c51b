/**
 * The address of every Broker and Channel: `POST /namespace/broker` at the Brokers' host, `POST /` at a Channel's own, and
 * `POST /channels/namespace/channel` at any (knative/specs eventing/data-plane.md, knative/eventing pkg/broker/ingress).
 * 202 means that the event is on the disk.
 */
import { STATUS_CODES } from 'node:http';
import { decodeEvent } from '../../cloudevents/http.ts';
import { type Clock, systemClock } from '../../kubernetes/clock.ts';
import type { Conversation } from '../network/exchange/conversation.ts';
import { fieldValue, noFields } from '../network/http1/fields.ts';
import type { RequestHead, ResponseHead } from '../network/http1/head.ts';
import type { Client } from '../network/ingress/client.ts';
import { listenOn } from '../network/ingress/server.ts';
import type { Eventing, Received } from './eventing.ts';
import { headersOf } from './http/headers.ts';
import type { PassedHeaders } from './log/kept.ts';
import { ON_ITS_WAY } from './onItsWay.ts';
import { MOST_BYTES } from './send.ts';

export interface IngressOptions {
  readonly eventing: Pick<Eventing, 'receive'>;
  /** Whether there is such a topic; events for others are refused. Undefined while nobody knows. */
  isTopic(key: string): boolean | undefined;
  /** 0 takes any that is free. */
  readonly port: number;
  /** Of what the platform sends itself. */
  readonly pass?: string;
  readonly clock?: Clock;
}

export interface Ingress {
  readonly port: number;
  close(): Promise<void>;
}

/** Milliseconds from the head of a request until its body is there; as Node's own server waits. */
const LATEST_BODY = 300_000;
/** Of the loopback interface alone. */
const BIND = '127.0.0.1';
const CHANNEL_HOST = /^([^.]+)-kn-channel\.([^.]+)\.svc(\.cluster\.local)?(:\d+)?$/i;
const PATH = /^(?:http:\/\/[^/]+)?(\/channels)?\/([^/?]+)\/([^/?]+)\/?$/i;
/** knative/eventing pkg/utils/headers.go, with the trace context of the W3C. */
const PASSED = /^(knative-.*|x-b3-.*|x-request-id|traceparent|tracestate)$/;
const STATUS = { full: 429, loop: 400, refused: 503 } as const;

export function startIngress(options: IngressOptions): Promise<Ingress> {
  const { isTopic, port, clock = systemClock } = options;
  return listenOn({
    port,
    bind: BIND,
    clock,
    onRequest(request, client) {
      const found = topicOf(request, isTopic);
      if (typeof found === 'string') {
        return new Arrival(request, client, { take: (body) => take(request, found, body, options), clock });
      }
      tell(client, request, found);
      return undefined;
    },
  });
}

interface Verdict {
  readonly status: number;
  /** Says what was wrong; empty where nothing was. */
  readonly text: string;
}

interface ArrivalSurroundings {
  take(body: Buffer): Promise<Verdict>;
  readonly clock: Clock;
}

/** Takes one request in, and answers it. */
class Arrival implements Conversation {
  readonly #request: RequestHead;
  readonly #client: Client;
  readonly #around: ArrivalSurroundings;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  /** It is answered, or nobody waits for the answer. */
  #isOver = false;
  #callOff: (() => void) | undefined;

  constructor(request: RequestHead, client: Client, around: ArrivalSurroundings) {
    this.#request = request;
    this.#client = client;
    this.#around = around;
  }

  begin(): void {
    const { framing, fields } = this.#request;
    if (framing > MOST_BYTES) this.#tell(TOO_LARGE);
    else if (framing === 0) this.onRequestEnd();
    else {
      this.#callOff = this.#around.clock.after(LATEST_BODY, () => this.#tell(TOO_LATE));
      if (fieldValue(fields, 'expect')?.toLowerCase() === '100-continue') this.#client.interim(headOf(100, []));
    }
  }

  onRequestBody(chunk: Buffer): void {
    if (this.#isOver) return;
    this.#bytes += chunk.length;
    if (this.#bytes > MOST_BYTES) this.#tell(TOO_LARGE);
    else this.#chunks.push(chunk);
  }

  onRequestEnd(): void {
    if (this.#isOver) return;
    this.#callOff?.();
    const [first = EMPTY] = this.#chunks;
    this.#around.take(this.#chunks.length > 1 ? Buffer.concat(this.#chunks) : first).then(
      (verdict) => this.#tell(verdict),
      () => this.#client.cut(),
    );
  }

  onClientDrained(): void {}

  onClientGone(): void {
    this.#callOff?.();
    this.#isOver = true;
  }

  #tell(verdict: Verdict): void {
    if (this.#isOver) return;
    this.#callOff?.();
    this.#isOver = true;
    tell(this.#client, this.#request, verdict);
  }
}

const EMPTY: Buffer = Buffer.alloc(0);
const TAKEN: Verdict = { status: 202, text: '' };
const TOO_LATE: Verdict = { status: 408, text: `all of the event must be here within ${LATEST_BODY / 1000} s` };
const TOO_LARGE: Verdict = { status: 413, text: `an event has ${MOST_BYTES} bytes at most` };

async function take(
  { fields }: RequestHead,
  topic: string,
  body: Buffer,
  { eventing, pass }: Pick<IngressOptions, 'eventing' | 'pass'>,
): Promise<Verdict> {
  const headers = headersOf(fields);
  const decoded = decodeEvent(headers, body);
  if (!decoded.ok) return { status: 400, text: decoded.problem };
  const isOnItsWay = pass !== undefined && headers[ON_ITS_WAY] === pass;
  const received: Received = await eventing.receive(topic, decoded.event, passedHeaders(headers), isOnItsWay);
  if (received.is === 'kept') return TAKEN;
  return { status: STATUS[received.is], text: received.problem };
}

/** @returns the topic, or why the request is for none */
function topicOf(request: RequestHead, isTopic: IngressOptions['isTopic']): string | Verdict {
  const { method, target, host = '' } = request;
  if (method === 'OPTIONS') return { status: 200, text: '' };
  if (method !== 'POST') return { status: 405, text: `${method} is not taken here; POST an event` };
  // only a browser says so, and a page's name may be made to lead to this machine
  if (request.fields.keys.includes('origin')) {
    return { status: 403, text: 'a page in a browser sends no events here: send them from a program' };
  }
  const topic = topicAt(host, target);
  if (topic === undefined) {
    return { status: target === '/' ? 404 : 400, text: 'the path must be /namespace/broker' };
  }
  const isThere = isTopic(topic);
  if (isThere === true) return topic;
  if (isThere === false) return { status: 404, text: `there is no ${topic.replace(':', ' ')}` };
  return { status: 503, text: 'it is not known yet what there is; send it again in a moment' };
}

function topicAt(host: string, target: string): string | undefined {
  const channel = CHANNEL_HOST.exec(host);
  if (channel !== null) return `channel:${channel[2]}/${channel[1]}`.toLowerCase();
  const path = PATH.exec(target);
  return path === null ? undefined : `${path[1] === undefined ? 'broker' : 'channel'}:${path[2]}/${path[3]}`;
}

function passedHeaders(headers: Readonly<Record<string, string>>): PassedHeaders {
  const passed: Record<string, string> = {};
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (value !== undefined && PASSED.test(name)) passed[name] = value;
  }
  return passed;
}

function tell(client: Client, { method }: RequestHead, { status, text }: Verdict): void {
  if (status === 202) {
    client.head(ACCEPTED);
  } else {
    const body = Buffer.from(text === '' ? '' : `${text}\n`);
    client.head(
      headOf(status, [
        ...linesOf(status),
        'content-type',
        'text/plain; charset=utf-8',
        'content-length',
        String(body.length),
      ]),
    );
    if (method !== 'HEAD') client.body(body);
  }
  // ends the connection as well where something of the request was not read
  client.end(undefined);
}

function linesOf(status: number): string[] {
  const allow = ['allow', 'POST, OPTIONS'];
  // any origin, and any rate (cloudevents/spec http-webhook.md)
  if (status === 200) return [...allow, 'webhook-allowed-origin', '*', 'webhook-allowed-rate', '*'];
  return status === 429 ? [...allow, 'retry-after', '1'] : allow;
}

/** @param lines names in lower case and values in turns */
function headOf(status: number, lines: readonly string[]): ResponseHead {
  const fields = noFields();
  for (let index = 0; index < lines.length; index += 2) {
    fields.names.push(lines[index] ?? '');
    fields.keys.push(lines[index] ?? '');
    fields.values.push(lines[index + 1] ?? '');
  }
  const reason = STATUS_CODES[status] ?? 'Error';
  return { status, reason, isHttp10: false, fields, framing: 0, isKept: true, connection: [], upgrade: undefined };
}

const ACCEPTED = headOf(202, ['allow', 'POST, OPTIONS', 'content-length', '0']);
