import type { IncomingMessage } from 'node:http';
import { expect, it } from '@jest/globals';
import { bodyOf } from '../../../src/platform/eventing/body.ts';

/** All pieces but the first are the same memory. */
function requestOf(text: string): IncomingMessage {
  const piece = Buffer.alloc(1);
  const request = {
    headers: {},
    async *[Symbol.asyncIterator]() {
      yield Buffer.from(text.slice(0, 1));
      for (const letter of text.slice(1)) {
        piece.write(letter);
        yield piece;
      }
    },
  };
  return request as unknown as IncomingMessage;
}

it('keeps no piece of a body: each may hold all that was read with it', async () => {
  expect(String(await bodyOf(requestOf('abcdef'), 6))).toBe('abcdef');
  expect(await bodyOf(requestOf('abcdef'), 5)).toBeUndefined();
  expect(await bodyOf(requestOf(''), 5)).toHaveLength(0);
});
