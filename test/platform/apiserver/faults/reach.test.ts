/** Who reaches the server: this machine, by a name of this machine, with the token, and no page of a browser. */
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Asking, aServer, type Server } from '../servers.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';

let server: Server;
let port = 0;
beforeAll(async () => {
  server = await aServer();
  port = Number(new URL(server.url).port);
}, 60_000);
afterAll(() => server.close());

const TARGETS = [
  '/',
  '/api',
  '/apis',
  MAPS,
  `${MAPS}?watch=1`,
  '/openapi/v2',
  '/openapi/v3',
  '/nowhere',
  '//',
  '/metrics',
];
const bearer = (token: string) => ({ headers: { authorization: token }, anonymous: true });

describe('without the token', () => {
  const askings: readonly (readonly [string, () => Asking])[] = [
    ['no token', () => ({ anonymous: true })],
    ['an empty one', () => bearer('Bearer ')],
    ['a wrong one', () => bearer(`Bearer ${'0'.repeat(64)}`)],
    ['a part of it', () => bearer(`Bearer ${server.token.slice(1)}`)],
    ['more than it', () => bearer(`Bearer ${server.token}0`)],
    ['it in capitals', () => bearer(`Bearer ${server.token.toUpperCase()}x`)],
    ['it as a password', () => bearer(`Basic ${Buffer.from(`admin:${server.token}`).toString('base64')}`)],
    ['a name alone', () => ({ anonymous: true, headers: { 'impersonate-user': 'system:admin' } })],
    [
      'a name from a proxy',
      () => ({ anonymous: true, headers: { 'x-remote-user': 'admin', 'x-remote-group': 'system:masters' } }),
    ],
  ];
  it.each(askings)('with %s: 401 everywhere', async (_what, asking) => {
    for (const target of TARGETS) {
      for (const method of ['GET', 'DELETE']) {
        const { code, body } = await server.ask(method, target, asking());
        expect([target, code, body.reason]).toEqual([target, 401, 'Unauthorized']);
      }
    }
    expect((await server.ask('GET', `${MAPS}?access_token=${server.token}`, asking())).code).toBe(401);
  });

  it('a signed token that is made up says nothing', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = part({
      sub: 'system:serviceaccount:kube-system:default',
      exp: 4e9,
      iss: 'https://kubernetes.default.svc',
    });
    for (const alg of ['none', 'HS256', 'ES256']) {
      const asking = bearer(`Bearer ${part({ alg })}.${claims}.${alg === 'none' ? '' : 'AAAA'}`);
      expect((await server.ask('GET', MAPS, asking)).code).toBe(401);
    }
  });
});

describe('a Host', () => {
  it.each(['localhost', '127.0.0.1', '[::1]', 'LOCALHOST'])('%s with the port is served', async (name) => {
    expect((await server.ask('GET', MAPS, { headers: { host: `${name}:${port}` } })).code).toBe(200);
  });

  it.each([
    'evil.example',
    'evil.example:PORT',
    '127.0.0.1.nip.io:PORT',
    'localhost.evil.example:PORT',
    'localhost:1PORT',
    '127.0.0.2:PORT',
    '0.0.0.0:PORT',
    'localhost:PORT@evil.example',
    'evil.example#localhost:PORT',
    'localhost',
  ])('%s is foreign: refused, whoever asks', async (host) => {
    const headers = { host: host.replace('PORT', String(port)) };
    for (const target of [MAPS, '/healthz', '/version']) {
      for (const anonymous of [true, false]) {
        const { code, text } = await server.ask('GET', target, { headers, anonymous });
        expect([target, code]).toEqual([target, 403]);
        expect(text).toContain(`this server answers to localhost:${port} and 127.0.0.1:${port} alone`);
      }
    }
  });
});

describe('a page of a browser', () => {
  const form = (type: string): Asking => ({ anonymous: true, body: 'a=b', headers: { 'content-type': type } });
  it.each(['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain'])(
    'gets nothing by a form as %s',
    async (type) => {
      const asking = form(type);
      expect((await server.ask('POST', MAPS, asking)).code).toBe(401);
      const headers = { ...asking.headers, origin: 'https://evil.example' };
      expect((await server.ask('POST', MAPS, { ...asking, headers })).code).toBe(403);
      // nor would it with a token, which no page has
      expect((await server.ask('POST', MAPS, { ...asking, anonymous: false })).code).toBe(415);
    },
  );

  it.each(['https://evil.example', 'null', 'http://localhost', 'file://'])(
    'of %s is refused with any request',
    async (origin) => {
      for (const method of ['GET', 'OPTIONS', 'POST', 'DELETE']) {
        const headers = { origin, 'access-control-request-method': 'DELETE' };
        const reply = await server.ask(method, MAPS, { headers, ...(method === 'POST' && { body: '{}' }) });
        expect([method, reply.code]).toEqual([method, 403]);
        expect(Object.keys(reply.headers).filter((each) => each.startsWith('access-control'))).toEqual([]);
      }
    },
  );
});

describe('an address', () => {
  const own = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const others = ['127.0.0.2', '127.255.255.254', '::1', ...own.map(({ address }) => address)].filter(
    (address) => address !== '127.0.0.1' && !address.startsWith('fe80'),
  );

  it.each([...new Set(others)])('%s of this machine is not listened on', async (host) => {
    const end = await new Promise<string>((resolve) => {
      const socket = connect({ host, port });
      socket.once('connect', () => resolve('it answers'));
      socket.once('error', () => resolve('nobody there'));
      setTimeout(resolve, 10_000, 'nobody there').unref();
      socket.once('close', () => socket.destroy());
    });
    expect(end).toBe('nobody there');
  });
});
