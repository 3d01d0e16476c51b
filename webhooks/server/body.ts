/** Reads a request's body into memory, up to a limit: the caller is trusted with no more than that. */
import type { IncomingMessage } from 'node:http';

/** The API server's own limit for an object in JSON is 3 MiB (k8s.io/apiserver pkg/server/config.go). */
export const BODY_LIMIT = 3 * 1024 * 1024;

/**
 * What is too large is thrown away until it ends, so that its sender reads the answer instead of a broken connection;
 * beyond this, the connection is not worth that any more.
 */
const MOST_THROWN_AWAY = 16 * 1024 * 1024;

export interface BodyProblem {
  readonly status: 413 | 415;
  readonly message: string;
  /** True where more is still coming, for which nobody waits. */
  readonly isUnfinished: boolean;
}

/**
 * Calls back once: with the bytes, or with what is wrong with them. It does not call back where the sender goes away.
 * No promise: each turn of the loop between a body and its answer is latency.
 */
export function readBody(request: IncomingMessage, limit: number, done: (body: Buffer | BodyProblem) => void): void {
  const encoding = request.headers['content-encoding'];
  const refusal: Pick<BodyProblem, 'status' | 'message'> =
    encoding === undefined || encoding === 'identity'
      ? { status: 413, message: `the body has more than ${limit} bytes, and a review has at most that` }
      : { status: 415, message: `the body is encoded as ${encoding.slice(0, 40)}; send it as it is` };

  let isRefused = refusal.status === 415 || Number(request.headers['content-length'] ?? 0) > limit;
  let isAnswered = false;
  let size = 0;
  let chunks: Buffer[] = [];

  const answer = (body: Buffer | BodyProblem): void => {
    if (isAnswered) return;
    isAnswered = true;
    done(body);
  };
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > limit) isRefused = true;
    if (!isRefused) {
      chunks.push(chunk);
      return;
    }
    chunks = [];
    if (size > MOST_THROWN_AWAY) answer({ ...refusal, isUnfinished: true });
  });
  request.on('end', () => {
    if (isRefused) answer({ ...refusal, isUnfinished: false });
    else answer(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks));
  });
  // Whoever sent half of a body and left gets no answer, and is no reason to fail.
  request.on('error', () => undefined);
}
