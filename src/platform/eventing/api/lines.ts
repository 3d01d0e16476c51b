/** An answer that goes on: one line of JSON after another. Who reads slowly holds up nobody else. */
import { once } from 'node:events';
import type { ExtensionRequest } from '../../apiserver/http/extension.ts';

/** How long a client may leave what it was sent unread. */
const STALLED_MS = 60_000;

export interface Lines {
  /** Aborted when the client goes, or the platform ends. */
  readonly signal: AbortSignal;
  /** @param line without its end. Resolves when more may be sent. */
  send(line: string): Promise<void>;
}

/** Answers with the lines that the work sends, and ends with it. */
export async function answerLines(
  { response, request, keep }: Pick<ExtensionRequest, 'response' | 'request' | 'keep'>,
  work: (lines: Lines) => Promise<void>,
): Promise<void> {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  const forget = keep(end);
  response.once('close', end);
  response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
  response.flushHeaders();
  request.socket.setNoDelay(true);
  const send = async (line: string): Promise<void> => {
    if (ending.signal.aborted || response.write(`${line}\n`)) return;
    const stalled = setTimeout(() => response.destroy(), STALLED_MS);
    try {
      await once(response, 'drain', { signal: ending.signal });
    } finally {
      clearTimeout(stalled);
    }
  };
  try {
    await work({ signal: ending.signal, send });
  } catch (error) {
    if (!ending.signal.aborted) {
      // a line that was cut tells the client that this is not the end
      response.destroy();
      throw error;
    }
  } finally {
    forget();
    response.end();
  }
}
