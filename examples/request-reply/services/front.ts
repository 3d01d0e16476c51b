/**
 * Answers customers by HTTP what others answer by events: a request becomes an event, and the event that answers it is
 * known by its subject, the request's id. Who has waited long enough is told where to ask later.
 */
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { type Event, openInbox } from '../../lib/inbox.ts';
import { type Answer, eventOf, send, serve } from '../../lib/service.ts';

const WAIT_MS = Number(process.env.WAIT_MS ?? 2_000);

const inbox = openInbox('front');
inbox.database.exec(`
  CREATE TABLE IF NOT EXISTS requests (id TEXT PRIMARY KEY);
  CREATE TABLE IF NOT EXISTS answers (request TEXT PRIMARY KEY, status INTEGER, body TEXT);
`);
const note = inbox.database.prepare('INSERT OR IGNORE INTO requests VALUES (?)');
const isNoted = inbox.database.prepare('SELECT id FROM requests WHERE id = ?');
const write = inbox.database.prepare('INSERT OR IGNORE INTO answers VALUES (?, ?, ?)');
const find = inbox.database.prepare('SELECT status, body FROM answers WHERE request = ?');
/** Tells the requests that are open in this process, of which several may be for one quote. */
const arrivals = new EventEmitter().setMaxListeners(0);
const arrivalOf = (request: string) => `answer to ${request}`;

serve({
  onEvent(event, path) {
    const isDeadLetter = path === '/gave-up';
    const request = isDeadLetter ? event.id : (event.subject ?? '');
    inbox.once(event, () => keep(request, isDeadLetter ? 502 : 200, event));
    arrivals.emit(arrivalOf(request));
    return undefined;
  },

  async onRequest({ method, url, body }) {
    const id = url.pathname.match(/^\/quotes\/([\w-]+)$/)?.[1];
    if (method === 'GET' && id !== undefined) return answerTo(id) ?? notYet(id);
    if (method === 'PUT' && id !== undefined) return ask(id, body);
    if (method === 'POST' && url.pathname === '/quotes') return ask(randomUUID(), body);
    return { status: 404 };
  },
});

function keep(request: string, status: number, event: Event): undefined {
  const body = status === 200 ? event.data : { error: 'nobody could say' };
  write.run(request, status, JSON.stringify(body));
}

function answerTo(request: string): Answer | undefined {
  const row = find.get(request);
  return row === undefined ? undefined : { status: Number(row.status), body: JSON.parse(String(row.body)) };
}

function notYet(request: string): Answer {
  if (isNoted.get(request) !== undefined) return { status: 202, body: { ask: `/quotes/${request}` } };
  return { status: 404, body: { error: `nobody asked for ${request}; ask for it with PUT /quotes/${request}` } };
}

/** A customer who names the request (PUT) can ask again, and gets the same answer. */
async function ask(request: string, body: string): Promise<Answer> {
  const known = answerTo(request);
  if (known !== undefined) return known;
  const signal = AbortSignal.timeout(WAIT_MS);
  // before it is asked: the answer may be there as soon as the request is sent
  const answered = once(arrivals, arrivalOf(request), { signal }).catch(() => {});
  try {
    await send(eventOf({ id: request, source: '/front', type: 'quote.requested.v1', data: JSON.parse(body) }));
    // not before: what the Broker does not have, nobody answers
    note.run(request);
    await answered;
  } catch (error) {
    return { status: error instanceof SyntaxError ? 400 : 503, body: { error: String(error) } };
  }
  return answerTo(request) ?? notYet(request);
}
