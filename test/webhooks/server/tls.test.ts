import { Agent } from 'node:https';
import { connect, type PeerCertificate, type SecureVersion } from 'node:tls';
import { describe, expect, it } from '@jest/globals';
import { aService } from '../../policy/builders.ts';
import { aCertificate } from './certificates.ts';
import { type Running, reviewText, send, start } from './harness.ts';

/** The protocol that both sides came to, and the certificate that was shown. */
function handshake(port: number, version?: SecureVersion): Promise<{ protocol: string | null; peer: PeerCertificate }> {
  return new Promise((resolve, reject) => {
    const versions = version === undefined ? {} : { minVersion: version, maxVersion: version };
    const ciphers = version === 'TLSv1.1' ? { ciphers: 'DEFAULT@SECLEVEL=0' } : {};
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...versions, ...ciphers }, () => {
      resolve({ protocol: socket.getProtocol(), peer: socket.getPeerCertificate() });
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

/** Asks over and over by several connections until it is stopped; counts, and keeps what went wrong. */
function load(app: Running, agent: Agent, ca?: () => string): { answered(): number; stop(): Promise<string[]> } {
  const wrong: string[] = [];
  let answered = 0;
  let isOver = false;
  const body = reviewText({ object: aService({ image: 'nginx:latest' }) });
  const ask = async (): Promise<void> => {
    while (!isOver) {
      try {
        const at = { port: app.port, agent, ...(ca === undefined ? {} : { ca: ca() }) };
        const { status, text } = await send(at, '/validate/prod', { method: 'POST', body });
        if (status === 200 && text.includes('"allowed":false')) answered++;
        else wrong.push(`${status}: ${text.slice(0, 100)}`);
      } catch (error) {
        wrong.push(String(error));
      }
    }
  };
  const workers = Array.from({ length: 6 }, ask);
  return {
    answered: () => answered,
    stop: async () => {
      isOver = true;
      await Promise.all(workers);
      return wrong;
    },
  };
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('TLS', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('takes %s', async (version) => {
    const { port } = await start();
    expect((await handshake(port, version)).protocol).toBe(version);
  });

  it('takes nothing older, also after the certificate changed', async () => {
    const { port, certificates } = await start();
    await expect(handshake(port, 'TLSv1.1')).rejects.toThrow(/version|protocol/i);
    certificates.change(aCertificate());
    await expect(handshake(port, 'TLSv1.1')).rejects.toThrow(/version|protocol/i);
  });

  it('shows the new certificate to who connects from then on, while open connections stay', async () => {
    const { port, certificates } = await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
    const ask = () => send({ port, agent }, '/healthz');
    expect((await ask()).status).toBe(200);
    const [socket] = Object.values(agent.freeSockets).flat();
    const next = aCertificate(undefined, 'second');
    certificates.change(next);
    expect((await handshake(port)).peer.subject.CN).toBe('second');
    expect((await ask()).status).toBe(200);
    expect(Object.values(agent.freeSockets).flat()[0]).toBe(socket);
    agent.destroy();
  });

  it('loses no request while certificates change under load', async () => {
    const app = await start({ logLevel: 'silent' });
    const certificates = [app.certificates.current(), aCertificate(undefined, 'b'), aCertificate(undefined, 'c')];
    const authorities = certificates.map((each) => each?.certificate ?? '').join('\n');
    // One that keeps its connections, one that makes a new one for each request and looks at what it is shown.
    const kept = new Agent({ keepAlive: true, maxSockets: 6, rejectUnauthorized: false });
    const fresh = new Agent({ keepAlive: false, maxSockets: 6 });
    const loads = [load(app, kept), load(app, fresh, () => authorities)];
    const answered = () => Math.min(...loads.map((each) => each.answered()));
    for (let index = 0; index < 20; index++) {
      const before = answered();
      while (answered() < before + 3) await pause(5);
      const certificate = certificates[index % certificates.length];
      if (certificate !== undefined) app.certificates.change(certificate);
    }
    const wrong = await Promise.all(loads.map(({ stop }) => stop()));
    kept.destroy();
    expect(wrong.flat()).toEqual([]);
  });

  it('serves on with the old one where the new one is none', async () => {
    const { port, certificates, logged, send: ask } = await start();
    certificates.change({ certificate: 'nothing', key: 'nothing', expiresAt: new Date() });
    expect((await handshake(port)).peer.subject.CN).toBe('localhost');
    expect(logged.some(({ level, msg }) => level === 'error' && msg === 'the new certificate cannot be used')).toBe(
      true,
    );
    expect((await ask('/healthz')).status).toBe(200);
  });
});
