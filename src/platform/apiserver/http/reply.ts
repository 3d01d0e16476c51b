/** Answers as bytes: JSON, compressed where it is large and the client takes it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { constants, createGzip, gzip } from 'node:zlib';
import type { JsonObject } from '../../../kubernetes/json.ts';
import type { Failure } from '../status/failure.ts';

/** How long a client may leave an answer unread. */
const UNREAD_MILLISECONDS = 60_000;
const GZIP_FROM_BYTES = 128 * 1024;
const GZIPPED = { 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding' } as const;
/** In characters. */
const CHUNK_LENGTH = 128 * 1024;
const compress = promisify(gzip);
/** Clients of people, who read what they get. */
const HUMAN = /^(curl|Wget|Mozilla\/5\.0)/;

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  /** Values of `Warning`, as far as they are known. */
  warnings(): string[];
}

/** @param text JSON without a line break at its end */
export async function replyText(exchange: Exchange, code: number, text: string): Promise<void> {
  const { request, response } = exchange;
  if (response.headersSent || response.destroyed) return;
  const body = Buffer.from(`${isPretty(exchange) ? JSON.stringify(JSON.parse(text), null, 2) : text}\n`);
  const isCompressed = body.length > GZIP_FROM_BYTES && takesGzip(request);
  const bytes = isCompressed ? await compress(body, { level: constants.Z_BEST_SPEED }) : body;
  if (response.destroyed) return;

  setWarnings(exchange);
  response.setTimeout(UNREAD_MILLISECONDS, () => response.destroy());
  response.writeHead(code, {
    'Content-Type': 'application/json',
    ...(isCompressed && GZIPPED),
    'Content-Length': bytes.length,
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

/**
 * As `replyText`, of pieces that make one JSON text. What is large is written as fast as the client reads it, and never
 * stands in memory as a whole.
 */
export async function replyPieces(exchange: Exchange, code: number, pieces: Iterable<string>): Promise<void> {
  const { request, response } = exchange;
  if (isPretty(exchange) || request.method === 'HEAD') return replyText(exchange, code, [...pieces].join(''));
  const chunks = chunksOf(pieces);
  const { value: first = '' } = chunks.next();
  const second = chunks.next();
  if (second.done === true) return replyText(exchange, code, first);
  if (response.headersSent || response.destroyed) return;

  setWarnings(exchange);
  response.setTimeout(UNREAD_MILLISECONDS, () => response.destroy());
  const isCompressed = takesGzip(request);
  response.writeHead(code, { 'Content-Type': 'application/json', ...(isCompressed && GZIPPED) });
  const source = Readable.from(allOf(first, second.value, chunks));
  try {
    if (isCompressed) await pipeline(source, createGzip({ level: constants.Z_BEST_SPEED }), response);
    else await pipeline(source, response);
  } catch {
    response.destroy(); // the client went; its answer cannot be ended otherwise
  }
}

/** Pieces put together, so that each write is worth its while. */
function* chunksOf(pieces: Iterable<string>): Generator<string, undefined> {
  let chunk = '';
  for (const piece of pieces) {
    chunk += piece;
    if (chunk.length < CHUNK_LENGTH) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
  return undefined;
}

function* allOf(first: string, second: string, others: Iterable<string>): Generator<string> {
  yield first;
  yield second;
  yield* others;
  yield '\n';
}

export function replyObject(exchange: Exchange, code: number, object: JsonObject): Promise<void> {
  return replyText(exchange, code, JSON.stringify(object));
}

/** A no. What its body says is what its code says. */
export function replyFailure(exchange: Exchange, failure: Failure): Promise<void> {
  const { response } = exchange;
  const seconds = failure.details?.retryAfterSeconds;
  if (seconds !== undefined && !response.headersSent) response.setHeader('Retry-After', String(seconds));
  return replyObject(exchange, failure.code, failure.toStatus());
}

/** Of a path that leads nowhere at all. */
export function replyNoPage({ response }: Exchange): void {
  response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' });
  response.end('404 page not found\n');
}

export function setWarnings({ response, warnings }: Exchange): void {
  const values = warnings();
  if (values.length > 0) response.setHeader('Warning', values);
}

export function takesGzip(request: IncomingMessage): boolean {
  return String(request.headers['accept-encoding'] ?? '')
    .split(',')
    .some((token) => token.trim() === 'gzip');
}

function isPretty({ request, query }: Exchange): boolean {
  const wanted = query.get('pretty');
  if (wanted !== null && wanted !== '') return wanted === 'true' || wanted === '1';
  return HUMAN.test(request.headers['user-agent'] ?? '');
}
