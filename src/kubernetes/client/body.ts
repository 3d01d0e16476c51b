/** The body of an answer: as `textOf` of lines.ts reads any stream, for less than half of what iterating over it costs. */
import type { IncomingMessage } from 'node:http';
import { DecodingError } from './errors.ts';

/** @throws DecodingError where it is longer; whatever cut it short */
export function bodyOf(answer: IncomingMessage, mostBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const all: Buffer[] = [];
    let length = 0;
    answer.on('data', (chunk: Buffer) => {
      all.push(chunk);
      length += chunk.length;
      if (length > mostBytes) answer.destroy(new DecodingError(`the answer is longer than ${mostBytes} bytes`));
    });
    answer.on('end', () => resolve((all.length === 1 ? all[0] : Buffer.concat(all))?.toString('utf8') ?? ''));
    answer.on('error', reject);
    // after either of those it changes nothing
    answer.on('close', () => reject(Object.assign(new Error('the answer was cut short'), { code: 'ECONNRESET' })));
  });
}
