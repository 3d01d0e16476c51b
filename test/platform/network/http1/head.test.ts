import { describe, expect, it } from '@jest/globals';
import {
  BadHead,
  CHUNKED,
  readRequestHead,
  readResponseHead,
  UNTIL_CLOSE,
} from '../../../../src/platform/network/http1/head.ts';

const lines = (...all: string[]): string => all.map((line) => `${line}\r\n`).join('');

describe('the head of a request', () => {
  it('is read with what its connection and body hang on', () => {
    const head = readRequestHead(
      lines(
        'POST /a?b=%20 HTTP/1.1',
        'Host: Hello.shop.localhost:80',
        'X-A:  b c\t',
        'connection: Keep-Alive, x-a',
        'Content-Length: 3',
      ),
    );
    expect(head).toMatchObject({
      method: 'POST',
      target: '/a?b=%20',
      host: 'Hello.shop.localhost:80',
      framing: 3,
      isKept: true,
      isHttp10: false,
      connection: ['keep-alive', 'x-a'],
    });
    expect(head.fields).toEqual({
      names: ['Host', 'X-A', 'connection', 'Content-Length'],
      keys: ['host', 'x-a', 'connection', 'content-length'],
      values: ['Hello.shop.localhost:80', 'b c', 'Keep-Alive, x-a', '3'],
    });
  });

  it.each<{ head: string[]; expected: object }>`
    head                                                                   | expected
    ${['GET / HTTP/1.1', 'Host: a']}                                       | ${{ framing: 0, isKept: true }}
    ${['GET / HTTP/1.1', 'Host: a', 'Connection: close']}                  | ${{ framing: 0, isKept: false }}
    ${['GET / HTTP/1.0']}                                                  | ${{ framing: 0, isKept: false, isHttp10: true }}
    ${['GET / HTTP/1.0', 'Connection: keep-alive']}                        | ${{ isKept: true }}
    ${['PUT / HTTP/1.1', 'Host: a', 'Transfer-Encoding: Chunked']}         | ${{ framing: CHUNKED }}
    ${['GET / HTTP/1.1', 'Host: a', 'Connection: Upgrade', 'Upgrade: ws']} | ${{ upgrade: 'ws' }}
    ${['GET / HTTP/1.1', 'Host: a', 'Upgrade: ws']}                        | ${{ upgrade: undefined }}
    ${['GET / HTTP/1.1', 'Host:']}                                         | ${{ host: '' }}
    ${['GET / HTTP/1.1', 'Host: a', '__proto__: 1', 'constructor: 2']}     | ${{ framing: 0 }}
  `('$head gives $expected', ({ head, expected }) => {
    expect(readRequestHead(lines(...head))).toMatchObject(expected);
  });

  it.each<{ head: string[]; status: number; why: RegExp }>`
    head                                                                                         | status | why
    ${['GET  / HTTP/1.1', 'Host: a']}                                                            | ${400} | ${/first line/}
    ${['GET / HTTP/1.1 ', 'Host: a']}                                                            | ${400} | ${/first line/}
    ${['GET / HTTP/2.0', 'Host: a']}                                                             | ${505} | ${/HTTP\/1.1/}
    ${['GET /\u0001 HTTP/1.1', 'Host: a']}                                                       | ${400} | ${/control/}
    ${['G@T / HTTP/1.1', 'Host: a']}                                                             | ${400} | ${/method/}
    ${['GET / HTTP/1.1']}                                                                        | ${400} | ${/Host field is missing/}
    ${['GET / HTTP/1.1', 'Host: a', 'host: a']}                                                  | ${400} | ${/more than one Host/}
    ${['GET / HTTP/1.1', 'Host: a', 'X : b']}                                                    | ${400} | ${/name: value/}
    ${['GET / HTTP/1.1', 'Host: a', 'X: b', ' folded']}                                          | ${400} | ${/name: value/}
    ${['GET / HTTP/1.1', 'Host: a', 'X']}                                                        | ${400} | ${/name: value/}
    ${['GET / HTTP/1.1', 'Host: a', ': b']}                                                      | ${400} | ${/name: value/}
    ${['GET / HTTP/1.1', 'Host: a', 'X: b\u0000']}                                               | ${400} | ${/control/}
    ${['GET / HTTP/1.1', 'Host: a', 'X: b\nY: c']}                                               | ${400} | ${/CRLF/}
    ${['GET / HTTP/1.1', 'Host: a', 'X: b\rY: c']}                                               | ${400} | ${/CRLF/}
    ${['GET / HTTP/1.1', 'Host: a', 'Content-Length: +3']}                                       | ${400} | ${/Content-Length/}
    ${['GET / HTTP/1.1', 'Host: a', 'Content-Length: 3, 3']}                                     | ${400} | ${/Content-Length/}
    ${['GET / HTTP/1.1', 'Host: a', 'Content-Length: 0x3']}                                      | ${400} | ${/Content-Length/}
    ${['GET / HTTP/1.1', 'Host: a', 'Content-Length:']}                                          | ${400} | ${/Content-Length/}
    ${['GET / HTTP/1.1', 'Host: a', 'Content-Length: 3', 'Content-Length: 3']}                   | ${400} | ${/Content-Length/}
    ${['GET / HTTP/1.1', 'Host: a', 'Content-Length: 3', 'Transfer-Encoding: chunked']}          | ${400} | ${/both/}
    ${['GET / HTTP/1.1', 'Host: a', 'Transfer-Encoding: gzip, chunked']}                         | ${501} | ${/chunked/}
    ${['GET / HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked, identity']}                     | ${501} | ${/chunked/}
    ${['GET / HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked']} | ${501} | ${/chunked/}
    ${['GET / HTTP/1.0', 'Host: a', 'Transfer-Encoding: chunked']}                               | ${400} | ${/HTTP\/1.0/}
  `('$head is refused with $status', ({ head, status, why }) => {
    const refusal = refusalOf(() => readRequestHead(lines(...head)));
    expect(refusal?.status).toBe(status);
    expect(refusal?.message).toMatch(why);
  });
});

