/**
 * Makes a report of all sales that are in none yet, whenever the schedule says so. A run takes what is there, and not what
 * is of the last hour: what a run has missed, because nobody was there to be asked, the next one takes.
 */
import { type Event, openInbox } from '../lib/inbox.ts';
import { serve } from '../lib/service.ts';

const inbox = openInbox('data-processor');
inbox.database.exec(`
  CREATE TABLE IF NOT EXISTS reports (run INTEGER PRIMARY KEY, due TEXT, sales INTEGER, total REAL);
  CREATE TABLE IF NOT EXISTS sales (amount REAL, run INTEGER REFERENCES reports);
`);
const sell = inbox.database.prepare('INSERT INTO sales (amount) VALUES (?)');
const open = inbox.database.prepare('SELECT count(*) AS sales, total(amount) AS total FROM sales WHERE run IS NULL');
const report = inbox.database.prepare('INSERT INTO reports (due, sales, total) VALUES (?, ?, ?)');
const close = inbox.database.prepare('UPDATE sales SET run = ? WHERE run IS NULL');
const reports = inbox.database.prepare('SELECT * FROM reports WHERE sales > 0');

serve({
  // a PingSource sends once more what it thinks has not arrived: the same run, by its id
  onEvent: (event) => inbox.once(event, () => run(event)),

  onRequest({ method, url, body }) {
    if (url.pathname !== '/sales') return { status: 200, body: reports.all() };
    const amount = Number(body);
    if (method !== 'POST' || !Number.isFinite(amount)) return { status: 400, body: 'POST an amount, such as 12.5' };
    sell.run(amount);
    return { status: 201 };
  },
});

function run({ time = '' }: Event): undefined {
  const { sales = 0, total = 0 } = open.get() ?? {};
  const { lastInsertRowid } = report.run(time, sales, total);
  close.run(lastInsertRowid);
  console.log(`${time}: ${sales} sales, ${total}`);
}
