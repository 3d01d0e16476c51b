/**
 * The address of every KafkaSink: `POST /namespace/name` (knative-extensions/eventing-kafka-broker data-plane/receiver
 * …/handler/{IngressRequestHandlerImpl,MethodNotAllowedHandler}.java). 202 means that Kafka has the event.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { decodeEvent } from '../../../../src/cloudevents/http.ts';
import { encodeRecord } from '../../../../src/cloudevents/kafka.ts';
import { systemClock } from '../../../../src/kubernetes/clock.ts';
import { closeServer } from '../../../../src/platform/eventing/closeServer.ts';
import { Room } from '../../../../src/platform/eventing/intake/room.ts';
import { type Taken, takeBody } from '../../../../src/platform/eventing/intake/takeBody.ts';
import type { Verdict } from '../../../../src/platform/eventing/intake/verdict.ts';
import { MOST_BYTES } from '../../../../src/platform/eventing/send.ts';
import { eventServer, listenAt } from '../../../../src/platform/eventing/server.ts';
import type { Entry, Writers } from './writers.ts';

export interface SinkServerOptions {
  readonly writers: Pick<Writers, 'find'>;
  /** Of the loopback interface; 0 takes any that is free. */
  readonly port: number;
  /** For the bodies of all that come. */
  readonly room?: Room;
}

export interface SinkServer {
  readonly port: number;
  /** `http://127.0.0.1:41234`. */
  readonly url: string;
  stop(): Promise<void>;
}

const BIND = '127.0.0.1';
/** Of bodies that come at the same time, for all KafkaSinks; what waits for Kafka counts with the writer of each. */
const ROOM_BYTES = 64 * 1024 * 1024;

export async function startSinkServer({
  writers,
  port,
  room = new Room(ROOM_BYTES, systemClock),
}: SinkServerOptions): Promise<SinkServer> {
  const server = eventServer((request, response) => {
    answer(request, writers, room).then(
      (taken) => end(response, taken),
      () => response.destroy(),
    );
  });
  const own = await listenAt(server, port, BIND);
  return {
    port: own,
    url: `http://${BIND}:${own}`,
    stop: () => closeServer(server),
  };
}

async function answer(request: IncomingMessage, writers: SinkServerOptions['writers'], room: Room): Promise<Taken> {
  if (request.method !== 'POST') return { status: 405, text: `${request.method} is not taken here; POST an event` };
  // only a browser says so, and a page's name may be made to lead to this machine
  if (request.headers.origin !== undefined) {
    return { status: 403, text: 'a page in a browser sends no events here: send them from a program' };
  }
  const key = (request.url ?? '').replace(/\?.*$/, '').slice(1);
  const entry = writers.find(key);
  if (entry === undefined) return { status: 404, text: 'the path must be /namespace/name of a KafkaSink' };
  return takeBody(request, { mostBytes: MOST_BYTES, room, what: 'an event' }, (body, leave) => {
    const decoded = decodeEvent(request.headers, body);
    if (!decoded.ok) return { status: 400, text: decoded.problem };
    return write(entry, encodeRecord(decoded.event, entry.wanted.mode), leave);
  });
}

async function write(entry: Entry, record: ReturnType<typeof encodeRecord>, leave: () => void): Promise<Verdict> {
  const { writer, state } = entry;
  if (writer === undefined) {
    return { status: 503, text: state?.is === 'failed' ? state.sentence : 'its topic is being looked for' };
  }
  const writing = writer.write(record);
  // the writer has a bound of its own: a Kafka that hangs shuts out nobody who writes to another
  leave();
  const written = await writing;
  switch (written.is) {
    case 'written':
      return { status: 202, text: '' };
    case 'full':
      return { status: 429, text: 'more waits for Kafka already than may; send it again later', isBusy: true };
    case 'tooLarge':
      return { status: 413, text: written.sentence };
    case 'failed':
      entry.lookSoon();
      return { status: 503, text: written.sentence };
  }
}

function end(response: ServerResponse, { status, text, isBusy, isUnread }: Taken): void {
  response.statusCode = status;
  if (status === 405) response.setHeader('allow', 'POST');
  if (isUnread === true) response.setHeader('connection', 'close');
  if (isBusy === true) response.setHeader('retry-after', '1');
  if (text === '') {
    response.end();
    return;
  }
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.end(`${text}\n`);
}
