import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { linesOf, textOf } from '../../../src/kubernetes/client/lines.ts';

async function* chunksOf(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (const end of [
    ...cuts.map((cut) => cut % (bytes.length + 1)).sort((left, right) => left - right),
    bytes.length,
  ]) {
    yield bytes.subarray(start, end);
    start = end;
  }
}

async function all(lines: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const line of lines) found.push(line);
  return found;
}

describe('lines of a stream', () => {
  it('are the same however it is cut, in the middle of a character too', async () => {
    const line = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((text) => !text.includes('\n') && text.isWellFormed());
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.array(fc.nat()), async (lines, cuts) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
        expect(await all(linesOf(chunksOf(bytes, cuts), 1_000_000))).toEqual(lines);
        expect(await textOf(chunksOf(bytes, cuts), 1_000_000)).toBe(bytes.toString('utf8'));
      }),
      { numRuns: 300 },
    );
  });

  it('are without empty ones, and without the last that was cut', async () => {
    expect(await all(linesOf(chunksOf(Buffer.from('a\n\nb\nc'), [1, 3]), 10))).toEqual(['a', 'b']);
  });

  it.each([[[]], [[4]], [[1, 2, 3, 4, 5, 6, 7, 8, 9]]])('are bounded, cut at %j', async (cuts) => {
    const lines = all(linesOf(chunksOf(Buffer.from('abc\nabcdefghij'), cuts), 6));
    await expect(lines).rejects.toThrow('the answer is longer than 6 bytes');
  });
});
