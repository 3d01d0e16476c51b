import { rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { connect as connectTls } from 'node:tls';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApiServer } from '../../../src/platform/apiserver/start.ts';
import { type Asking, aServer, newFolder, type Server } from './servers.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const map = (name: string, data: object = {}) => ({ metadata: { name }, data });

let server: Server;
beforeAll(async () => {
  server = await aServer();
}, 60_000);
afterAll(() => server.close());

describe('a server', () => {
  it('keeps what it answered across a restart, and is known by the same certificate and token', async () => {
    const folder = newFolder();
    const first = await aServer({ folder });
    await first.ask('POST', MAPS, { body: map('kept', { a: '1' }) });
    await first.close();

    const second = await aServer({ folder });
    const { body } = await second.ask('GET', `${MAPS}/kept`);
    await second.close();
    rmSync(folder, { recursive: true });
    expect(body).toMatchObject({ metadata: { name: 'kept' }, data: { a: '1' } });
    expect([second.ca, second.token]).toEqual([first.ca, first.token]);
  }, 60_000);

  it('writes a kubeconfig for its owner alone', () => {
    expect(statSync(server.kubeconfig).mode & 0o777).toBe(0o600);
    expect(path.dirname(server.kubeconfig)).toBe(server.folder);
  });

  it('lets no second one into its folder, nor to its port', async () => {
    await expect(startApiServer({ folder: server.folder })).rejects.toThrow(/store/);
    const folder = newFolder();
    const port = Number(new URL(server.url).port);
    await expect(startApiServer({ folder, port })).rejects.toThrow(
      `the API server cannot listen on 127.0.0.1:${port}: another program listens there; choose another port by --port`,
    );
    rmSync(folder, { recursive: true });
  }, 60_000);
});

describe('who may ask', () => {
  it.each(['/healthz', '/livez', '/readyz', '/version'])('%s answers without a token', async (target) => {
    expect((await server.ask('GET', target, { anonymous: true })).code).toBe(200);
  });

  it.each<{ target: string; headers: Record<string, string>; code: number }>`
    target        | headers                               | code
    ${MAPS}       | ${{}}                                 | ${401}
    ${MAPS}       | ${{ authorization: 'Bearer wrong' }}  | ${401}
    ${'/'}        | ${{}}                                 | ${401}
    ${MAPS}       | ${{ host: 'evil.example' }}           | ${403}
    ${'/healthz'} | ${{ host: 'evil.example' }}           | ${403}
    ${'/version'} | ${{ origin: 'https://evil.example' }} | ${403}
  `('$target with $headers is answered with $code', async ({ target, headers, code }) => {
    const reply = await server.ask('GET', target, { anonymous: true, headers });
    expect(reply.code).toBe(code);
    expect(reply.body).toMatchObject({ kind: 'Status', status: 'Failure', code });
  });

  it('holds a token back from nobody else: a user without rights reads nothing', async () => {
    const reply = await server.ask('GET', MAPS, { headers: { 'impersonate-user': 'bob' } });
    expect(reply.body).toMatchObject({
      code: 403,
      message:
        'configmaps is forbidden: User "bob" cannot list resource "configmaps" in API group "" in the namespace "default"',
    });
  });
});

describe('an answer', () => {
  it('has an id for the audit, and says what was wrong with fields', async () => {
    const body = { ...map('odd'), dat: {} };
    const reply = await server.ask('POST', MAPS, { body, headers: { 'audit-id': 'mine' } });
    expect(reply.code).toBe(201);
    expect(reply.headers).toMatchObject({ 'audit-id': 'mine', warning: '299 - "unknown field \\"dat\\""' });
  });

  it('is compressed where it is large and the client takes it', async () => {
    await server.ask('POST', MAPS, { body: map('large', { a: 'x'.repeat(200_000) }) });
    const plain = await server.ask('GET', `${MAPS}/large`);
    expect(plain.headers).not.toHaveProperty('content-encoding');
    const reply = await server.ask('GET', `${MAPS}/large`, { headers: { 'accept-encoding': 'gzip' } });
    expect(reply.headers['content-encoding']).toBe('gzip');
    expect(Number(reply.headers['content-length'])).toBeLessThan(20_000);
    expect(gunzipSync(await bytesOf(server, `${MAPS}/large`)).toString()).toBe(plain.text);
  });

  it('comes in pages that show one state', async () => {
    for (const name of ['page-a', 'page-b', 'page-c'])
      await server.ask('POST', MAPS, { body: { metadata: { name, labels: { page: 'yes' } } } });
    const first = await server.ask('GET', `${MAPS}?labelSelector=page&limit=2`);
    const { metadata } = first.body as { metadata: { continue: string; resourceVersion: string } };
    await server.ask('DELETE', `${MAPS}/page-c`);
    const second = await server.ask('GET', `${MAPS}?labelSelector=page&limit=2&continue=${metadata.continue}`);
    expect(second.body).toMatchObject({
      metadata: { resourceVersion: metadata.resourceVersion },
      items: [{ metadata: { name: 'page-c' } }],
    });
    expect(second.body.metadata).not.toHaveProperty('continue');
  });

  it.each<{ method: string; target: string; code: number; message: string }>`
    method    | target                                     | code   | message
    ${'PUT'}  | ${MAPS}                                    | ${405} | ${'the server does not allow this method on the requested resource'}
    ${'POST'} | ${'/api/v1/configmaps'}                    | ${405} | ${'the server does not allow this method on the requested resource'}
    ${'GET'}  | ${'/api/v1/foos'}                          | ${404} | ${'the server could not find the requested resource'}
    ${'GET'}  | ${`${MAPS}/odd/status`}                    | ${404} | ${'the server could not find the requested resource'}
    ${'GET'}  | ${'/api/v1/namespaces/default/pods/a/log'} | ${404} | ${'pods "a" not found'}
  `('to $method $target is $code', async ({ method, target, code, message }) => {
    const reply = await server.ask(method, target, method === 'GET' ? {} : { body: map('x') });
    expect(reply.body).toMatchObject({ kind: 'Status', code, message });
  });
});

