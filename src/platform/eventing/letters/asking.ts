/**
 * Lists dead letters and puts them back: the paths of `weir events` (../api/shapes.ts), at the loopback interface alone. Who
 * may ask is who may lead a port there, which is Kubernetes' own right (`pods/portforward`).
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import { eventsWithin } from '../../../cloudevents/batch.ts';
import { attributeText, type CloudEvent, withAttributes } from '../../../cloudevents/event.ts';
import { structuredText } from '../../../cloudevents/structured.ts';
import { isDelivered } from '../../../knative/eventing/retries.ts';
import { withoutCredentials } from '../../../text/withoutCredentials.ts';
import { badRequest, Failure } from '../../apiserver/status/failure.ts';
import { messageOf } from '../../database/storeError.ts';
import { numberIn, type Selection, selectionOf, selects } from '../api/selection.ts';
import { type DeadLetterLine, EVENTS_API, type EventLine, REPLAY, type ReplayLine } from '../api/shapes.ts';
import type { Send } from '../send.ts';
import { eventServer } from '../server.ts';
import type { Letter, LetterStore } from './store.ts';

export interface AskingOptions {
  readonly store: LetterStore;
  readonly send: Send;
}

/** In one answer. */
const MOST = 10_000;
const PORTION = 200;
const MOST_RATE = 10_000;
const RATE = 100;
const TIMEOUT_MS = 30_000;
/** Names of the cluster: a letter says itself where it was to go, and anybody may have written it. */
const OF_CLUSTER = /^[^.]+\.[^.]+\.svc(\.cluster\.local)?$/;
/** As a port that is led there is asked: a page may have its own name lead to this machine. */
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

export function askingServer(options: AskingOptions): Server {
  return eventServer((request, response) => {
    serve(request, response, options).catch((error: unknown) => {
      if (response.headersSent) return response.destroy();
      const failure = error instanceof Failure ? error : new Failure(500, 'InternalError', messageOf(error));
      response.writeHead(failure.code, { 'content-type': 'application/json' });
      response.end(JSON.stringify(failure.toStatus()));
    });
  });
}

async function serve(request: IncomingMessage, response: ServerResponse, options: AskingOptions): Promise<void> {
  const { method = 'GET', url = '/', headers } = request;
  if (headers.origin !== undefined) throw new Failure(403, 'Forbidden', 'a page in a browser asks nothing here');
  if (!LOOPBACK.has(URL.parse(`http://${headers.host}`)?.hostname ?? '')) {
    throw new Failure(403, 'Forbidden', `ask by localhost or 127.0.0.1, and not by ${headers.host}`);
  }
  const at = new URL(url, 'http://localhost');
  const way = at.pathname.startsWith(EVENTS_API) ? at.pathname.slice(EVENTS_API.length) : undefined;
  const selection = selectionOf(at.searchParams);
  switch (`${method} ${way}`) {
    case 'GET ':
      return json(response, { kind: 'APIResourceList', apiVersion: 'v1', resources: [] });
    case 'GET /deadletters':
      return json(response, { items: (await selected(options.store, selection)).map(lineOf) });
    case 'GET /events': {
      const found = await selected(options.store, { ...selection, since: 0, until: Number.POSITIVE_INFINITY });
      return tellEvents(response, found, options.store);
    }
    case 'POST /deadletters/return':
      return giveBack(response, at.searchParams, selection, options);
    default:
      throw new Failure(404, 'NotFound', `${method} ${at.pathname} is nothing that a dead-letter service answers`);
  }
}

function json(response: ServerResponse, answered: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answered));
}

/** One after another: all of them at once may be more than there is memory. */
async function tellEvents(response: ServerResponse, letters: readonly Letter[], store: LetterStore): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  for (const { seq } of letters) {
    if (!response.write(eventText(store.get(seq)))) await drained(response);
    // whoever asked for it has gone
    if (response.destroyed) return;
  }
  response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
    if (response.destroyed) done();
  });
}

/** The first of them. */
async function selected(store: LetterStore, selection: Selection): Promise<Letter[]> {
  const found: Letter[] = [];
  for await (const letter of eachLetter(store, selection)) {
    found.push(letter);
    if (found.length === MOST) break;
  }
  return found;
}

/** Those that are still to be put back. Their Trigger and Broker are not known: a letter says where it was to go. */
async function* eachLetter(store: LetterStore, selection: Selection): AsyncGenerator<Letter> {
  let letters = store.after(0, PORTION);
  while (letters.length > 0) {
    for (const letter of letters) {
      const head = { seq: letter.seq, at: letter.at, topic: '', lanes: [], attributes: letter.event.attributes };
      if (letter.returned === undefined && selects(selection, head, () => undefined)) yield letter;
    }
    // those who bring letters come between
    await turn();
    letters = store.after(letters.at(-1)?.seq ?? 0, PORTION);
  }
}

