/** Takes dead letters by HTTP, from whoever delivers events: `POST /`, with 202 once the letter is on the disk. */
import type { IncomingMessage, Server } from 'node:http';
import { decodeEvent } from '../../../cloudevents/http.ts';
import { messageOf, SQLITE, sqliteCode } from '../../database/storeError.ts';
import { bodyOf } from '../body.ts';
import { MOST_BYTES as MOST_BYTES_OF_AN_EVENT } from '../send.ts';
import { eventServer } from '../server.ts';
import { metricsText } from './metrics.ts';
import type { LetterStore } from './store.ts';

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** As much as an event may have, and what a Broker adds to it. */
const MOST_BYTES = MOST_BYTES_OF_AN_EVENT + 1024 * 1024;

/** Says also how it is: `/healthz`, `/readyz`, `/metrics`. */
export function takingServer(store: LetterStore): Server {
  return eventServer((request, response) => {
    answer(request, store).then(
      ({ status, text }) => {
        const close = status === 413 ? { connection: 'close' } : {};
        response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...close }).end(text);
      },
      () => response.destroy(),
    );
  });
}

async function answer(request: IncomingMessage, store: LetterStore): Promise<Answer> {
  const { method, url = '/', headers } = request;
  if (method === 'GET') return tell(url, store);
  if (method !== 'POST') return { status: 405, text: `${method} is not taken here; POST an event\n` };
  const body = await bodyOf(request, MOST_BYTES);
  if (body === undefined) return { status: 413, text: `a dead letter has ${MOST_BYTES} bytes at most\n` };
  const decoded = decodeEvent(headers, body);
  if (!decoded.ok) return { status: 400, text: `${decoded.problem}\n` };
  try {
    store.add(decoded.event);
    return { status: 202, text: '' };
  } catch (error) {
    const why = sqliteCode(error) === SQLITE.full ? 'the volume is full' : messageOf(error);
    return { status: 503, text: `the dead letter was not kept: ${why}\n` };
  }
}

function tell(url: string, store: LetterStore): Answer {
  if (url === '/healthz' || url === '/readyz') return { status: 200, text: 'ok\n' };
  if (url === '/metrics') return { status: 200, text: metricsText(store) };
  return { status: 404, text: 'there are /healthz, /readyz and /metrics; dead letters are posted to /\n' };
}
