/**
 * Leads each order through its steps, and back where one fails. It answers every event with the next command: what it has
 * decided and the command are one transaction of its inbox, so that it may end at any moment. Whatever was not answered
 * comes again, and gets the same answer.
 */
import { type Event, openInbox } from '../../lib/inbox.ts';
import { eventOf, Refused, send, serve } from '../../lib/service.ts';
import { FIRST, nextAfter, type Outcome } from './steps.ts';

const inbox = openInbox('orchestrator');
inbox.database.exec(`
  CREATE TABLE IF NOT EXISTS sagas ("order" TEXT PRIMARY KEY, state TEXT, waitsFor TEXT, data TEXT)
`);
const begin = inbox.database.prepare('INSERT INTO sagas VALUES (?, ?, ?, ?)');
const find = inbox.database.prepare('SELECT waitsFor, data FROM sagas WHERE "order" = ?');
const change = inbox.database.prepare('UPDATE sagas SET state = ?, waitsFor = ? WHERE "order" = ?');
const all = inbox.database.prepare('SELECT "order", state, waitsFor FROM sagas');

serve({
  async onEvent(event, path) {
    const isDeadLetter = path === '/gave-up';
    const command = inbox.once(event, () => next(event, isDeadLetter));
    // what answers a dead letter, a Broker does not take
    if (!isDeadLetter || command === undefined) return command;
    await send(command);
    return undefined;
  },
  onRequest: () => ({ status: 200, body: all.all() }),
});

function next(event: Event, isDeadLetter: boolean): Event | undefined {
  const order = event.subject ?? '';
  if (order === '') throw new Refused('the event has no subject, which is the order');
  const saga = find.get(order);
  if (event.type === 'order.placed.v1') {
    // a second order of the same name is none: only its event is another
    if (saga !== undefined) return undefined;
    begin.run(order, 'running', FIRST, JSON.stringify(event.data));
    return eventAbout(order, FIRST, event.data);
  }
  if (saga === undefined) throw new Refused(`there is no order ${order}`);

  // saga.reserve.done.v1
  const [, command = '', result = ''] = event.type.split('.');
  // what the saga does not wait for is late: it has been answered by something else
  if (command !== saga.waitsFor) return undefined;
  const { state, command: following } = nextAfter(command, isDeadLetter ? 'given up' : outcomeOf(result));
  change.run(state, following ?? '', order);
  if (state === 'stuck') console.error(`${order}: ${command} could not be done, and everything waits for it`);
  if (following === command) return undefined;
  return eventAbout(order, following ?? state, JSON.parse(String(saga.data)));
}

function outcomeOf(result: string): Outcome {
  return result === 'done' ? 'done' : 'failed';
}

function eventAbout(order: string, what: string, data: unknown): Event {
  return eventOf({ id: `${order}-${what}`, source: '/orchestrator', type: `saga.${what}.v1`, subject: order, data });
}
