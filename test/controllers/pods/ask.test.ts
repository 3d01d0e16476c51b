import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { askOverNetwork } from '../../../controllers/pods/probes/ask.ts';
import { isObject } from '../../../src/kubernetes/json.ts';

const seen: string[] = [];
let server: Server;
let port = 0;
const { signal } = new AbortController();

beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push(`${request.url} ${request.headers.host} ${request.headers['user-agent']} ${request.headers['x-a']}`);
    if (request.url === '/never') return;
    response.statusCode = Number(request.url?.slice(1)) || 200;
    response.end('x'.repeat(100_000));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address: unknown = server.address();
  port = isObject(address) ? Number(address.port) : 0;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function http(path: string, headers: [string, string][] = []) {
  return { kind: 'http', port, path, isTls: false, headers } as const;
}

describe('asking a program', () => {
  it.each([
    ['/200', undefined],
    ['/302', undefined],
    ['/399', undefined],
    ['/400', 'HTTP probe failed with statuscode: 400'],
    ['/503', 'HTTP probe failed with statuscode: 503'],
  ])('by HTTP at %s gives %s', async (path, expected) => {
    expect(await askOverNetwork(http(path), 10_000, signal)).toBe(expected);
  });

  it('says who asks, with the headers of the manifest', async () => {
    await askOverNetwork(
      http('/', [
        ['Host', 'shop.example.com'],
        ['X-A', 'b'],
      ]),
      10_000,
      signal,
    );
    expect(seen.at(-1)).toBe('/ shop.example.com kube-probe/1.36 b');
  });

  it.each([
    ['takes no answer for a failure in time', () => http('/never'), 'no answer within 0.05 s'],
    ['is told of a path that HTTP does not know', () => http('/a b'), 'Get "http://127.0.0.1:'],
    ['is told of a header that HTTP does not know', () => http('/', [['a b', 'c']]), 'Get "http://127.0.0.1:'],
    ['has no port to ask', () => ({ ...http('/'), port: 0 }), 'there is no port'],
  ])('%s', async (_, make, expected) => {
    const check = make();
    expect(await askOverNetwork(check, check.path === '/never' ? 50 : 10_000, signal)).toContain(expected);
  });

  it('by TCP tells whether somebody listens', async () => {
    expect(await askOverNetwork({ kind: 'tcp', port }, 10_000, signal)).toBeUndefined();
    const other = createTcpServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address: unknown = other.address();
    const free = isObject(address) ? Number(address.port) : 0;
    await new Promise((resolve) => other.close(resolve));
    const problem = await askOverNetwork({ kind: 'tcp', port: free }, 10_000, signal);
    expect(problem).toContain(`dial tcp 127.0.0.1:${free}: `);
    expect(await askOverNetwork({ ...http('/'), port: free }, 10_000, signal)).toContain('ECONNREFUSED');
  });

  it('is called off', async () => {
    const ending = new AbortController();
    const answer = askOverNetwork(http('/never'), 60_000, ending.signal);
    ending.abort();
    expect(await answer).toContain('aborted');
  });
});
