/** Where the API server asks what SinkBindings change: HTTPS on this machine alone, with a certificate of its own. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import path from 'node:path';
import { type Clock, pause } from '../../../src/kubernetes/clock.ts';
import { isObject, type JsonValue } from '../../../src/kubernetes/json.ts';
import type { Log } from '../../../src/kubernetes/log.ts';
import { bodyOf } from '../../../src/platform/eventing/body.ts';
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
/** Less than the API server waits. */
const BEGINNING_MS = 8000;

export async function startBindingWebhook(options: BindingWebhookOptions): Promise<BindingWebhook> {
  const { folder, clock, log } = options;
  const certified = { folder: path.join(folder, 'pki'), authority: AUTHORITY, served: LOOPBACK, clock };
  const { certificate, key, authority } = await serverCertificateIn(certified);
  const server = createServer({ cert: certificate, key }, (request, response) => {
    answer(request, response, options).catch((error: unknown) => {
      log.warn({ err: error }, 'a review of SinkBindings was not answered');
      end(response, 500, `${error instanceof Error ? error.message : String(error)}\n`);
    });
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

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { bindings, clock }: BindingWebhookOptions,
): Promise<void> {
  if (request.method !== 'POST' || !(request.url ?? '').startsWith(PATH)) {
    end(response, 404, 'the API server asks here by POST, and nobody else does\n');
    return;
  }
  const review = await readJson(request);
  if (!isObject(review)) {
    end(response, 400, 'this is no AdmissionReview\n');
    return;
  }
  if (!(await hasBegun(bindings, clock))) {
    end(response, 503, 'it is not known yet which SinkBindings there are; try again\n');
    return;
  }
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answerReview(review, bindings)));
}

async function hasBegun({ begun }: Pick<Bindings, 'begun'>, clock: Clock): Promise<boolean> {
  const over = new AbortController();
  const late = pause(clock, BEGINNING_MS, over.signal).then(() => over.signal.aborted);
  return Promise.race([begun.then(() => true), late]).finally(() => over.abort());
}

async function readJson(request: IncomingMessage): Promise<JsonValue | undefined> {
  const body = await bodyOf(request, MOST_BYTES);
  try {
    return body === undefined ? undefined : JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function end(response: ServerResponse, status: number, text: string): void {
  if (!response.headersSent) response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(text);
}
