/** Where the API server asks what SinkBindings change: HTTPS on this machine alone, with a certificate of its own. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import path from 'node:path';
import { type Clock, pause, systemClock } from '../../../src/kubernetes/clock.ts';
import { isObject, type JsonValue } from '../../../src/kubernetes/json.ts';
import type { Log } from '../../../src/kubernetes/log.ts';
import { Room } from '../../../src/platform/eventing/intake/room.ts';
import { type Taken, takeBody } from '../../../src/platform/eventing/intake/takeBody.ts';
import type { Verdict } from '../../../src/platform/eventing/intake/verdict.ts';
import { listenAt } from '../../../src/platform/eventing/server.ts';
import { LOOPBACK, renewDaily, serverCertificateIn } from '../../../src/tls/folder.ts';
import type { Bindings } from './bindings.ts';
import { answerReview } from './review.ts';

export interface BindingWebhookOptions {
  /** Absolute: where the certificate is kept. */
  readonly folder: string;
  readonly bindings: Pick<Bindings, 'of' | 'begun'>;
  readonly clock: Clock;
  readonly log: Log;
  /** For the bodies of all that come. */
  readonly room?: Room;
}

export interface BindingWebhook {
  /** `https://127.0.0.1:41234/sinkbindings`. */
  readonly url: string;
  /** The CA's certificate as PEM. */
  readonly authority: string;
  stop(): Promise<void>;
}

const BIND = '127.0.0.1';
const PATH = '/sinkbindings';
const AUTHORITY = { organization: 'Weir', commonName: 'Weir sources' };
/** Both states of an object, at the most that the API server takes. */
const MOST_BYTES = 8 * 1024 * 1024;
/** Of bodies that are here at the same time. */
const ROOM_BYTES = 64 * 1024 * 1024;
/** Less than the API server waits. */
const BEGINNING_MS = 8000;

export async function startBindingWebhook(options: BindingWebhookOptions): Promise<BindingWebhook> {
  const { folder, clock, log, bindings, room = new Room(ROOM_BYTES, systemClock) } = options;
  const certified = { folder: path.join(folder, 'pki'), authority: AUTHORITY, served: LOOPBACK, clock };
  const { certificate, key, authority } = await serverCertificateIn(certified);
  const server = createServer({ cert: certificate, key }, (request, response) => {
    answer(request, { bindings, clock, room }).then(
      (taken) => end(response, taken),
      (error: unknown) => {
        log.warn({ err: error }, 'a review of SinkBindings was not answered');
        end(response, { status: 500, text: error instanceof Error ? error.message : String(error) });
      },
    );
  });
  const endRenewal = renewDaily(
    certified,
    (renewed) => server.setSecureContext({ cert: renewed.certificate, key: renewed.key }),
    (error) => log.error({ err: error }, 'the certificate was not renewed'),
  );
  const port = await listenAt(server, 0, BIND);
  return {
    url: `https://${BIND}:${port}${PATH}`,
    authority,
    stop: () =>
      new Promise((resolve) => {
        endRenewal();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Surroundings = Pick<BindingWebhookOptions, 'bindings' | 'clock'> & { readonly room: Room };

async function answer(request: IncomingMessage, { bindings, clock, room }: Surroundings): Promise<Taken> {
  if (request.method !== 'POST' || !(request.url ?? '').startsWith(PATH)) {
    return { status: 404, text: 'the API server asks here by POST, and nobody else does' };
  }
  return takeBody(
    request,
    { mostBytes: MOST_BYTES, room, what: 'an AdmissionReview' },
    async (body): Promise<Verdict> => {
      const review = parsed(body);
      if (!isObject(review)) return { status: 400, text: 'this is no AdmissionReview' };
      if (!(await hasBegun(bindings, clock))) {
        return { status: 503, text: 'it is not known yet which SinkBindings there are; try again' };
      }
      return { status: 200, text: JSON.stringify(answerReview(review, bindings)) };
    },
  );
}

async function hasBegun({ begun }: Pick<Bindings, 'begun'>, clock: Clock): Promise<boolean> {
  const over = new AbortController();
  const late = pause(clock, BEGINNING_MS, over.signal).then(() => over.signal.aborted);
  return Promise.race([begun.then(() => true), late]).finally(() => over.abort());
}

function parsed(body: Buffer): JsonValue | undefined {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function end(response: ServerResponse, { status, text, isBusy, isUnread }: Taken): void {
  response.statusCode = status;
  response.setHeader('content-type', status === 200 ? 'application/json' : 'text/plain; charset=utf-8');
  if (isUnread === true) response.setHeader('connection', 'close');
  if (isBusy === true) response.setHeader('retry-after', '1');
  response.end(`${text}\n`);
}
