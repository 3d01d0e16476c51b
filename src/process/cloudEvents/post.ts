/** One try to bring a message to the sink. */
import http from 'node:http';
import https from 'node:https';
import type { Message } from './event.ts';

export type Posted =
  /** It was taken. */
  | { readonly outcome: 'taken' }
  /** It never will be: the sink said so. */
  | { readonly outcome: 'refused'; readonly why: string }
  /** It may be later; `afterMs` where the sink says when. */
  | { readonly outcome: 'later'; readonly why: string; readonly afterMs?: number };

export interface Poster {
  post(message: Message, signal: AbortSignal): Promise<Posted>;
  close(): void;
}

const TIMEOUT_MS = 10_000;
/** As many requests as are under way at once. */
export const SIDE_BY_SIDE = 4;

/** As HTTP has it: these may work when they are tried again. */
const LATER = new Set([408, 425, 429, 500, 502, 503, 504]);

/** @param sink an http: or https: URL; its user and password, where it has some, are sent as it says */
export function posterTo(sink: URL): Poster {
  const isPlain = sink.protocol === 'http:';
  const agent = isPlain
    ? new http.Agent({ keepAlive: true, maxSockets: SIDE_BY_SIDE })
    : new https.Agent({ keepAlive: true, maxSockets: SIDE_BY_SIDE, minVersion: 'TLSv1.2' });

  function post({ headers, body }: Message, signal: AbortSignal): Promise<Posted> {
    return new Promise((resolve) => {
      const options = {
        method: 'POST',
        headers: { ...headers, 'content-length': Buffer.byteLength(body), 'user-agent': 'weir' },
        agent,
        signal,
        timeout: TIMEOUT_MS,
      };
      const request = isPlain ? http.request(sink, options) : https.request(sink, options);
      request.on('response', (response) => {
        response.resume();
        resolve(postedBy(response.statusCode ?? 0, response.headers['retry-after']));
      });
      request.on('timeout', () => request.destroy(new Error(`it did not answer within ${TIMEOUT_MS / 1000} s`)));
      request.on('error', (error) => resolve({ outcome: 'later', why: error.message }));
      request.end(body);
    });
  }

  return { post, close: () => agent.destroy() };
}

function postedBy(status: number, retryAfter: string | undefined): Posted {
  if (status >= 200 && status < 300) return { outcome: 'taken' };
  const why = `it answered with status ${status}`;
  if (!LATER.has(status)) return { outcome: 'refused', why };
  const seconds = Number(retryAfter);
  return retryAfter === undefined || !Number.isFinite(seconds) || seconds < 0
    ? { outcome: 'later', why }
    : { outcome: 'later', why, afterMs: seconds * 1000 };
}
