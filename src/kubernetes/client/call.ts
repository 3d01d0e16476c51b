/** One call: a request, its answer as JSON, a limit of time, and errors that say which server did not do what. */
import type { IncomingMessage } from 'node:http';
import type { JsonValue } from '../json.ts';
import { bodyOf } from './body.ts';
import type { Connection, Sending } from './connection.ts';
import { ApiError, ConnectionError, connectionError, DecodingError, errorOfStatus } from './errors.ts';

export interface Asked extends Omit<Sending, 'signal' | 'body'> {
  readonly body?: JsonValue;
}

export interface CallOptions {
  /** Ends the call, which then throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** For the whole call, its answer included; 30 seconds unless set. */
  readonly timeoutMs?: number;
}

export const TIMEOUT_MS = 30_000;

/** A page of a list is the longest answer that is read. */
const MOST_ANSWER_BYTES = 128 * 1024 * 1024;

const NEVER = new AbortController().signal;

/** The answer of a request that was carried out; an ApiError where the server refused it. */
export async function call(connection: Connection, asked: Asked, options: CallOptions): Promise<JsonValue> {
  const { signal = NEVER, timeoutMs = TIMEOUT_MS } = options;
  return within(connection, asked, { signal, timeoutMs }, async (ended) => {
    const answer = await connection.send(sendingOf(asked, ended));
    return readAnswer(connection, asked, answer);
  });
}

function sendingOf({ body, ...rest }: Asked, signal: AbortSignal): Sending {
  if (body === undefined) return { ...rest, signal };
  return {
    ...rest,
    signal,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...rest.headers },
  };
}

/** Runs the work with a signal that ends it when the caller or the time says so, and throws what either of them says. */
export async function within<Value>(
  connection: Connection,
  asked: Asked,
  { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
  work: (ended: AbortSignal) => Promise<Value>,
): Promise<Value> {
  signal.throwIfAborted();
  const ending = new AbortController();
  const message = `the API server at ${connection.name} did not answer ${describe(asked)} within ${timeoutMs / 1000} s`;
  const callOff = connection.clock.after(timeoutMs, () => ending.abort(new ConnectionError('TIMEOUT', message)));
  const end = (): void => {
    callOff();
    ending.abort(signal.reason);
  };
  signal.addEventListener('abort', end, { once: true });
  try {
    return await work(ending.signal);
  } catch (error) {
    if (ending.signal.aborted) throw ending.signal.reason;
    throw isOurs(error) ? error : connectionError(error, connection.name);
  } finally {
    callOff();
    signal.removeEventListener('abort', end);
  }
}

function isOurs(error: unknown): boolean {
  return error instanceof ApiError || error instanceof ConnectionError || error instanceof DecodingError;
}

/** `GET /api/v1/namespaces`: without what stands after the question mark. */
export function describe({ method, path }: Asked): string {
  const end = path.indexOf('?');
  return `${method} ${end < 0 ? path : path.slice(0, end)}`;
}

/** Reads the body to its end, so that the connection can be used again. */
export async function readAnswer(connection: Connection, asked: Asked, answer: IncomingMessage): Promise<JsonValue> {
  const text = await bodyOf(answer, MOST_ANSWER_BYTES);
  const status = answer.statusCode ?? 0;
  const value = parsed(text);
  if (status >= 200 && status < 300) {
    if (value !== undefined) return value;
    // /readyz and /version/… of some servers
    if (!isJson(answer)) return text;
    throw new DecodingError(`the API server at ${connection.name} answered ${describe(asked)} with no JSON`);
  }
  const message = `the API server at ${connection.name} answered ${describe(asked)} with status ${status}`;
  const error = errorOfStatus(value, { status, message });
  const seconds = Number(answer.headers['retry-after']);
  if (error.retryAfterSeconds !== undefined || !Number.isFinite(seconds)) throw error;
  throw new ApiError(error.status, error.reason, error.message, seconds, error.causes);
}

function isJson(answer: IncomingMessage): boolean {
  return answer.headers['content-type']?.includes('json') === true;
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
