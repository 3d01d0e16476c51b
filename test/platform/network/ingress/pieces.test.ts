/** However the network cuts what is sent, it is the same request and the same answer. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BodyReader } from '../../../../src/platform/network/http1/body.ts';
import { readRequestHead, readResponseHead } from '../../../../src/platform/network/http1/head.ts';
import { HOST, KEY, RawClient, startWorld, type World } from '../harness.ts';

const REQUESTS =
  `POST /a HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 5\r\n\r\nhello` +
  `POST /b HTTP/1.1\r\nHost: ${HOST}\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: u\r\n\r\n` +
  `GET /c HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`;
const SIZED = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nworld';
const CHUNKED =
  'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 201 Made\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwxyz\r\n0\r\nS: t\r\n\r\n';
const EMPTY = 'HTTP/1.1 204 Nothing\r\nX: y\r\n\r\n';
/** How each request ends, and its answer. */
const ENDS = [
  [/hello$/, SIZED],
  [/T: u\r\n\r\n$/, CHUNKED],
  [/^GET [\s\S]*\r\n\r\n$/, EMPTY],
] as const;

let world: World;
/** What the program got. */
let got: string[] = [];
/** Where its answers are cut. */
let cuts: readonly number[] = [];

beforeAll(async () => {
  world = await startWorld();
  const program = await world.raw((socket) => {
    let seen = '';
    socket.on('data', (chunk: Buffer) => {
      seen += chunk.toString('latin1');
      const answer = ENDS.find(([end]) => end.test(seen))?.[1];
      if (answer === undefined) return;
      got.push(...decoded(seen, readRequestHead));
      seen = '';
      void inPieces(answer, cuts, (piece) => socket.write(piece, 'latin1'));
    });
  });
  world.plane.setInstances(KEY, [program]);
});
afterAll(() => world.end());

it('is read whole in any pieces', async () => {
  const places = (text: string) =>
    fc.uniqueArray(fc.nat({ max: text.length }), { maxLength: 12 }).map((all) => all.sort((a, b) => a - b));
  await fc.assert(
    fc.asyncProperty(places(REQUESTS), places(CHUNKED), async (ofRequests, ofAnswers) => {
      got = [];
      cuts = ofAnswers;
      const client = new RawClient(world.port);
      await inPieces(REQUESTS, ofRequests, (piece) => client.send(piece));
      const answers = decoded(await client.ended(), (head) => readResponseHead(head, false));
      expect(answers).toEqual(['200 world ', '103  ', '201 wxyz t', '204  ']);
      expect(got).toEqual(['POST /a hello ', 'POST /b abcde u', 'GET /c  ']);
    }),
    { numRuns: 100, seed: 8 },
  );
});

type Head = { readonly framing: number } & (
  | { readonly status: number }
  | { readonly method: string; readonly target: string }
);

/** Of each message what it is, its body and the values of its trailers. */
function decoded(text: string, readHead: (head: string) => Head): string[] {
  const all: string[] = [];
  let rest = Buffer.from(text, 'latin1');
  while (rest.length > 0) {
    const end = rest.indexOf('\r\n\r\n');
    const head = readHead(rest.toString('latin1', 0, end + 2));
    rest = rest.subarray(end + 4);
    let body = '';
    let trailers = '';
    if (head.framing !== 0) {
      const reader = new BodyReader(head.framing, {
        onBody: (chunk) => {
          body += chunk.toString('latin1');
        },
        onBodyEnd: (fields) => {
          trailers = fields?.values.join() ?? '';
        },
      });
      rest = rest.subarray(reader.push(rest));
    }
    all.push(`${'status' in head ? head.status : `${head.method} ${head.target}`} ${body} ${trailers}`);
  }
  return all;
}

/** Each in a packet of its own, as far as the system goes along. */
async function inPieces(text: string, at: readonly number[], send: (piece: string) => void): Promise<void> {
  let from = 0;
  for (const to of [...at, text.length]) {
    if (to === from) continue;
    send(text.slice(from, to));
    from = to;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
