import type { IncomingMessage } from 'node:http';
import { GrowingBody } from './intake/growingBody.ts';

/** All of a body that somebody answers; undefined where it is longer, of which no more is read then. Requests are taken in by intake/. */
export async function bodyOf(request: IncomingMessage, mostBytes: number): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) return undefined;
  // what was said has no place in advance: nothing bounds all who say so together
  const body = new GrowingBody(0);
  for await (const chunk of request) {
    if (body.length + chunk.length > mostBytes) return undefined;
    body.add(chunk);
  }
  return body.whole();
}
