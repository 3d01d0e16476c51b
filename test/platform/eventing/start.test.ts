/** All of it together: addresses, names of the cluster, and one platform for each log. */
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ClusterNames } from '../../../src/platform/eventing/send.ts';
import { startSender } from '../../../src/platform/eventing/send.ts';
import { type StartedEventing, startEventing } from '../../../src/platform/eventing/start.ts';
import { anEntry, anEvent, type Subscriber, startSubscriber, TOPIC, temporaryFolder, until } from './kit.ts';

let place: ReturnType<typeof temporaryFolder>;
let subscriber: Subscriber;
const started: StartedEventing[] = [];

beforeEach(async () => {
  place = temporaryFolder();
  subscriber = await startSubscriber();
});

afterEach(async () => {
  for (const each of started.splice(0)) await each.close();
  await subscriber.close();
  place.remove();
});

async function start(names?: ClusterNames): Promise<StartedEventing> {
  const { folder } = place;
  const eventing = await startEventing(names === undefined ? { folder, port: 0 } : { folder, port: 0, names });
  started.push(eventing);
  return eventing;
}

async function post(url: string, id = 'a-1', more: Readonly<Record<string, string>> = {}): Promise<number> {
  const headers = { 'ce-specversion': '1.0', 'ce-id': id, 'ce-source': '/test', 'ce-type': 'test.made', ...more };
  return (await fetch(url, { method: 'POST', headers })).status;
}

