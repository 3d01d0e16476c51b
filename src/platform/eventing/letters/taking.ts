/** Takes dead letters by HTTP, from whoever delivers events: `POST /`, with 202 once the letter is on the disk. */
import type { IncomingMessage, Server } from 'node:http';
import { decodeEvent } from '../../../cloudevents/http.ts';
import { systemClock } from '../../../kubernetes/clock.ts';
import { messageOf, SQLITE, sqliteCode } from '../../database/storeError.ts';
import { Room } from '../intake/room.ts';
import { type Taken, takeBody } from '../intake/takeBody.ts';
import type { Verdict } from '../intake/verdict.ts';
import { MOST_BYTES as MOST_BYTES_OF_AN_EVENT } from '../send.ts';
import { eventServer } from '../server.ts';
import { metricsText } from './metrics.ts';
import type { LetterStore } from './store.ts';

/** As much as an event may have, and what a Broker adds to it. */
const MOST_BYTES = MOST_BYTES_OF_AN_EVENT + 1024 * 1024;
/** Of all that come at the same time: the pod has 256 MiB (controllers/deadLetters/resources/deployment.ts). */
const ROOM_BYTES = 32 * 1024 * 1024;

/** Says also how it is: `/healthz`, `/readyz`, `/metrics`. */
export function takingServer(store: LetterStore, room = new Room(ROOM_BYTES, systemClock)): Server {
  return eventServer((request, response) => {
    answer(request, store, room).then(
      ({ status, text, isBusy, isUnread }) => {
        const close = isUnread === true ? { connection: 'close' } : {};
        const again = isBusy === true ? { 'retry-after': '1' } : {};
        const headers = { 'content-type': 'text/plain; charset=utf-8', ...close, ...again };
        response.writeHead(status, headers).end(text === '' ? '' : `${text}\n`);
      },
      () => response.destroy(),
    );
  });
}

async function answer(request: IncomingMessage, store: LetterStore, room: Room): Promise<Taken> {
  const { method, url = '/', headers } = request;
  if (method === 'GET') return tell(url, store);
  if (method !== 'POST') return { status: 405, text: `${method} is not taken here; POST an event` };
  return takeBody(request, { mostBytes: MOST_BYTES, room, what: 'a dead letter' }, (body) => {
    const decoded = decodeEvent(headers, body);
    if (!decoded.ok) return { status: 400, text: decoded.problem };
    try {
      store.add(decoded.event);
      return { status: 202, text: '' };
    } catch (error) {
      const why = sqliteCode(error) === SQLITE.full ? 'the volume is full' : messageOf(error);
      return { status: 503, text: `the dead letter was not kept: ${why}` };
    }
  });
}

function tell(url: string, store: LetterStore): Verdict {
  if (url === '/healthz' || url === '/readyz') return { status: 200, text: 'ok' };
  if (url === '/metrics') return { status: 200, text: metricsText(store).trimEnd() };
  return { status: 404, text: 'there are /healthz, /readyz and /metrics; dead letters are posted to /' };
}
