/** The server's paths. Express routes what is no everyday review, and has no middleware: what every review pays for is in sight here. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import express, { type NextFunction, type Request, type Response } from 'express';
import type { Health } from '../../src/process/health.ts';
import { sendMetrics, sendText } from '../../src/process/metrics/send.ts';
import type { Door } from '../review/review.ts';
import { type Answer, refused } from './answer.ts';
import { BODY_LIMIT, readBody } from './body.ts';
import type { Gate } from './clients.ts';
import { Desk, type DeskParts } from './desk.ts';
import { refuse, type SendParts } from './send.ts';

export interface AppParts extends DeskParts {
  readonly readiness: () => Health;
  /** Where clients have to show a certificate: says why a request may not ask for a review. */
  readonly gate?: Gate;
}

/**
 * The request listener for an HTTPS server.
 *
 *   https.createServer({ cert, key }, makeApp({ policies, cluster, … })).listen(9443);
 */
export function makeApp(parts: AppParts): RequestListener {
  const app = express();
  const desk = new Desk(parts);
  const serve = (door: Door, request: IncomingMessage, response: ServerResponse) =>
    receive(door, request, response, desk, parts);
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);

  app.post('/validate/:environment', (request: Request<{ environment: string }>, response: Response) => {
    serve({ door: 'validate', environment: request.params.environment }, request, response);
  });
  app.post('/mutate/:environment', (request: Request<{ environment: string }>, response: Response) => {
    serve({ door: 'mutate', environment: request.params.environment }, request, response);
  });
  app.post('/validate-namespace', (request, response) => {
    serve({ door: 'validate-namespace' }, request, response);
  });

  app.get('/healthz', (_, response) => sendText(response, 200, '[+]ping ok\nhealthz check passed\n'));
  app.get('/readyz', (_, response) => {
    const { isReady, text } = parts.readiness();
    sendText(response, isReady ? 200 : 503, text);
  });
  app.get('/metrics', (_, response) => sendMetrics(response, parts.metrics.registry));

  app.use((request: Request, response: Response) => refuse(response, parts, unknownPath(request)));
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    refuse(response, parts, wrongRequest(error));
  });
  return (request, response) => {
    const door = doorAtSight(request);
    if (door === undefined) app(request, response);
    else serve(door, request, response);
  };
}

/** `/validate/prod?timeout=5s`, as an API server asks. */
const EVERYDAY = /^\/(validate|mutate)\/([a-z0-9-]{1,63})(?:\?|$)/;

/**
 * The door, where the path is written as an API server writes it: then there is nothing that a router would have to find
 * out, and to ask one costs a review about as much as to read its JSON (docs/adr/0023). Any other spelling is express'.
 */
function doorAtSight({ method, url = '' }: IncomingMessage): Door | undefined {
  const match = method === 'POST' ? EVERYDAY.exec(url) : null;
  const [, door, environment] = match ?? [];
  if (environment === undefined) return undefined;
  return door === 'mutate' ? { door, environment } : { door: 'validate', environment };
}

function receive(
  door: Door,
  request: IncomingMessage,
  response: ServerResponse,
  desk: Desk,
  parts: Pick<AppParts, 'gate' | keyof SendParts>,
): void {
  const start = performance.now();
  const stranger = parts.gate?.(request);
  if (stranger !== undefined) {
    turnAway(request, response, parts, stranger);
    return;
  }
  readBody(request, BODY_LIMIT, (body) => {
    if (Buffer.isBuffer(body)) {
      desk.take({ door, bytes: body, response, start });
      return;
    }
    refuse(response, parts, refused(body.status, body.message));
    if (body.isUnfinished) request.destroy();
  });
}

/** What it sends is read to its end, so that it reads its answer, and kept nowhere. */
function turnAway(request: IncomingMessage, response: ServerResponse, parts: SendParts, why: string): void {
  readBody(request, 0, (body) => {
    refuse(response, parts, refused(401, why));
    if (!Buffer.isBuffer(body) && body.isUnfinished) request.destroy();
  });
}

function unknownPath({ method, path }: Request): Answer {
  if (/^\/(validate|mutate)\/[^/]+$|^\/validate-namespace$/.test(path)) {
    return refused(405, `${method} is not answered here; send an AdmissionReview by POST`);
  }
  return refused(
    404,
    'there is no such path; there are /mutate/<environment>, /validate/<environment>, /validate-namespace, /healthz, /readyz and /metrics',
  );
}

/** A path that is no text, as `%ff`: the only way into express' own errors. */
function wrongRequest(error: unknown): Answer {
  const isTheirs = typeof error === 'object' && error !== null && 'status' in error && error.status === 400;
  return isTheirs ? refused(400, 'the path cannot be decoded') : refused(500, 'this is a mistake of Weir');
}