describe('eventing', () => {
  it('takes events once it knows of Brokers and of who gets them, and brings them', async () => {
    const eventing = await start();
    const url = `${eventing.url}/shop/default`;
    expect(await post(url)).toBe(503);
    eventing.setTopics('broker', new Set(['shop/default']));
    expect(await post(url)).toBe(503);
    expect(await post(`${eventing.url}/shop/other`)).toBe(404);
    expect(await post(`${eventing.url}/channels/shop/default`)).toBe(503);
    eventing.setLanes(new Map([['trigger:shop/one', anEntry(subscriber.url)]]));
    expect(await post(url)).toBe(202);
    await until(() => subscriber.got.length === 1, 'the event');
  });

  it('knows a lane of before its start', async () => {
    const before = await start();
    before.setLanes(new Map([['trigger:shop/one', anEntry(subscriber.url)]]));
    await before.close();
    started.length = 0;
    const eventing = await start();
    expect(eventing.hasLane('trigger:shop/one')).toBe(true);
    expect(eventing.hasLane('trigger:shop/two')).toBe(false);
  });

  it('refuses a second platform on the same log', async () => {
    await start();
    await expect(start()).rejects.toThrow(/has the store .*events\.db open; stop it first/);
  });

  it.each([
    ['broker-ingress.knative-eventing.svc.cluster.local', true],
    ['kafka-broker-ingress.knative-eventing.svc.cluster.local', true],
    ['steps-kn-channel.shop.svc.cluster.local', true],
    ['other-kn-channel.shop.svc.cluster.local', false],
    ['steps-kn-channel.other.svc.cluster.local', false],
    ['broker-ingress.shop.svc.cluster.local', false],
    ['cart.shop.svc.cluster.local', false],
    ['broker-ingress.knative-eventing.example.com', false],
  ])('%s is one of its names: %s', async (host, isIts) => {
    const eventing = await start();
    const isChannel = host.includes('-kn-channel');
    // it is not known yet which there are
    expect(eventing.resolveOther(host)).toEqual(isIts || isChannel ? { port: eventing.port } : undefined);
    eventing.setTopics('channel', new Set(['shop/steps']));
    expect(eventing.resolveOther(host)).toEqual(isIts ? { port: eventing.port } : undefined);
  });

  it('sends to the names of the cluster by the proxy that knows them, once they are there', async () => {
    const hosts: (string | undefined)[] = [];
    const proxy: Server = createServer((request, response) => {
      hosts.push(`${request.headers.host} ${request.url}`);
      response.end();
    });
    await new Promise<void>((resolve) => {
      proxy.listen(0, '127.0.0.1', resolve);
    });
    const address = proxy.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { promise: there, resolve: isThere } = Promise.withResolvers<void>();
    const asked: string[] = [];
    const eventing = await start({
      portOf: (host) => (host.endsWith('.svc.cluster.local') ? port : undefined),
      awaited: (host) => {
        asked.push(host);
        return there;
      },
    });
    eventing.setLanes(new Map([['trigger:shop/one', anEntry('http://cart.shop.svc.cluster.local/orders')]]));
    await eventing.eventing.receive(TOPIC, anEvent('a-1'), {});
    await until(() => asked.length === 1, 'it is asked for');
    expect(hosts).toEqual([]);
    isThere();
    await until(() => hosts.length === 1, 'the event');
    expect(hosts).toEqual(['cart.shop.svc.cluster.local /orders']);
    proxy.closeAllConnections();
    proxy.close();
  });

  it('takes what its own Triggers lead on though too much waits: it waits for that', async () => {
    const hanging = await startSubscriber();
    hanging.answer(() => {});
    const { folder } = place;
    const eventing = await startEventing({ folder, port: 0, limits: { events: 2, bytes: 1_000_000 } });
    started.push(eventing);
    eventing.setTopics('broker', new Set(['shop/default']));
    eventing.setTopics('channel', new Set(['shop/next']));
    const { promise: mayAnswer, resolve: answerAll } = Promise.withResolvers<void>();
    subscriber.answer((response, { id }) => {
      const made = { 'ce-specversion': '1.0', 'ce-id': `re-${id}`, 'ce-source': '/one', 'ce-type': 'made' };
      if (id.startsWith('re-')) response.end();
      else void mayAnswer.then(() => response.writeHead(200, made).end());
    });
    const next = `${eventing.url}/channels/shop/next`;
    const isLed = () => subscriber.got.filter(({ id }) => id.startsWith('re-')).length;
    eventing.setLanes(
      new Map([
        ['trigger:shop/hangs', anEntry(hanging.url)],
        ['trigger:shop/one', anEntry(subscriber.url, { kind: 'subscription', reply: next })],
        ['subscription:shop/next', { ...anEntry(subscriber.url), topic: 'channel:shop/next' }],
      ]),
    );
    const url = `${eventing.url}/shop/default`;
    expect(await post(url, 'a')).toBe(202);
    expect(await post(url, 'b')).toBe(202);
    expect(await post(url, 'c')).toBe(429);
    // nobody else has the pass
    expect(await post(url, 'c', { 'weir-on-its-way': 'x' })).toBe(429);
    answerAll();
    await until(() => isLed() === 2, 'both answers');
    expect(eventing.eventing.log.rows.dead(1)).toEqual([]);
    for (const { headers } of subscriber.got) expect(headers).not.toHaveProperty('weir-on-its-way');
    await hanging.close();
  });

  it('leaves for the next start what waits for a name when sending stops, and begins nothing more', async () => {
    const dead = await startSubscriber();
    const { promise: there, resolve: isThere } = Promise.withResolvers<void>();
    const asked: string[] = [];
    const awaited = (host: string) => {
      asked.push(host);
      return there;
    };
    const lanesTo = (...urls: string[]) =>
      new Map(urls.map((url, at) => [`trigger:shop/${at}`, anEntry(url, { deadLetter: dead.url })]));
    const before = await start({ portOf: (host) => (host.endsWith('.svc') ? 1 : undefined), awaited });
    before.setLanes(lanesTo('http://cart.shop.svc'));
    await before.eventing.receive(TOPIC, anEvent('a-1'), {});
    await until(() => asked.length === 1, 'it waits for the name');
    before.stopSending();
    isThere();
    before.setLanes(lanesTo(dead.url, dead.url));
    // in the log all the same: whoever sent it was told that it was taken
    await before.eventing.receive(TOPIC, anEvent('a-2'), {});
    await before.close();
    started.length = 0;
    const after = await start();
    after.setLanes(lanesTo(subscriber.url));
    await until(() => subscriber.got.length === 2, 'both');
    expect(dead.got).toEqual([]);
    await dead.close();
  });

  it('leaves for the next start what an EventTransform has not answered by the end', async () => {
    const [dead, sink] = await Promise.all([startSubscriber(), startSubscriber()]);
    const lanesTo = (url: string) => new Map([['trigger:shop/one', anEntry(url, { deadLetter: dead.url })]]);
    const before = await start();
    const endless = '($f := function($x) { $f($x) }; $f(1))';
    before.transforms.put('shop/slow', { expression: '$', sink: sink.url, reply: { is: 'made', expression: endless } });
    before.setLanes(lanesTo(`${before.transforms.url}/shop/slow`));
    await before.eventing.receive(TOPIC, anEvent('a-1'), {});
    await until(() => sink.got.length === 1, 'what it makes');
    await before.close();
    started.length = 0;
    const after = await start();
    after.setLanes(lanesTo(subscriber.url));
    await until(() => subscriber.got.length === 1, 'the event');
    expect(dead.got).toEqual([]);
    await Promise.all([dead.close(), sink.close()]);
  });

  it('finds names under localhost on this machine, whatever the resolver knows', async () => {
    const sender = startSender();
    const url = subscriber.url.replace('127.0.0.1', 'cart.shop.localhost');
    const sent = await sender.send({ url, event: anEvent('a-1'), headers: {}, timeout: undefined });
    expect(sent).toMatchObject({ status: 200 });
    expect(subscriber.got[0]?.headers.host).toBe(new URL(url).host);
    sender.close();
  });

  it('says of a URL that is none what is wrong', async () => {
    const sender = startSender();
    const sent = (url: string) => sender.send({ url, event: anEvent('a-1'), headers: {}, timeout: undefined });
    expect(await sent('')).toEqual({ status: undefined, error: 'nobody knows where to' });
    expect(await sent('ftp://a.b')).toEqual({ status: undefined, error: 'ftp://a.b is no URL of http or https' });
  });
});