/** Up to a place, or of the query's own alone. */
async function* chosenLetters(
  store: LetterStore,
  selection: Selection,
  query: URLSearchParams,
  last: number,
): AsyncGenerator<Letter> {
  const seq = numberIn(query, 'seq', 999_999_999);
  for await (const letter of eachLetter(store, selection)) {
    if (letter.seq > last) return;
    if (seq === undefined || letter.seq === seq) yield letter;
  }
}

function lineOf({ seq, at, event, destination, code, reason }: Letter): DeadLetterLine {
  const subject = attributeText(event, 'subject');
  return {
    seq,
    lane: `address:${placeOf(destination)}`,
    topic: '',
    at: new Date(at).toISOString(),
    id: attributeText(event, 'id'),
    type: attributeText(event, 'type'),
    source: attributeText(event, 'source'),
    ...(subject === '' ? {} : { subject }),
    ...(code === undefined ? {} : { code }),
    reason,
    destination: withoutCredentials(destination),
    attempts: 0,
  };
}

/** `billing.shop.svc.cluster.local/orders` of a URL. */
function placeOf(destination: string): string {
  const url = URL.parse(destination);
  return url === null ? '' : `${url.hostname}${url.pathname === '/' ? '' : url.pathname}`;
}

function eventText(letter: Letter | undefined): string {
  if (letter === undefined) return '';
  const { seq, at, event } = letter;
  const head: Omit<EventLine, 'event'> = { seq, at: new Date(at).toISOString(), topic: '', lanes: [] };
  return `${JSON.stringify(head).slice(0, -1)},"event":${structuredText(event)}}\n`;
}

/** Waits until the next event may go. False where whoever asked for it has gone. */
type Turn = () => Promise<boolean>;

/** Each to the address that did not take it, one after another. What that answers goes nowhere. */
async function giveBack(
  response: ServerResponse,
  query: URLSearchParams,
  selection: Selection,
  { store, send }: AskingOptions,
): Promise<void> {
  const rate = numberIn(query, 'rate', MOST_RATE) ?? RATE;
  if (rate <= 0) throw badRequest('rate must be more than 0');
  const isDryRun = query.get('dryRun') === 'true';
  const began = new Date().toISOString();
  // those that come meanwhile are for another time
  const { last } = store;
  const chosen = (): AsyncGenerator<Letter> => chosenLetters(store, selection, query, last);
  let [found, sent, failed] = [0, 0, 0];
  for await (const _ of chosen()) found++;
  let problem: string | undefined;
  const tell = (isDone: boolean): void => {
    const why = problem === undefined ? {} : { problem };
    const line: ReplayLine = { found, sent, failed, ...why, isDone };
    response.write(`${JSON.stringify(line)}\n`);
  };
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  tell(false);
  const start = performance.now();
  let events = 0;
  const turn: Turn = async () => {
    const due = start + (events++ * 1000) / rate - performance.now();
    if (due > 1) await pause(due);
    return !response.destroyed;
  };
  for await (const { seq: place } of isDryRun ? [] : chosen()) {
    if (!(await turn())) return;
    const letter = store.get(place);
    // by somebody else, meanwhile
    if (letter?.returned !== undefined) continue;
    const why = letter === undefined ? 'it is forgotten by now' : await sendOne(letter, { began, send, turn });
    if (why === undefined) {
      store.markReturned(place);
      sent++;
    } else {
      failed++;
      problem = why;
    }
    tell(false);
  }
  // others may have put some back meanwhile
  if (!isDryRun) found = sent + failed;
  tell(true);
  response.end();
}

/** A batch as its events, all of them again where one was not taken. @returns why it was not taken */
async function sendOne(
  { event, destination }: Letter,
  { began, send, turn }: { readonly began: string; readonly send: Send; readonly turn: Turn },
): Promise<string | undefined> {
  const url = URL.parse(destination);
  const shown = withoutCredentials(destination);
  if (url === null || url.username !== '' || url.password !== '' || !OF_CLUSTER.test(url.hostname)) {
    return `${attributeText(event, 'id')} says that it was for ${shown === '' ? 'nobody' : shown}, which is no name of the cluster, or one with credentials: send it by weir events send`;
  }
  for (const [index, each] of eventsWithin(event).entries()) {
    if (index > 0 && !(await turn())) return 'nobody waits for it any more';
    const again: CloudEvent = withAttributes(each, { [REPLAY]: began });
    const answered = await send({ url: destination, event: again, headers: {}, timeout: TIMEOUT_MS });
    if (isDelivered(answered)) continue;
    const answer = answered.status === undefined ? answered.error : `it answered ${answered.status}`;
    return `${shown} did not take ${attributeText(each, 'id')}: ${answer}`;
  }
  return undefined;
}
