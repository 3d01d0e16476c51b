/** The server's paths. Express routes what is no everyday review, and has no middleware: what every review pays for is in sight here. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import express, { type NextFunction, type Request, type Response } from 'express';
import type { Catalogue } from '../../src/policy/engine/judge.ts';
import type { Health } from '../../src/process/health.ts';
import type { Logger } from '../../src/process/log.ts';
import { sendMetrics, sendText } from '../../src/process/metrics/send.ts';
import type { ClusterView, PolicyStore } from '../dependencies.ts';
import type { Door, Facts } from '../review/review.ts';
import { type Answer, answerTo, refused } from './answer.ts';
import { BODY_LIMIT, readBody } from './body.ts';
import type { Gate } from './clients.ts';
import { logMistake, logReview } from './log.ts';
import type { Metrics } from './metrics.ts';

export interface AppParts {
  readonly policies: PolicyStore;
  readonly cluster: ClusterView;
  readonly catalogue: Catalogue;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly readiness: () => Health;
  /** True from the first signal on: each answer then asks its connection to go. */
  readonly isDraining: () => boolean;
  readonly now: () => Date;
  /** Where clients have to show a certificate: says why a request may not ask for a review. */
  readonly gate?: Gate;
  /** Hears of each review that was judged, after its answer is on its way. Must not throw and must not wait. */
  readonly onReview?: (facts: Facts) => void;
}

/**
 * The request listener for an HTTPS server.
 *
 *   https.createServer({ cert, key }, makeApp({ policies, cluster, … })).listen(9443);
 */
export function makeApp(parts: AppParts): RequestListener {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);

  app.post('/validate/:environment', (request: Request<{ environment: string }>, response: Response) => {
    serve({ door: 'validate', environment: request.params.environment }, request, response, parts);
  });
  app.post('/mutate/:environment', (request: Request<{ environment: string }>, response: Response) => {
    serve({ door: 'mutate', environment: request.params.environment }, request, response, parts);
  });
  app.post('/validate-namespace', (request, response) => {
    serve({ door: 'validate-namespace' }, request, response, parts);
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
    else serve(door, request, response, parts);
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

function serve(door: Door, request: IncomingMessage, response: ServerResponse, parts: AppParts): void {
  const start = performance.now();
  const stranger = parts.gate?.(request);
  if (stranger !== undefined) {
    turnAway(request, response, parts, stranger);
    return;
  }
  readBody(request, BODY_LIMIT, (body) => {
    if (!Buffer.isBuffer(body)) {
      refuse(response, parts, refused(body.status, body.message));
      if (body.isUnfinished) request.destroy();
      return;
    }
    // Nothing is known to throw here, and whatever does must not end a server that others wait for.
    try {
      reply(door, body, response, parts, start);
    } catch (mistake) {
      const { metrics, log } = parts;
      metrics.mistake(door.door);
      logMistake(log, door.door, { mistake });
      if (!response.headersSent) sendJson(response, parts, refused(500, 'this is a mistake of Weir'));
    }
  });
}

/** What it sends is read to its end, so that it reads its answer, and kept nowhere. */
function turnAway(request: IncomingMessage, response: ServerResponse, parts: AppParts, why: string): void {
  readBody(request, 0, (body) => {
    refuse(response, parts, refused(401, why));
    if (!Buffer.isBuffer(body) && body.isUnfinished) request.destroy();
  });
}

function reply(door: Door, body: Buffer, response: ServerResponse, parts: AppParts, start: number): void {
  const { policies, cluster, catalogue, now } = parts;
  const { inventory, isSelected } = cluster;
  const sight = { policies, inventory, catalogue, now: now(), isSelected };
  const answer = answerTo(door, body, sight, cluster.sawKind);
  if (answer.status !== 200) {
    refuse(response, parts, answer);
    return;
  }
  sendJson(response, parts, answer);
  account(door, answer, (performance.now() - start) / 1000, parts);
}

/** Counts and tells what was answered, once the answer is on its way. */
function account(door: Door, answer: Answer, seconds: number, { metrics, log, onReview }: AppParts): void {
  const { facts } = answer;
  if (facts !== undefined) {
    metrics.review(facts, seconds);
    logReview(log, facts, seconds);
    onReview?.(facts);
    return;
  }
  if (answer.mistake !== undefined) {
    metrics.mistake(door.door);
    logMistake(log, door.door, answer);
    return;
  }
  metrics.refused(answer.status);
  log.warn({ door: door.door, problem: answer.problem }, 'a review could not be read');
}

function refuse(response: ServerResponse, parts: AppParts, answer: Answer): void {
  parts.metrics.refused(answer.status);
  parts.log.debug({ status: answer.status, problem: answer.problem }, 'a request held no review');
  sendJson(response, parts, answer);
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

function sendJson(
  response: ServerResponse,
  { isDraining }: Pick<AppParts, 'isDraining'>,
  { status, body }: Answer,
): void {
  const length = Buffer.byteLength(body);
  // The client opens its next connection to a server that stays.
  const head = isDraining() || status === 413 || status === 401 ? LAST_HEAD : HEAD;
  response.writeHead(status, { ...head, 'content-length': length });
  response.end(body);
}

const HEAD = { 'content-type': 'application/json' } as const;
const LAST_HEAD = { ...HEAD, connection: 'close' } as const;
