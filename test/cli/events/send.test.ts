import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { folderWith, NOW, weir } from '../harness.ts';

interface Got {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

let got: Got[];
let status: number;
let server: Server;
let url: string;

beforeEach(async () => {
  got = [];
  status = 202;
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    got.push({ headers: request.headers, body });
    response.writeHead(status).end(status === 202 ? '' : 'there is no broker shop/default\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/shop/default`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const send = (args: readonly string[], more: Parameters<typeof weir>[1] = {}) =>
  weir(['events', 'send', '--url', url, ...args], more);

describe('weir events send', () => {
  it('makes an event of options, and says its id once it is stored', async () => {
    const ran = await send([
      '--type',
      'order.placed',
      '--data',
      '{"n":1.50}',
      '--attribute',
      'region=eu',
      '--subject',
      'é 7',
    ]);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const id = String(got[0]?.headers['ce-id']);
    expect(ran.stdout).toBe(`${id}  stored by ${url}\n`);
    expect(got).toMatchObject([
      {
        body: '{"n":1.50}',
        headers: {
          'ce-specversion': '1.0',
          'ce-type': 'order.placed',
          'ce-source': '/weir/events/send',
          'ce-subject': '%C3%A9%207',
          'ce-region': 'eu',
          'ce-time': NOW.toISOString(),
          'content-type': 'application/json',
        },
      },
    ]);
  });

  it('takes events from a file, each of an array by itself, and data as it is written', async () => {
    const event = (id: string) =>
      `{"specversion":"1.0","id":"${id}","source":"/a","type":"t","data":{"n": 12345678901234567890}}`;
    const cwd = folderWith({ 'many.json': `[${event('a')},\n ${event('b')}]` });
    const ran = await send(['-f', 'many.json', '-o', 'json'], { cwd });
    expect(
      ran.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { id: 'a', source: '/a', url },
      { id: 'b', source: '/a', url },
    ]);
    expect(got.map(({ body }) => body)).toEqual(['{"n": 12345678901234567890}', '{"n": 12345678901234567890}']);
    expect(await send(['-f', '-', '--id', 'c'], { stdin: event('x') })).toMatchObject({ code: 0 });
    expect(got[2]?.headers['ce-id']).toBe('c');
  });

  it('takes data from standard input, under its content type', async () => {
    const ran = await send(['--type', 't', '--data-file', '-', '--content-type', 'text/html'], { stdin: '<p>' });
    expect(ran.code).toBe(0);
    expect(got).toMatchObject([{ body: '<p>', headers: { 'content-type': 'text/html' } }]);
  });

  it.each<[args: string[], sentence: string]>([
    [[], 'this is no event: the attribute type is missing; give --type, such as order.placed'],
    [['--type', 't', '--data', 'hello'], 'the data is no JSON, as which it is sent unless --content-type says another'],
    [['--type', 't', '--data', '1', '--data-file', '-'], 'give the data by --data or by --data-file'],
    [['--type', 't', '--attribute', 'a-b=1'], 'the attribute "a-b" is named with more than small letters and digits'],
    [['--type', 't', '--attribute', 'region'], '--attribute is "region", and must be name=value'],
    [['-f', 'nowhere.json'], 'nowhere.json cannot be read: there is no such file or folder'],
    [['-f', 'bad.json'], 'bad.json is no JSON: an event, or an array of events, is expected'],
    [['-f', 'two.json'], 'two.json, event 2: specversion is missing, and must be "1.0"'],
    [['--type', 't', '-o', 'jsn'], 'unknown output "jsn"; did you mean "json"? (one of text, json)'],
  ])('%j is refused', async (args, sentence) => {
    const good = '{"specversion":"1.0","id":"a","source":"/a","type":"t"}';
    const cwd = folderWith({ 'bad.json': '{', 'two.json': `[${good}, {"id":"b"}]` });
    const ran = await send(args, { cwd });
    expect(ran).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(sentence) });
    expect(got).toEqual([]);
  });

  it('says what a Broker answers, and where none is', async () => {
    status = 404;
    const refused = await send(['--type', 't', '--id', 'a']);
    expect(refused).toMatchObject({
      code: 2,
      stderr: `weir: ${url} did not take a: 404 there is no broker shop/default\n`,
    });
    const away = 'http://127.0.0.1:1/shop/default';
    expect((await weir(['events', 'send', '--url', away, '--type', 't'])).stderr).toContain(`${away} does not answer`);
    const inCluster = 'http://broker-ingress.knative-eventing.svc.cluster.local/shop/default';
    expect((await weir(['events', 'send', '--url', inCluster, '--type', 't'])).stderr).toContain(
      'kubectl port-forward -n knative-eventing svc/broker-ingress 8090:80, then --url http://127.0.0.1:8090/shop/default',
    );
    expect((await weir(['events', 'send', '--type', 't'])).stderr).toContain('say where events go');
    expect((await weir(['events', 'send', '--url', 'shop', '--type', 't'])).stderr).toContain('--url is "shop"');
  }, 60_000);
});