describe('a hostile request', () => {
  it.each<{ what: string; method: string; target: string; asking: Asking; code: number }>`
    what                     | method     | target                                           | asking                                                                                                           | code
    ${'a body over 3 MiB'}   | ${'POST'}  | ${MAPS}                                          | ${{ body: JSON.stringify(map('big', { a: 'x'.repeat(3 * 1024 * 1024) })) }}                                      | ${413}
    ${'a deep body'}         | ${'POST'}  | ${MAPS}                                          | ${{ body: `${'['.repeat(500_000)}${']'.repeat(500_000)}` }}                                                      | ${400}
    ${'no JSON'}             | ${'POST'}  | ${MAPS}                                          | ${{ body: '{"a":' }}                                                                                             | ${400}
    ${'text'}                | ${'POST'}  | ${MAPS}                                          | ${{ body: 'x', headers: { 'content-type': 'text/plain' } }}                                                      | ${415}
    ${'no protobuf'}         | ${'POST'}  | ${MAPS}                                          | ${{ body: 'k8s?', headers: { 'content-type': 'application/vnd.kubernetes.protobuf' } }}                          | ${400}
    ${'a wrong escape'}      | ${'GET'}   | ${'/api/v1/namespaces/%ff/pods'}                 | ${{}}                                                                                                            | ${400}
    ${'a path that climbs'}  | ${'GET'}   | ${'/api/v1/namespaces/..%2f..%2fetc/pods/x'}     | ${{}}                                                                                                            | ${404}
    ${'a name with a slash'} | ${'POST'}  | ${MAPS}                                          | ${{ body: map('a/b') }}                                                                                          | ${422}
    ${'a long selector'}     | ${'GET'}   | ${`${MAPS}?labelSelector=${'('.repeat(30_000)}`} | ${{}}                                                                                                            | ${400}
    ${'a key __proto__'}     | ${'POST'}  | ${MAPS}                                          | ${{ body: '{"metadata":{"name":"proto"},"__proto__":{"polluted":"yes"}}' }}                                      | ${201}
    ${'a patch of the root'} | ${'PATCH'} | ${`${MAPS}/large`}                               | ${{ body: [{ op: 'replace', path: '', value: 1 }], headers: { 'content-type': 'application/json-patch+json' } }} | ${422}
  `('with $what is answered with $code', async ({ method, target, asking, code }) => {
    const reply = await server.ask(method, target, asking);
    expect(reply.code).toBe(code);
    expect((await server.ask('GET', '/readyz')).text).toBe('ok');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it.each(['//', '//[', '//a:99999/', 'http://[', '*', '/\\\\['])('for %s is answered', async (target) => {
    expect([200, 404]).toContain((await server.ask('GET', target)).code);
    expect((await server.ask('GET', '/readyz')).text).toBe('ok');
  });

  it('that is no TLS, or no HTTP, is cut', async () => {
    const { port } = new URL(server.url);
    expect(await ends(connect(Number(port), '127.0.0.1'), 'GET / HTTP/1.1\r\n\r\n')).toBe(true);
    const secure = connectTls({ port: Number(port), host: '127.0.0.1', ca: server.ca });
    expect(await ends(secure, 'nonsense\r\n\r\n')).toBe(true);
    expect((await server.ask('GET', '/readyz')).text).toBe('ok');
  });
});

/** Whether the other side ends the connection. */
function ends(socket: ReturnType<typeof connect>, text: string): Promise<boolean> {
  return new Promise((resolve) => {
    socket.on('close', () => resolve(true));
    socket.on('error', () => {});
    socket.on('data', () => {});
    socket.write(text);
  });
}

function bytesOf({ url, ca, token }: Server, target: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'accept-encoding': 'gzip' };
    import('node:https').then(({ get }) => {
      get(`${url}${target}`, { ca, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve(Buffer.concat(chunks)));
      }).on('error', reject);
    }, reject);
  });
}