describe('the head of a response', () => {
  it.each<{ head: string[]; isHead: boolean; expected: object }>`
    head                                                         | isHead   | expected
    ${['HTTP/1.1 200 OK', 'Content-Length: 5']}                  | ${false} | ${{ status: 200, reason: 'OK', framing: 5, isKept: true }}
    ${['HTTP/1.1 200 OK', 'Content-Length: 5']}                  | ${true}  | ${{ framing: 0 }}
    ${['HTTP/1.1 200', 'Transfer-Encoding: chunked']}            | ${false} | ${{ reason: '', framing: CHUNKED }}
    ${['HTTP/1.1 204 None', 'Content-Length: 5']}                | ${false} | ${{ framing: 0 }}
    ${['HTTP/1.1 304 Same', 'Content-Length: 5']}                | ${false} | ${{ framing: 0 }}
    ${['HTTP/1.1 100 Continue']}                                 | ${false} | ${{ framing: 0 }}
    ${['HTTP/1.1 200 OK']}                                       | ${false} | ${{ framing: UNTIL_CLOSE, isKept: false }}
    ${['HTTP/1.0 200 OK', 'Content-Length: 5']}                  | ${false} | ${{ framing: 5, isKept: false }}
    ${['HTTP/1.1 101 Go', 'Connection: upgrade', 'Upgrade: ws']} | ${false} | ${{ upgrade: 'ws' }}
  `('$head gives $expected', ({ head, isHead, expected }) => {
    expect(readResponseHead(lines(...head), isHead)).toMatchObject(expected);
  });

  it.each([
    [['HTTP/2 200 OK']],
    [['ICY 200 OK']],
    [['HTTP/1.1 2000 OK']],
    [['HTTP/1.1 20 OK']],
    [['HTTP/1.1 200 OK', 'Content-Length: 5', 'Transfer-Encoding: chunked']],
    [['HTTP/1.1 200 OK', 'Content-Length: 5', 'Content-Length: 6']],
    [['HTTP/1.1 200 OK', 'Content-Length: -5']],
  ])('%j is no answer', (head) => {
    expect(refusalOf(() => readResponseHead(lines(...head), false))?.status).toBe(502);
  });
});

function refusalOf(read: () => unknown): BadHead | undefined {
  try {
    read();
  } catch (error) {
    if (error instanceof BadHead) return error;
    throw error;
  }
  return undefined;
}
