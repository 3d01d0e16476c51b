import { describe, expect, it } from '@jest/globals';
import { BodyReader } from '../../../../src/platform/network/http1/body.ts';
import type { Fields } from '../../../../src/platform/network/http1/fields.ts';
import { CHUNKED, UNTIL_CLOSE } from '../../../../src/platform/network/http1/head.ts';

interface Read {
  readonly body: string;
  readonly isEnded: boolean;
  readonly trailers: Fields | undefined;
  /** What belongs to the next message. */
  readonly rest: string;
}

/** @param size of the pieces in which it comes */
function read(framing: number, text: string, size: number): Read {
  let body = '';
  let trailers: Fields | undefined;
  let isEnded = false;
  const reader = new BodyReader(framing, {
    onBody: (chunk) => {
      body += chunk.toString('latin1');
    },
    onBodyEnd: (all) => {
      trailers = all;
      isEnded = true;
    },
  });
  let at = 0;
  while (at < text.length && !reader.hasEnded) {
    const piece = Buffer.from(text.slice(at, at + size), 'latin1');
    at += reader.push(piece);
  }
  return { body, isEnded, trailers, rest: text.slice(at) };
}

describe.each([1, 2, 3, 7, 1000])('a body in pieces of %j', (size) => {
  it.each<{ framing: number; text: string; body: string; rest: string }>`
    framing    | text                                              | body            | rest
    ${3}       | ${'abcdef'}                                       | ${'abc'}        | ${'def'}
    ${CHUNKED} | ${'3\r\nabc\r\n0\r\n\r\nnext'}                    | ${'abc'}        | ${'next'}
    ${CHUNKED} | ${'1\r\na\r\n00002;x="y"\r\n\r\n\r\n0;z\r\n\r\n'} | ${'a\r\n'}      | ${''}
    ${CHUNKED} | ${'A\r\n0123456789\r\n0\r\nT: u\r\n\r\n'}         | ${'0123456789'} | ${''}
  `('$text is $body', ({ framing, text, body, rest }) => {
    expect(read(framing, text, size)).toMatchObject({ body, rest, isEnded: true });
  });

  it.each([
    ['3\r\nabcd\r\n0\r\n\r\n'],
    ['3\r\nab\r\n0\r\n\r\n'],
    ['3\nabc\r\n0\r\n\r\n'],
    ['3\r\nabc\n0\r\n\r\n'],
    ['\r\n'],
    ['x\r\n'],
    ['-1\r\n'],
    ['0x1\r\na\r\n'],
    ['3 \r\nabc\r\n'],
    [' 3\r\nabc\r\n'],
    ['3\r\r\nabc\r\n'],
    ['10000000000000000\r\n'],
    [`1;${'x'.repeat(2000)}\r\na\r\n`],
    ['0\r\nno trailer\r\n\r\n'],
    ['0\r\nT: u\n\r\n\r\n'],
    [`0\r\n${'T: u\r\n'.repeat(5000)}\r\n`],
  ])('%j is none', (text) => {
    expect(() => read(CHUNKED, text, size)).toThrow(/chunk|trailers/);
  });
});

describe('a body', () => {
  it('has no trailers that would change what was said before', () => {
    const { trailers } = read(CHUNKED, '0\r\nA: b\r\nContent-Length: 9\r\nTransfer-Encoding: x\r\nC: d\r\n\r\n', 1000);
    expect(trailers).toEqual({ names: ['A', 'C'], keys: ['a', 'c'], values: ['b', 'd'] });
  });

  it.each([
    [UNTIL_CLOSE, true],
    [CHUNKED, false],
    [10, false],
  ])('of framing %j is whole when the connection ends: %j', (framing, isWhole) => {
    const reader = new BodyReader(framing, { onBody: () => undefined, onBodyEnd: () => undefined });
    reader.push(Buffer.from('1\r\n'));
    expect(reader.close()).toBe(isWhole);
  });
});
