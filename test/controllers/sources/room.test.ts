/** How much of bodies is in memory at once, where GitHub sends webhooks and where the API server asks about SinkBindings. */
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Bindings } from '../../../controllers/sources/binding/bindings.ts';
import { startBindingWebhook } from '../../../controllers/sources/binding/webhook.ts';
import { Hooks } from '../../../controllers/sources/github/hooks.ts';
import { type ReceiverOptions, startReceiver } from '../../../controllers/sources/github/receiver.ts';
import { systemClock } from '../../../src/kubernetes/clock.ts';
import { SILENT } from '../../../src/kubernetes/log.ts';
import { Shares } from '../../../src/platform/eventing/intake/shares.ts';
import { aFullRoom, beginsToSend, restWith } from '../../platform/eventing/intake/kit.ts';

const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function gitHubUrl(options: Partial<ReceiverOptions>): Promise<string> {
  const hooks = new Hooks();
  for (const name of ['pushes', 'others']) {
    const source = {
      apiVersion: 'sources.knative.dev/v1alpha1',
      kind: 'GitHubSource',
      metadata: { namespace: 'ci', name },
      spec: {
        ownerAndRepository: 'my-org/shop',
        eventTypes: ['push'],
        secretToken: { secretKeyRef: { name: 'github', key: 'secretToken' } },
      },
    };
    hooks.set(`ci/${name}`, { source, url: 'http://sink.example.com/' });
  }
  const receiver = await startReceiver({
    hooks,
    secretOf: () => Promise.resolve('secret'),
    deliveries: { deliver: () => Promise.resolve(true) },
    clock: systemClock,
    log: SILENT,
    port: 0,
    ...options,
  });
  ends.push(() => receiver.stop());
  return receiver.url;
}

async function bindingUrl(options: ReturnType<typeof aFullRoom>): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'weir-room-'));
  const bindings = new Bindings();
  bindings.begin();
  const webhook = await startBindingWebhook({ folder, bindings, clock: systemClock, log: SILENT, room: options.room });
  ends.push(async () => {
    await webhook.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return webhook.url;
}

describe.each([
  [
    'a webhook of GitHub',
    async (full: ReturnType<typeof aFullRoom>) => `${await gitHubUrl(full)}/ci/pushes`,
    'the signature',
  ],
  ['a review of SinkBindings', bindingUrl, 'this is no AdmissionReview'],
])('%s that finds no room', (_, urlOf, answered) => {
  it('waits unread, and is told to come again', async () => {
    const full = aFullRoom();
    const sender = beginsToSend(await urlOf(full));
    await full.waits();
    full.endPatience();
    await sender.told('there was no room for this one in a moment; send it again');
    expect(sender.text()).toMatch(/^HTTP\/1\.1 503 /);
    expect(sender.text()).toMatch(/\r\nretry-after: 1\r\n/i);
    expect(sender.text()).toMatch(/\r\nconnection: close\r\n/i);
    sender.cut();
  });

  it('is looked at once there is some', async () => {
    const full = aFullRoom();
    const sender = beginsToSend(await urlOf(full));
    await full.waits();
    sender.send(restWith('[]'));
    full.empty();
    await sender.told(answered);
    sender.cut();
  });
});

describe('a GitHubSource whose sink hangs', () => {
  const body = '{"ref": "refs/heads/main"}';

  function signed(text: string): Record<string, string> {
    const signature = createHmac('sha256', 'secret').update(text).digest('hex');
    return { 'x-github-event': 'push', 'x-github-delivery': 'd-1', 'x-hub-signature-256': `sha256=${signature}` };
  }

  function linesOf(headers: Record<string, string>): string[] {
    return Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  }

  function push(url: string): Promise<Response> {
    return fetch(url, { method: 'POST', headers: signed(body), body });
  }

  it('gets no more than its share, and shuts out no other', async () => {
    const asked = Promise.withResolvers<(isTaken: boolean) => void>();
    let isHanging = true;
    const url = await gitHubUrl({
      shares: new Shares(body.length + 1),
      deliveries: {
        deliver: () => (isHanging ? new Promise<boolean>((resolve) => asked.resolve(resolve)) : Promise.resolve(true)),
      },
    });
    const first = push(`${url}/ci/pushes`);
    const answerIt = await asked.promise;
    isHanging = false;

    const second = await push(`${url}/ci/pushes`);
    expect([second.status, second.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await second.text()).toBe('too much waits for its sink already; send it again later\n');
    expect((await push(`${url}/ci/others`)).status).toBe(202);

    answerIt(true);
    expect((await first).status).toBe(202);
    expect((await push(`${url}/ci/pushes`)).status).toBe(202);
  });

  it('has none of the room of all', async () => {
    const asked = Promise.withResolvers<(isTaken: boolean) => void>();
    const full = aFullRoom();
    const url = await gitHubUrl({
      room: full.room,
      deliveries: { deliver: () => new Promise<boolean>((resolve) => asked.resolve(resolve)) },
    });
    const rest = restWith(body);
    const sender = beginsToSend(`${url}/ci/pushes`, linesOf(signed(' '.repeat(rest.length) + rest)));
    await full.waits();
    full.empty();
    expect(full.isEmpty()).toBe(false);
    sender.send(rest);
    const answerIt = await asked.promise;
    expect(full.isEmpty()).toBe(true);
    answerIt(true);
    await sender.told('HTTP/1.1 202');
    sender.cut();
  });
});
