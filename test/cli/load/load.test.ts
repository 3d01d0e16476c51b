/** Whole loads against a server of this process. How long anything takes is not looked at: only what is counted. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { folderWith, weir } from '../harness.ts';

let server: Server;
let port = 0;
let answer: RequestListener = (_, response) => void response.end('ok');
let asked: { method: string | undefined; url: string | undefined; headers: Record<string, unknown>; body: string }[] =
  [];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    asked.push({ method: request.method, url: request.url, headers: request.headers, body });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function load(handler: RequestListener, ...args: string[]) {
  answer = handler;
  asked = [];
  const url = `http://hello.shop.localhost:${port}/items?a=1`;
  return weir(['load', url, '--rps', '200', '--for', '200ms', ...args]);
}

const json = (text: string) => JSON.parse(text);

describe('weir load', () => {
  it('asks a name of this machine as often as was said, and counts who answered', async () => {
    let times = 0;
    const { code, stdout, stderr } = await load(
      (_, response) => {
        response.setHeader('K-Revision', times++ % 4 === 0 ? 'hello-00002' : 'hello-00001');
        response.end('ok');
      },
      '-o',
      'json',
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(json(stdout)).toMatchObject({
      kind: 'Load',
      url: `http://hello.shop.localhost:${port}/items?a=1`,
      requests: { due: 40, sent: 40, answered: 40, unanswered: 0, failed: 0, underWay: 0 },
      bytes: 80,
      statuses: { 200: 40 },
      by: {
        header: 'k-revision',
        answers: [
          { value: 'hello-00002', count: 10 },
          { value: 'hello-00001', count: 30 },
        ],
      },
      problems: [],
    });
    expect(asked).toHaveLength(40);
    expect(asked[0]).toMatchObject({
      method: 'GET',
      url: '/items?a=1',
      headers: { host: `hello.shop.localhost:${port}` },
    });
  });

  it('sends what it was given', async () => {
    await load(
      (_, response) => response.end(),
      '--data',
      'grün',
      '--header',
      'Host: other',
      '--header',
      'ce-type: a: b',
    );
    expect(asked[0]).toMatchObject({ method: 'POST', body: 'grün', headers: { host: 'other', 'ce-type': 'a: b' } });
  });

  it('ends with 1 where a request failed, and says how', async () => {
    let times = 0;
    const { code, stdout } = await load((_, response) => {
      times++;
      if (times === 1) response.destroy();
      else if (times <= 11) response.writeHead(503).end();
      else response.end('ok');
    });
    expect(code).toBe(1);
    expect(stdout).toContain('40 due, 39 answered, 1 not');
    expect(stdout).toMatch(/^ {2}29 {3}72\.5 % {2}200\n {2}10 {3}25\.0 % {2}503$/m);
    expect(stdout).toMatch(/^no answer\n {2}1 {4}2\.5 % {2}the connection broke before an answer$/m);
  });

  it('says once for each status what an error said, short and without control characters', async () => {
    let times = 0;
    const answers = [
      [404, '\n no Service answers at hello.shop\u001b[31m\nmore of it'],
      [404, 'something else'],
      [500, 'x'.repeat(5000)],
      [503, ''],
      [200, 'all is well'],
    ] as const;
    const handler: RequestListener = (_, response) => {
      const [status, body] = answers[times++ % answers.length] ?? [200, ''];
      response.writeHead(status).end(body);
    };
    const { stdout } = await load(handler, '--connections', '1');
    expect(stdout).toMatch(/ 404 {2}no Service answers at hello\.shop\\u001b\[31m$/m);
    expect(stdout).toMatch(/ 500 {2}x{159}…$/m);
    expect(stdout).toMatch(/ 503$/m);
    expect(stdout).toMatch(/ 200$/m);
    times = 0;
    expect(json((await load(handler, '--connections', '1', '-o', 'json')).stdout).errors).toContainEqual({
      status: 404,
      said: 'no Service answers at hello.shop\\u001b[31m',
    });
  });

  it('sends a file', async () => {
    const cwd = folderWith({ 'order.json': new Uint8Array([0xff, 0x0a]) });
    answer = (_, response) => void response.end();
    asked = [];
    const url = `http://127.0.0.1:${port}`;
    const args = ['load', url, '--rps', '10', '--for', '100ms', '--data'];
    expect((await weir([...args, '@order.json'], { cwd })).code).toBe(0);
    expect(asked[0]).toMatchObject({ method: 'POST', body: '\ufffd\n', headers: { 'content-length': '2' } });
    expect(await weir([...args, '@none.json'], { cwd })).toMatchObject({
      code: 2,
      stderr:
        'weir: --data sends the file none.json: cannot be read: there is no such file or folder; what begins with @ names a file\n',
    });
  });

  it('gives up a request that is not answered in time', async () => {
    let times = 0;
    const { code, stdout } = await load(
      (_, response) => {
        if (++times > 1) response.end('ok');
      },
      ...['--timeout', '2s', '-o', 'json'],
    );
    expect(code).toBe(1);
    expect(json(stdout)).toMatchObject({
      requests: { answered: 39, unanswered: 1 },
      problems: [{ problem: 'no answer within 2 s', count: 1 }],
    });
  });

  it('tells control characters of a header as text', async () => {
    const { stdout } = await load((_, response) => {
      response.setHeader('k-revision', 'a\u009bb');
      response.end();
    });
    expect(stdout).toContain('a\\u009bb');
    expect(stdout).not.toContain('\u009b');
  });
});
