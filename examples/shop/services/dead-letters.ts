/** Keeps what could not be delivered, and why, until somebody has looked at it. */
import { openInbox } from '../../lib/inbox.ts';
import { serve } from '../../lib/service.ts';

const inbox = openInbox('dead-letters');
inbox.database.exec('CREATE TABLE IF NOT EXISTS letters (id TEXT, type TEXT, code TEXT, sentTo TEXT, event TEXT)');
const keep = inbox.database.prepare('INSERT INTO letters VALUES (?, ?, ?, ?, ?)');

serve({
  // no inbox: that the same event failed twice is worth two lines
  onEvent(event) {
    const { id, type, knativeerrorcode = '', knativeerrordest = '' } = event;
    keep.run(id, type, String(knativeerrorcode), String(knativeerrordest), JSON.stringify(event));
    console.log(`nobody took ${type} ${id}: ${knativeerrorcode} of ${knativeerrordest}`);
    return undefined;
  },
});
