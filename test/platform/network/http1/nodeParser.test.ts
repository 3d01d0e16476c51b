/** What is taken for requests is what Node's own strict parser takes for them: otherwise one could be hidden in another. */
import { createServer, METHODS } from 'node:http';
import { Duplex } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BodyReader } from '../../../../src/platform/network/http1/body.ts';
import { readRequestHead } from '../../../../src/platform/network/http1/head.ts';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

const LINES = [
  'GET / HTTP/1.1\r\n',
  'POST /a HTTP/1.1\r\n',
  'POST /b HTTP/1.1\r\n',
  'GET / HTTP/1.0\r\n',
  'G T / HTTP/1.1\r\n',
  '',
];
const FIELDS = [
  'Content-Length: 3\r\n',
  'Content-Length: 03\r\n',
  'Content-Length: 0\r\n',
  'Content-Length : 3\r\n',
  'Content-Length: 3,3\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: Chunked \r\n',
  'Transfer-Encoding: x\r\n',
  'Transfer-Encoding:\tchunked\r\n',
  'Transfer-Encoding : chunked\r\n',
  ' chunked\r\n',
  'Connection: close\r\n',
  'Connection: content-length\r\n',
  'host:b\r\n',
  'X: y\r\n',
  'X: y\n',
  'X: y\r',
  'X:\r\n',
  'X: \0\r\n',
];
const BODIES = [
  'abc',
  'ab',
  '3\r\nabc\r\n',
  '3;x=y\r\nabc\r\n',
  '3 \r\nabc\r\n',
  '03\r\nabc\r\n',
  '0x3\r\nabc\r\n',
  '3\nabc\n',
  '3\r\nabcd\r\n',
  '0\r\n\r\n',
  '0\r\nT: u\r\n\r\n',
  '\r\n',
];
/** More of those that are right than of those that are not: otherwise nothing would ever be whole. */
const requests = fc
  .tuple(
    fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...LINES.slice(0, 4)) },
      { weight: 1, arbitrary: fc.constantFrom(...LINES) },
    ),
    fc.oneof({ weight: 9, arbitrary: fc.constant('Host: a\r\n') }, { weight: 1, arbitrary: fc.constant('') }),
    fc.array(fc.constantFrom(...FIELDS), { maxLength: 2 }),
    fc.oneof({ weight: 9, arbitrary: fc.constant('\r\n') }, { weight: 1, arbitrary: fc.constantFrom('\n', '\r', '') }),
    fc.array(fc.constantFrom(...BODIES), { maxLength: 3 }),
  )
  .map(([line, host, fields, end, body]) => [line, host, ...fields, end, ...body].join(''));

describe('beside the parser of Node', () => {
  it('finds the same requests in the same bytes', async () => {
    let both = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(requests, { minLength: 1, maxLength: 3 }), async (pieces) => {
        const bytes = pieces.join('');
        const ours = seenByUs(bytes);
        const nodes = await seenByNode(bytes);
        both += ours.length;
        expect({ bytes, seen: ours }).toEqual({ bytes, seen: nodes.slice(0, ours.length) });
      }),
      { numRuns: 2000, seed: 8 },
    );
    expect(both).toBeGreaterThan(500);
  });

  it.each([
    ['two in a row', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.1\r\nHost: a\r\n\r\n', 2],
    [
      'chunks',
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;e=f\r\nabc\r\n2\r\nde\r\n0\r\nT: u\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n',
      2,
    ],
  ])('reads %s', async (_title, bytes, count) => {
    expect(seenByUs(bytes)).toHaveLength(count);
    expect(seenByUs(bytes)).toEqual(await seenByNode(bytes));
  });
});

/** Those that are whole, until something is wrong or no more comes. */
function seenByUs(text: string): Seen[] {
  const seen: Seen[] = [];
  let rest = Buffer.from(text, 'latin1');
  try {
    for (;;) {
      while (rest[0] === 0x0d && rest[1] === 0x0a) rest = rest.subarray(2);
      const end = rest.indexOf('\r\n\r\n');
      if (end < 0) return seen;
      const head = readRequestHead(rest.toString('latin1', 0, end + 2));
      // any word is a method, but Node knows those of its list alone
      if (!METHODS.includes(head.method)) return seen;
      rest = rest.subarray(end + 4);
      let body = '';
      if (head.framing !== 0) {
        const reader = new BodyReader(head.framing, {
          onBody: (chunk) => {
            body += chunk.toString('latin1');
          },
          onBodyEnd: () => undefined,
        });
        rest = rest.subarray(reader.push(rest));
        if (!reader.hasEnded) return seen;
      }
      seen.push({ method: head.method, url: head.target, body });
      if (!head.isKept) return seen;
    }
  } catch {
    return seen;
  }
}

function seenByNode(text: string): Promise<Seen[]> {
  const seen: Seen[] = [];
  let underWay = 0;
  const server = createServer((request, response) => {
    let body = '';
    underWay++;
    request.setEncoding('latin1');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      seen.push({ method: request.method ?? '', url: request.url ?? '', body });
      response.end();
    });
    request.on('error', () => undefined);
    request.on('close', () => underWay--);
  });
  return new Promise((resolve) => {
    const socket = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
    server.on('clientError', () => undefined);
    server.emit('connection', socket);
    socket.on('error', () => undefined);
    socket.push(Buffer.from(text, 'latin1'));
    // everything is in memory: some turns of the loop are enough for all of it
    let turns = 0;
    const look = (): void => {
      turns++;
      if (turns < 8 || (underWay > 0 && turns < 20)) {
        setImmediate(look);
        return;
      }
      socket.destroy();
      resolve(seen);
    };
    look();
  });
}
