/**
 * One step of the saga: it does its work once an order and takes it back when it is told to. inventory, payment and
 * shipping are this program with another STEP and UNDO; yours do something.
 */
import { type Event, openInbox } from '../../lib/inbox.ts';
import { eventOf, serve } from '../../lib/service.ts';

const { STEP = '', UNDO = '' } = process.env;

const inbox = openInbox(STEP);
inbox.database.exec(`
  CREATE TABLE IF NOT EXISTS ledger ("order" TEXT PRIMARY KEY, state TEXT);
  CREATE TABLE IF NOT EXISTS effects ("order" TEXT, what TEXT);
`);
const find = inbox.database.prepare('SELECT state FROM ledger WHERE "order" = ?');
const write = inbox.database.prepare('INSERT OR REPLACE INTO ledger VALUES (?, ?)');
const act = inbox.database.prepare('INSERT INTO effects VALUES (?, ?)');
const effects = inbox.database.prepare('SELECT "order", what FROM effects');

serve({
  onEvent(event) {
    if (commandIn(event) === wish(event, 'breaks')) throw new Error('it is broken');
    return inbox.once(event, () => take(event));
  },
  onRequest: () => ({ status: 200, body: effects.all() }),
});

function take(event: Event): Event {
  const order = event.subject ?? '';
  const state = find.get(order)?.state;
  if (commandIn(event) === UNDO) {
    // also for what was never done: the command to do it may be late, and must find this
    write.run(order, 'undone');
    if (state === 'done') act.run(order, UNDO);
    return result(event, 'done');
  }
  if (state === 'undone' || wish(event, 'fails') === STEP) return result(event, 'failed');
  write.run(order, 'done');
  act.run(order, STEP);
  return result(event, 'done');
}

/** An order may ask for what goes wrong: `{"fails": "ship"}`, `{"breaks": "charge"}`. */
function wish({ data }: Event, name: string): unknown {
  return Object.entries(data ?? {}).find(([key]) => key === name)?.[1];
}

/** Of `saga.reserve.v1`: `reserve`. */
function commandIn({ type }: Event): string | undefined {
  return type.split('.')[1];
}

function result(event: Event, outcome: string): Event {
  const { id, subject = '' } = event;
  return eventOf({
    id: `${id}-${outcome}`,
    source: `/${STEP}`,
    type: `saga.${commandIn(event)}.${outcome}.v1`,
    subject,
  });
}
