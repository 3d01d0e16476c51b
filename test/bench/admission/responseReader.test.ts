import { describe, expect, it } from '@jest/globals';
import { ResponseReader } from '../../../bench/admission/load/responseReader.ts';

const SIZED = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{"a":"b\\n"}';
const CHUNKED = 'HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{"a"\r\n7\r\n:"b\\n"}\r\n0\r\n\r\n';

/** The response, and after how many pieces it was there. */
function read(pieces: readonly string[]) {
  const reader = new ResponseReader();
  for (const [index, piece] of pieces.entries()) {
    const response = reader.push(Buffer.from(piece));
    if (response !== undefined) return { ...response, body: response.body.toString(), pieces: index + 1 };
  }
  return undefined;
}

describe('ResponseReader', () => {
  it.each<{ text: string; expected: object }>`
    what                          | text                                                                            | expected
    ${'a body of a known length'} | ${SIZED}                                                                        | ${{ status: 200, body: '{"a":"b\\n"}', isLast: false }}
    ${'a body in chunks'}         | ${CHUNKED}                                                                      | ${{ status: 403, body: '{"a":"b\\n"}', isLast: false }}
    ${'no body'}                  | ${'HTTP/1.1 204 No Content\r\n\r\n'}                                            | ${{ status: 204, body: '', isLast: false }}
    ${'the last of a connection'} | ${'HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno'} | ${{ status: 413, body: 'no', isLast: true }}
  `('reads $what, whole and byte by byte', ({ text, expected }) => {
    expect(read([text])).toEqual({ ...expected, pieces: 1 });
    expect(read([...text])).toEqual({ ...expected, pieces: text.length });
  });

  it('starts anew after each response', () => {
    const reader = new ResponseReader();
    reader.push(Buffer.from(SIZED));
    expect(reader.push(Buffer.from(CHUNKED))?.status).toBe(403);
  });
});
