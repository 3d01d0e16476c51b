/** A server that stays up takes the certificate that is made before the old one ends. */
import { once } from 'node:events';
import { connect } from 'node:tls';
import { expect, it } from '@jest/globals';
import { stringAt } from '../../../../src/kubernetes/json.ts';
import { FakeClock } from '../../../kubernetes/client/fakeClock.ts';
import { aServer, type Server, type Watching } from '../servers.ts';

const DAY = 24 * 3600 * 1000;

async function certificateOf({ url, ca }: Server): Promise<string> {
  // that it is good at the clock's time is x509.test.ts's; here another is not yet good by the system's
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', ca, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

async function seen(watching: Watching, name: string): Promise<void> {
  for (;;) {
    const line = await watching.next();
    if (line === undefined) throw new Error('the watch has ended');
    if (stringAt(line, 'object', 'metadata', 'name') === name) return;
  }
}

it('a certificate is renewed while the server runs, and open connections stay', async () => {
  const clock = new FakeClock(new Date().toISOString());
  const server = await aServer({ clock });
  const first = await certificateOf(server);
  const watching = server.watch('/api/v1/namespaces/default/configmaps?watch=1&timeoutSeconds=99999999');
  await server.ask('POST', '/api/v1/namespaces/default/configmaps', { body: { metadata: { name: 'before' } } });
  await seen(watching, 'before');

  clock.advance(DAY);
  expect(await certificateOf(server)).toBe(first);

  clock.advance(250 * DAY);
  // each look takes a moment of real time, in which the keys are made
  let last = first;
  for (let look = 0; look < 100 && last === first; look++) {
    clock.advance(DAY);
    await new Promise((resolve) => setTimeout(resolve, 200));
    last = await certificateOf(server);
  }
  expect(last).not.toBe(first);

  await server.ask('POST', '/api/v1/namespaces/default/configmaps', { body: { metadata: { name: 'after' } } });
  await seen(watching, 'after');
  watching.stop();
  await server.close();
}, 120_000);
