/** The side that is asked: it takes what has happened to accounts by its Trigger, and answers questions by it. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Refused, serve } from '../lib/service.ts';
import { type Happened, ReadModel } from './readModel.ts';

const { STATE_FOLDER = '.', EVENT_STORE = '' } = process.env;

mkdirSync(STATE_FOLDER, { recursive: true });
const model = new ReadModel(new DatabaseSync(path.join(STATE_FOLDER, 'statements.db'), { timeout: 10_000 }));
let rebuilding: Promise<number> | undefined;

serve({
  onEvent({ data }) {
    if (!isHappened(data)) throw new Refused('this is nothing that happened to an account');
    model.take(data);
    return undefined;
  },
  async onRequest({ method, url }) {
    const [, first, account = ''] = url.pathname.split('/');
    if (first === 'accounts')
      return { status: 200, body: account === '' ? model.accounts() : model.statement(account) };
    if (method !== 'POST') return { status: 404 };
    if (first === 'rebuild') return { status: 200, body: { position: await rebuild() } };
    if (first !== 'empty') return { status: 404 };
    model.empty();
    return { status: 204 };
  },
});

/** One at a time; who asks meanwhile waits for the same. */
function rebuild(): Promise<number> {
  rebuilding ??= model.rebuild(page).finally(() => {
    rebuilding = undefined;
  });
  return rebuilding;
}

async function page(after: number): Promise<Happened[]> {
  const answer = await fetch(`${EVENT_STORE}/events?after=${after}`);
  if (!answer.ok) throw new Error(`the event store answers ${answer.status}`);
  const events: unknown = await answer.json();
  if (!Array.isArray(events) || !events.every(isHappened)) throw new Error('the event store answers something else');
  return events;
}

function isHappened(data: unknown): data is Happened {
  return typeof data === 'object' && data !== null && 'stream' in data && 'version' in data && 'fact' in data;
}
