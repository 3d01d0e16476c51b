/** `--client-ca`: who may ask for reviews, over real TLS. */
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import path from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from '@jest/globals';
import { makeLogger } from '../../../src/process/log.ts';
import { ClientCa } from '../../../webhooks/server/clientCa.ts';
import { authority, type Pair, signed } from '../../kubernetes/client/certificates.ts';
import { aService } from '../../policy/builders.ts';
import { emptyFolder } from '../../process/policies/mount.ts';
import { aCertificate } from './certificates.ts';
import { metricOf, type Running, reviewText, send, start } from './harness.ts';

const ours = authority('of the API server');
const others = authority('of somebody else');
const apiServer = signed(ours, 'kube-apiserver');
const stranger = signed(others, 'kube-apiserver');

const open: ClientCa[] = [];
const agents: Agent[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
  for (const agent of agents.splice(0)) agent.destroy();
});

async function bundle(text: string, folder = emptyFolder()) {
  const file = path.join(folder, 'ca.crt');
  writeFileSync(file, text);
  const logged: { readonly reason?: string; readonly msg: string }[] = [];
  const log = makeLogger('debug', { write: (line) => logged.push(JSON.parse(line)) });
  const clients = await ClientCa.open({ file, log, watch: { debounce: 10, poll: 200 } });
  open.push(clients);
  return { clients, file, logged };
}

function agentOf(pair?: Pair, keepAlive = false): Agent {
  const agent = new Agent({ keepAlive, maxSockets: 1, rejectUnauthorized: false, ...pair });
  agents.push(agent);
  return agent;
}

const body = reviewText({ object: aService() });
const ask = (app: Running, agent: Agent, at = '/validate/prod') =>
  send({ port: app.port, agent }, at, { method: 'POST', body });

describe('a server with --client-ca', () => {
  it('answers reviews to who shows a certificate of the CA', async () => {
    const app = await start({ clients: (await bundle(ours.cert)).clients });
    const { status, text } = await ask(app, agentOf(apiServer));
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ kind: 'AdmissionReview' });
  });

  it.each<[string, Pair | undefined, RegExp]>([
    ['no certificate', undefined, /^reviews are answered to clients that show a certificate, and you show none$/],
    ['one of another CA', stranger, /^your certificate is none that this server takes \(--client-ca\): [A-Z_]+$/],
    ['one signed by itself', others, /^your certificate is none that this server takes \(--client-ca\): [A-Z_]+$/],
  ])('turns away who shows %s, at each path of a review', async (_, pair, sentence) => {
    const app = await start({ clients: (await bundle(ours.cert)).clients });
    for (const at of ['/validate/prod', '/mutate/prod', '/validate-namespace']) {
      const { status, text, headers } = await ask(app, agentOf(pair), at);
      expect(status).toBe(401);
      expect(headers.connection).toBe('close');
      const told = JSON.parse(text);
      expect(told).toMatchObject({ kind: 'Status', reason: 'Unauthorized', code: 401 });
      expect(told.message).toMatch(sentence);
    }
    expect(app.facts).toEqual([]);
    expect(await metricOf(app, 'weir_http_refused_total', { code: 401 })).toBe(3);
    expect(app.logged.filter(({ msg }) => msg === 'a client was turned away')).toHaveLength(1);
  });

  it('reads a large body to its end before it turns its sender away', async () => {
    const app = await start({ clients: (await bundle(ours.cert)).clients });
    const large = 'x'.repeat(4 * 1024 * 1024);
    const { status } = await send({ port: app.port, agent: agentOf() }, '/validate/prod', {
      method: 'POST',
      body: large,
    });
    expect(status).toBe(401);
  });

  it('tells its health and its metrics to everybody', async () => {
    const app = await start({ clients: (await bundle(ours.cert)).clients });
    for (const at of ['/healthz', '/readyz', '/metrics']) {
      expect((await send({ port: app.port, agent: agentOf() }, at)).status).toBe(200);
    }
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('lets nobody in by a session of before, with %s', async (version) => {
    const app = await start({ clients: (await bundle(ours.cert)).clients });
    const options = { minVersion: version, maxVersion: version } as const;
    const first = await raw(app.port, options);
    const second = await raw(app.port, { ...options, ...(first.session && { session: first.session }) });
    expect([first.status, second.status]).toEqual([401, 401]);
  });

  it('knows a client that shows what stands between it and its CA', async () => {
    const both = { cert: `${apiServer.cert}\n${ours.cert}`, key: apiServer.key };
    const app = await start({ clients: (await bundle(`${others.cert}\n${ours.cert}`)).clients });
    expect((await ask(app, agentOf(both))).status).toBe(200);
  });

  it('asks for one also after its own certificate changed', async () => {
    const app = await start({ clients: (await bundle(ours.cert)).clients });
    app.certificates.change(aCertificate());
    expect((await ask(app, agentOf())).status).toBe(401);
    expect((await ask(app, agentOf(apiServer))).status).toBe(200);
  });

  it('goes by other CAs as soon as there are some, on open connections too', async () => {
    const { clients, file } = await bundle(ours.cert);
    const app = await start({ clients });
    const kept = agentOf(apiServer, true);
    expect((await ask(app, kept)).status).toBe(200);

    writeFileSync(file, `${ours.cert}\n${others.cert}`);
    await clients.reload();
    const [socket] = Object.values(kept.freeSockets).flat();
    expect((await ask(app, kept)).status).toBe(200);
    expect(Object.values(kept.freeSockets).flat()[0]).toBe(socket);
    expect((await ask(app, agentOf(stranger))).status).toBe(200);

    writeFileSync(file, others.cert);
    await clients.reload();
    const { status, text } = await ask(app, kept);
    expect([status, JSON.parse(text).message]).toEqual([
      401,
      'your certificate is none that this server takes (--client-ca); its CAs have changed',
    ]);
    expect((await ask(app, agentOf(apiServer))).status).toBe(401);
    expect((await ask(app, agentOf(stranger))).status).toBe(200);
  });
});

