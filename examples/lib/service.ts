/** What every service here begins with: a server that takes CloudEvents and may answer with one, and sending one. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { CloudEvent, HTTP } from 'cloudevents';
import type { Event } from './inbox.ts';

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

export interface Request {
  readonly method: string;
  readonly url: URL;
  /** As it came. */
  readonly body: string;
}

export interface ServiceOptions {
  /**
   * Takes an event at the path. What it returns goes back as the answer, which a Broker takes as a new event; what it
   * throws is answered with 500, so that the event comes again; a `Refused` with 400, so that it does not.
   */
  onEvent?(event: Event, path: string): Event | undefined | Promise<Event | undefined>;
  /** Answers what is no event: customers, and people who look. */
  onRequest?(request: Request): Answer | Promise<Answer>;
}

/** The event will be no better when it comes again: it goes to the dead letters at once. */
export class Refused extends Error {}

const SEND_MS = 10_000;
const OK: Answer = { status: 200 };
const NOT_FOUND: Answer = { status: 404 };

/** Serves at $PORT until it is asked to end (SIGTERM), and then finishes what it is at. */
export function serve({ onEvent, onRequest }: ServiceOptions): void {
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const status = error instanceof Refused ? 400 : 500;
      console.error(error instanceof Error ? error.message : error);
      if (!response.headersSent) response.writeHead(status);
      response.end(error instanceof Error ? error.message : '');
    });
  });
  server.listen(Number(process.env.PORT ?? 8080), process.env.HOST ?? '0.0.0.0');
  process.on('SIGTERM', () => server.close(() => process.exit(0)));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://service');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();

    if (onEvent !== undefined && isEvent(request)) {
      respond(response, await onEvent(eventIn(request, body), url.pathname));
      return;
    }
    const isProbe = url.pathname === '/ready' || url.pathname === '/alive';
    const given = isProbe ? OK : ((await onRequest?.({ method: request.method ?? '', url, body })) ?? NOT_FOUND);
    response.writeHead(given.status, { 'content-type': 'application/json' });
    response.end(given.body === undefined ? '' : `${JSON.stringify(given.body)}\n`);
  }
}

/** In either mode: its attributes as headers, or all of it as the body. */
function isEvent({ headers }: IncomingMessage): boolean {
  return 'ce-id' in headers || headers['content-type']?.startsWith('application/cloudevents') === true;
}

/** @throws Refused */
function eventIn({ headers }: IncomingMessage, body: string): Event {
  let event: Event | Event[];
  try {
    event = HTTP.toEvent({ headers, body });
  } catch (error) {
    throw new Refused(`no CloudEvent: ${error instanceof Error ? error.message : error}`);
  }
  if (Array.isArray(event)) throw new Refused('a batch of events is not taken here');
  // the SDK reads what it is given; what has to be there is looked at here
  if (!event.id || !event.source || !event.type) throw new Refused('no CloudEvent: id, source and type are needed');
  return event;
}

function respond(response: ServerResponse, event: Event | undefined): void {
  if (event === undefined) {
    response.writeHead(204).end();
    return;
  }
  const { headers, body } = HTTP.binary(event);
  response.writeHead(200, headers).end(body);
}

/** Brings an event to the sink. @throws where it was not taken: it is to be sent again, with the same id */
export async function send(event: Event, sink = process.env.K_SINK ?? ''): Promise<void> {
  const { headers, body } = HTTP.binary(event);
  const answer = await fetch(sink, {
    method: 'POST',
    headers: headers as Record<string, string>,
    body: String(body ?? ''),
    // a Broker that hangs is one that has not taken it
    signal: AbortSignal.timeout(SEND_MS),
  });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`${sink} did not take ${event.type} ${event.id}: ${answer.status}`);
}

/**
 * An event that follows from another: with a name made of what it is about, and not by chance, so that whoever gets it
 * twice can tell. `id` is to be the same for the same cause.
 */
export function eventOf(event: Pick<Event, 'id' | 'type' | 'source'> & Partial<Event>): Event {
  return new CloudEvent({ datacontenttype: 'application/json', ...event });
}
