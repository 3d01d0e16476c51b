/** Writes an answer to whoever asked. */
import type { Logger } from '../../src/process/log.ts';
import type { Answer } from './answer.ts';
import type { Metrics } from './metrics.ts';

/** What of a ServerResponse is used. */
export interface Reply {
  readonly headersSent: boolean;
  writeHead(status: number, head: Readonly<Record<string, string | number>>): unknown;
  end(body: string): unknown;
  destroy(): unknown;
}

export interface SendParts {
  readonly metrics: Metrics;
  readonly log: Logger;
  /** True from the first signal on: each answer then asks its connection to go. */
  readonly isDraining: () => boolean;
}

/** What held no review. */
export function refuse(response: Reply, parts: SendParts, answer: Answer): void {
  parts.metrics.refused(answer.status);
  parts.log.debug({ status: answer.status, problem: answer.problem }, 'a request held no review');
  sendJson(response, parts, answer);
}

export function sendJson(
  response: Reply,
  { isDraining }: Pick<SendParts, 'isDraining'>,
  { status, body }: Pick<Answer, 'status' | 'body'>,
): void {
  const length = Buffer.byteLength(body);
  // The client opens its next connection to a server that stays.
  const head = isDraining() || status === 413 || status === 401 ? LAST_HEAD : HEAD;
  response.writeHead(status, { ...head, 'content-length': length });
  response.end(body);
}

const HEAD = { 'content-type': 'application/json' } as const;
const LAST_HEAD = { ...HEAD, connection: 'close' } as const;
