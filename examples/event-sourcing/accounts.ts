/** Takes commands as events, appends what comes of them to the store, and answers it as an event. */
import { type Event, openInbox } from '../lib/inbox.ts';
import { type Answer, eventOf, Refused, serve } from '../lib/service.ts';
import { type Account, apply, type Command, decide, type Fact, NOBODYS, NotAllowed, SHAPE } from './account.ts';
import { EventStore, type Snapshot, VersionConflict } from './store.ts';

const SOURCE = '/accounts';
const SNAPSHOT_EVERY = Number(process.env.SNAPSHOT_EVERY ?? 100);

// the store is in the database of the inbox: an event is appended, and its command is taken, in one transaction
const inbox = openInbox('accounts');
const store = new EventStore<Fact, Account>(inbox.database);

serve({
  onEvent: (command) => inbox.once(command, () => answerTo(command)),
  onRequest({ url }): Answer {
    const [, first, stream = '', last] = url.pathname.split('/');
    if (first === 'events') return { status: 200, body: store.all(Number(url.searchParams.get('after') ?? 0)) };
    if (first !== 'accounts' || stream === '') return { status: 404 };
    const { version, state } = read(stream);
    if (version === 0) return { status: 404 };
    return { status: 200, body: last === 'events' ? store.read(stream) : { version, ...state } };
  },
});

/** An account by its snapshot, and by what has happened since. */
function read(stream: string): Snapshot<Account> {
  let { version, state } = store.snapshot(stream, SHAPE) ?? { version: 0, state: NOBODYS };
  for (const event of store.read(stream, version)) {
    state = apply(state, event.fact);
    version = event.version;
  }
  return { version, state };
}

function answerTo(command: Event): Event {
  const stream = command.subject ?? '';
  if (stream === '' || !isCommand(command.data)) throw new Refused('a command has its account as subject, and data');
  try {
    return append(stream, command, command.data);
  } catch (error) {
    if (!(error instanceof NotAllowed || error instanceof VersionConflict)) throw error;
    const data = { command: command.id, reason: error.message };
    const id = `refused/${command.source}/${command.id}`;
    return eventOf({ id, type: 'account.refused.v1', source: SOURCE, subject: stream, data });
  }
}

function append(stream: string, command: Event, data: Partial<Command> & { expectedVersion?: unknown }): Event {
  const { version, state } = read(stream);
  const fact = decide(state, { ...data, type: command.type });
  // who says which version they saw wants nothing to happen if it is not that one any more
  const expected = typeof data.expectedVersion === 'number' ? data.expectedVersion : version;
  const stored = store.append(stream, expected, fact, new Date().toISOString());
  if (stored.version % SNAPSHOT_EVERY === 0) {
    store.keepSnapshot(stream, SHAPE, { version: stored.version, state: apply(state, fact) });
  }
  const id = `${stream}-${stored.version}`;
  return eventOf({ id, type: fact.type, source: SOURCE, subject: stream, time: stored.time, data: stored });
}

function isCommand(data: unknown): data is Partial<Command> {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}