describe('a bundle of CAs', () => {
  it.each<[string, string, RegExp]>([
    ['nothing', '', /ca\.crt holds no certificate in PEM$/],
    ['half of a certificate', ours.cert.slice(0, 300), /ca\.crt holds no certificate in PEM$/],
    ['a client’s certificate', `${ours.cert}${apiServer.cert}`, /certificate 2 of 2 in .*ca\.crt is not that of a CA$/],
    [
      'what is no certificate',
      `${ours.cert}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
      /certificate 2 of 2 in .*ca\.crt cannot be read$/,
    ],
  ])('is none with %s in it', async (_, text, sentence) => {
    await expect(bundle(text)).rejects.toThrow(sentence);
    const { clients, file, logged } = await bundle(ours.cert);
    writeFileSync(file, text);
    await clients.reload();
    await clients.reload();
    expect(clients.certificates()).toHaveLength(1);
    expect(logged.map(({ reason }) => reason)).toEqual([expect.stringMatching(sentence)]);
  });

  it('that is not there is a sentence', async () => {
    const log = makeLogger('silent');
    await expect(ClientCa.open({ file: '/nowhere/ca.crt', log })).rejects.toThrow(
      '/nowhere/ca.crt cannot be read: there is none',
    );
  });

  it('is read again when Kubernetes swaps what is mounted', async () => {
    const folder = emptyFolder();
    const mount = (name: string, text: string): void => {
      mkdirSync(path.join(folder, name));
      writeFileSync(path.join(folder, name, 'ca.crt'), text);
      symlinkSync(name, path.join(folder, '..tmp'));
      renameSync(path.join(folder, '..tmp'), path.join(folder, '..data'));
    };
    mount('..1', ours.cert);
    const file = path.join(folder, 'ca.crt');
    symlinkSync(path.join('..data', 'ca.crt'), file);
    const clients = await ClientCa.open({ file, log: makeLogger('silent'), watch: { debounce: 10, poll: 200 } });
    open.push(clients);
    clients.watch();
    const changed = new Promise<void>((resolve) => clients.onChange(resolve));
    mount('..2', `${ours.cert}${others.cert}`);
    await changed;
    expect(clients.certificates()).toHaveLength(2);
  });
});

/** One request by hand, with the session that came along. */
function raw(port: number, options: ConnectionOptions): Promise<{ status: number; session?: Buffer }> {
  return new Promise((resolve, reject) => {
    let session: Buffer | undefined;
    let text = '';
    const socket: TLSSocket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options }, () => {
      socket.write(`POST /validate/prod HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    });
    socket.on('session', (one) => {
      session = one;
    });
    socket.on('data', (data) => {
      text += data.toString();
    });
    socket.on('end', () => {
      const status = Number(text.split(' ')[1]);
      resolve({ status, ...(session === undefined ? {} : { session }) });
      socket.destroy();
    });
    socket.on('error', reject);
  });
}
