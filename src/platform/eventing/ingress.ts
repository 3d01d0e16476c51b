/**
 * The address of every Broker and Channel: `POST /namespace/broker` at the Brokers' host, `POST /` at a Channel's own, and
 * `POST /channels/namespace/channel` at any (knative/specs eventing/data-plane.md, knative/eventing pkg/broker/ingress).
 * 202 means that the event is on the disk.
 */
import { decodeEvent } from '../../cloudevents/http.ts';
import { type Clock, systemClock } from '../../kubernetes/clock.ts';
import type { RequestHead } from '../network/http1/head.ts';
import { listenOn } from '../network/ingress/server.ts';
import type { Eventing, Received } from './eventing.ts';
import { headersOf } from './http/headers.ts';
import { Arrival } from './intake/arrival.ts';
import { Room } from './intake/room.ts';
import { tell, type Verdict } from './intake/verdict.ts';
import type { PassedHeaders } from './log/kept.ts';
import { ON_ITS_WAY } from './onItsWay.ts';

export interface IngressOptions {
  readonly eventing: Pick<Eventing, 'receive'>;
  /** Whether there is such a topic; events for others are refused. Undefined while nobody knows. */
  isTopic(key: string): boolean | undefined;
  /** 0 takes any that is free. */
  readonly port: number;
  /** Of what the platform sends itself. */
  readonly pass?: string;
  /** Of all bodies that are under way; somewhat more than the longest has. */
  readonly roomBytes?: number;
  readonly clock?: Clock;
}

export interface Ingress {
  readonly port: number;
  close(): Promise<void>;
}

/** Eight of the longest bodies. */
const ROOM_BYTES = 64 * 1024 * 1024;
/** Of the loopback interface alone. */
const BIND = '127.0.0.1';
const CHANNEL_HOST = /^([^.]+)-kn-channel\.([^.]+)\.svc(\.cluster\.local)?(:\d+)?$/i;
const PATH = /^(?:http:\/\/[^/]+)?(\/channels)?\/([^/?]+)\/([^/?]+)\/?$/i;
/** knative/eventing pkg/utils/headers.go, with the trace context of the W3C. */
const PASSED = /^(knative-.*|x-b3-.*|x-request-id|traceparent|tracestate)$/;
const STATUS = { full: 429, loop: 400, refused: 503 } as const;

export function startIngress(options: IngressOptions): Promise<Ingress> {
  const { isTopic, port, roomBytes = ROOM_BYTES, clock = systemClock } = options;
  const room = new Room(roomBytes, clock);
  return listenOn({
    port,
    bind: BIND,
    clock,
    onRequest(request, client) {
      const found = topicOf(request, isTopic);
      if (typeof found === 'string') {
        return new Arrival(request, client, { take: (body) => take(request, found, body, options), room, clock });
      }
      tell(client, request, found);
      return undefined;
    },
  });
}

const TAKEN: Verdict = { status: 202, text: '' };

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
  return { status: STATUS[received.is], text: received.problem, isBusy: received.is === 'full' };
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
