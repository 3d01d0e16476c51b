/** What came, what became of it, and once more: over the API server's own way, from the token to the answer. */
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { clientOver } from '../../../../src/kubernetes/client/client.ts';
import { type Connection, connect } from '../../../../src/kubernetes/client/connection.ts';
import { systemClock } from '../../../../src/kubernetes/clock.ts';
import { type ApiServer, startApiServer } from '../../../../src/platform/apiserver/start.ts';
import { type EventsApi, eventsApi } from '../../../../src/platform/eventing/api/api.ts';
import { EVENTS_API } from '../../../../src/platform/eventing/api/shapes.ts';
import { Eventing } from '../../../../src/platform/eventing/eventing.ts';
import { type Sender, startSender } from '../../../../src/platform/eventing/send.ts';
import { anEntry, anEvent, type Subscriber, startSubscriber, TOPIC, temporaryFolder, until } from '../kit.ts';

let place: ReturnType<typeof temporaryFolder>;
let api: EventsApi;
let server: ApiServer;
let sender: Sender;
let eventing: Eventing;
let one: Subscriber;
let other: Subscriber;
let connection: Connection;

beforeEach(async () => {
  place = temporaryFolder();
  api = eventsApi();
  server = await startApiServer({ folder: path.join(place.folder, 'server'), extensions: [api] });
  sender = startSender();
  eventing = Eventing.open({ file: path.join(place.folder, 'events.db'), clock: systemClock, send: sender.send });
  [one, other] = await Promise.all([startSubscriber(), startSubscriber()]);
  connection = await connect({ kubeconfig: server.kubeconfig, environment: {}, clock: systemClock });
}, 60_000);

afterEach(async () => {
  jest.restoreAllMocks();
  api.end();
  connection.close();
  await eventing.close();
  sender.close();
  await Promise.all([one.close(), other.close(), server.close()]);
  place.remove();
});

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: read as each test expects it
  readonly lines: any[];
}

async function ask(
  method: 'GET' | 'POST',
  at: string,
  query: Record<string, string> = {},
  as?: string,
): Promise<Answer> {
  const answer = await connection.send({
    method,
    path: `${EVENTS_API}/${at}?${new URLSearchParams(query)}`,
    signal: AbortSignal.timeout(60_000),
    headers: as === undefined ? {} : { 'impersonate-user': as },
  });
  let text = '';
  for await (const chunk of answer) text += chunk;
  const lines = text.split('\n').filter((line) => line !== '');
  return { status: answer.statusCode ?? 0, lines: lines.map((line) => JSON.parse(line)) };
}

/** `one` takes test.made and answers as it is told; `other` takes what is paid. */
function begin(delivery = {}): void {
  eventing.setLanes(
    new Map([
      ['trigger:shop/one', anEntry(one.url, { delivery, matches: (event) => event.get('type') === 'test.made' })],
      ['trigger:shop/other', anEntry(other.url, { matches: (event) => event.get('type') === 'paid' })],
    ]),
  );
  api.begin(eventing);
}

const send = (id: string, more: Record<string, string> = {}, data?: string) =>
  eventing.receive(TOPIC, anEvent(id, more, data), {});
const settled = () => until(() => eventing.waiting === 0, 'all is delivered');

describe('the events', () => {
  it('come by filters, with their data to the last digit, and those that come later where they are followed', async () => {
    begin();
    await send('a', {}, '{"n": 12345678901234567890.10}');
    await send('b', { type: 'paid', subject: 'order-7' });
    await settled();
    const all = await ask('GET', 'events');
    expect(all.lines).toMatchObject([
      { seq: 1, topic: TOPIC, lanes: ['trigger:shop/one'], event: { id: 'a', type: 'test.made' } },
      { seq: 2, lanes: ['trigger:shop/other'], event: { id: 'b', subject: 'order-7', data: { n: 1 } } },
    ]);
    const raw = await connection.send({
      method: 'GET',
      path: `${EVENTS_API}/events`,
      signal: AbortSignal.timeout(60_000),
    });
    let text = '';
    for await (const chunk of raw) text += chunk;
    expect(text).toContain('"data":{"n": 12345678901234567890.10}');

    const ids = async (query: Record<string, string>) =>
      (await ask('GET', 'events', query)).lines.map(({ event }) => event.id);
    expect(await ids({ type: 'pa*' })).toEqual(['b']);
    expect(await ids({ subject: 'order-*' })).toEqual(['b']);
    expect(await ids({ lane: 'trigger:shop/one' })).toEqual(['a']);
    expect(await ids({ namespace: 'other' })).toEqual([]);
    expect(await ids({ topic: 'broker:shop/else' })).toEqual([]);
    expect(await ids({ since: new Date(Date.now() + 60_000).toISOString() })).toEqual([]);
    expect(await ids({ last: '1' })).toEqual(['b']);

    const ending = new AbortController();
    const followed = await connection.send({
      method: 'GET',
      path: `${EVENTS_API}/events?follow=true&last=0&id=c*`,
      signal: ending.signal,
    });
    await send('d');
    await send('c-1');
    let heard = '';
    for await (const chunk of followed) {
      heard += chunk;
      if (heard.includes('\n')) break;
    }
    ending.abort();
    expect(JSON.parse(heard).event.id).toBe('c-1');
  }, 60_000);

  it.each([
    ['topic', 'shop/default', 'topic is "shop/default", and must be like broker:shop/default'],
    ['lane', 'x', 'lane is "x", and must be like trigger:shop/orders'],
    ['since', 'yesterday', 'since is "yesterday", and must be like 2026-03-01T08:00:00Z'],
    ['last', '-1', 'last is "-1", and must be a number up to 10000'],
  ])('are refused for %s=%s', async (name, value, message) => {
    begin();
    expect(await ask('GET', 'events', { [name]: value })).toMatchObject({ status: 400, lines: [{ message }] });
  });

  it('are asked for again later while nothing brings them, and are nowhere else', async () => {
    expect(await ask('GET', 'events')).toMatchObject({ status: 503 });
    begin();
    expect(await ask('GET', 'else')).toMatchObject({ status: 404 });
    expect(await ask('POST', 'events')).toMatchObject({ status: 404 });
  });
});

describe('who may', () => {
  it('see events is who may get their Broker, and send them again who may update it', async () => {
    begin();
    await send('a');
    await settled();
    const client = clientOver(connection);
    const rbac = 'rbac.authorization.k8s.io';
    const grant = async (name: string, verbs: string[]) => {
      const metadata = { name, namespace: 'shop' };
      const rules = [
        { apiGroups: ['eventing.knative.dev'], resources: ['brokers'], verbs, resourceNames: ['default'] },
      ];
      const resource = (kind: string, plural: string) => ({
        group: rbac,
        version: 'v1',
        plural,
        kind,
        isNamespaced: true,
      });
      await client.create(resource('Role', 'roles'), { apiVersion: `${rbac}/v1`, kind: 'Role', metadata, rules });
      await client.create(resource('RoleBinding', 'rolebindings'), {
        apiVersion: `${rbac}/v1`,
        kind: 'RoleBinding',
        metadata,
        roleRef: { apiGroup: rbac, kind: 'Role', name },
        subjects: [{ apiGroup: rbac, kind: 'User', name }],
      });
    };
    const namespaces = { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', isNamespaced: false };
    await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    await grant('reader', ['get']);
    await grant('writer', ['get', 'update']);

    const refused = { status: 403, lines: [{ message: expect.stringContaining('cannot get resource "brokers"') }] };
    for (const [method, at] of [
      ['GET', 'events'],
      ['GET', 'events/a/trace'],
      ['GET', 'types'],
      ['GET', 'deadletters'],
      ['POST', 'replays'],
      ['POST', 'deadletters/return'],
    ] as const) {
      expect(await ask(method, at, {}, 'stranger')).toMatchObject(refused);
      expect(await ask(method, at, { topic: TOPIC }, 'stranger')).toMatchObject(refused);
    }
    expect((await ask('GET', 'events', {}, 'reader')).lines).toHaveLength(1);
    expect((await ask('GET', 'events/a/trace', {}, 'reader')).lines).toHaveLength(1);
    expect(await ask('POST', 'replays', {}, 'reader')).toMatchObject({ status: 403 });
    expect(await ask('POST', 'replays', { to: 'trigger:shop/one' }, 'reader')).toMatchObject({ status: 403 });
    expect((await ask('POST', 'replays', {}, 'writer')).lines.at(-1)).toMatchObject({ sent: 1, isDone: true });
  }, 60_000);
});

describe('the trace of an event', () => {
  it('tells who took it, each attempt, its answers, and what could not be delivered', async () => {
    let calls = 0;
    one.answer((response) => {
      if (calls++ === 0) return response.writeHead(503).end('busy');
      const made = { 'ce-specversion': '1.0', 'ce-id': 'p', 'ce-source': '/one', 'ce-type': 'paid' };
      return response.writeHead(200, made).end();
    });
    other.answer((response) => response.writeHead(400).end('not me'));
    begin({ retry: 3, backoffDelay: 'PT0.01S', backoffPolicy: 'linear' });
    await send('a');
    await settled();
    const { lines } = await ask('GET', 'events/a/trace');
    expect(lines).toMatchObject([
      {
        events: [
          {
            seq: 1,
            topic: TOPIC,
            unmatched: ['trigger:shop/other'],
            lanes: [
              {
                lane: 'trigger:shop/one',
                state: 'delivered',
                attempts: [
                  { number: 1, status: 503 },
                  { number: 2, status: 200, reply: { id: 'p', type: 'paid', to: 'topic' } },
                ],
                answers: [
                  {
                    seq: 2,
                    event: { id: 'p' },
                    unmatched: ['trigger:shop/one'],
                    lanes: [
                      {
                        lane: 'trigger:shop/other',
                        state: 'dead',
                        attempts: [{ status: 400 }],
                        dead: { code: 400, reason: 'not me', destination: other.url },
                      },
                    ],
                  },
                ],
              },
            ],
          },
        ],
      },
    ]);
    expect(await ask('GET', 'events/z/trace')).toMatchObject({ status: 404 });
  }, 60_000);

  it('reads no data that it does not show', async () => {
    begin();
    await send('a', {}, JSON.stringify('x'.repeat(16 * 1024)));
    await send('a', {}, '"short"');
    await settled();
    const [{ events }] = (await ask('GET', 'events/a/trace')).lines;
    expect(events.map(({ event }: { event: { data?: string } }) => event.data)).toEqual([undefined, 'short']);
    const read = eventing.log.reading.lastOfId('a', { events: 10, bytes: 7 });
    expect(read.map(({ event }) => event.data?.toString())).toEqual([undefined, '"short"']);
    const one = { seq: 2, lane: undefined, why: 'replay' } as const;
    await eventing.log.append({ topic: TOPIC, event: anEvent('b'), headers: {}, lanes: [], cause: one });
    const after = eventing.log.reading.causedBy(2, { events: 10, bytes: 6 });
    expect(after).toMatchObject([{ cause: one, event: { data: undefined } }]);
  }, 60_000);

  it('tells of what waits, of a Trigger that is gone, and of one that came later', async () => {
    one.answer((response) => response.writeHead(503).end());
    begin({ retry: 5, backoffDelay: 'PT1H', backoffPolicy: 'exponential' });
    await send('a');
    const lanesOf = async () => (await ask('GET', 'events/a/trace')).lines[0].events[0];
    await until(() => one.got.length === 1 && eventing.stateOf('trigger:shop/one', 1) === 'waiting', 'it waits');
    expect((await lanesOf()).lanes).toMatchObject([{ state: 'waiting', due: expect.stringMatching(/^\d{4}-/) }]);
    eventing.setLanes(new Map([['trigger:shop/late', anEntry(other.url)]]));
    expect(await lanesOf()).toMatchObject({
      lanes: [{ lane: 'trigger:shop/one', state: 'gone' }],
      unmatched: [],
      later: ['trigger:shop/late'],
    });
  }, 60_000);
});

describe('once more', () => {
  it('events go to everybody whose filter they pass now, or to one, are marked, and answers are not', async () => {
    one.answer((response, { id }) => {
      const made = { 'ce-specversion': '1.0', 'ce-id': `p-${id}`, 'ce-source': '/one', 'ce-type': 'paid' };
      response.writeHead(200, made).end();
    });
    begin();
    await send('a');
    await until(() => other.got.length === 1, 'the answer');
    expect((await ask('POST', 'replays', { dryRun: 'true' })).lines.at(-1)).toEqual({
      found: 1,
      sent: 0,
      failed: 0,
      isDone: true,
    });
    expect(one.got).toHaveLength(1);
    expect((await ask('POST', 'replays')).lines.at(-1)).toMatchObject({ found: 1, sent: 1, isDone: true });
    await until(() => other.got.length === 2, 'the answer to the second');
    expect(one.got[1]?.headers).toMatchObject({ 'ce-id': 'a', 'ce-weirreplay': expect.stringMatching(/^\d{4}-/) });
    // what was sent again is not sent again itself
    expect((await ask('POST', 'replays', { dryRun: 'true' })).lines.at(-1)).toMatchObject({ found: 1 });
    expect((await ask('POST', 'replays', { dryRun: 'true', replies: 'true' })).lines.at(-1)).toMatchObject({
      found: 3,
    });
    // to one alone, as far as its filter goes: both answers, and no event that was sent again
    expect((await ask('POST', 'replays', { to: 'trigger:shop/other' })).lines.at(-1)).toMatchObject({ sent: 2 });
    await until(() => other.got.length === 4, 'the answers once more');
    expect(one.got).toHaveLength(2);
    expect(await ask('POST', 'replays', { to: 'trigger:shop/none' })).toMatchObject({ status: 404 });
    expect(await ask('POST', 'replays', { into: 'default' })).toMatchObject({
      status: 400,
      lines: [{ message: 'into is "default", and must be like broker:shop/default' }],
    });
    expect(await ask('POST', 'replays', { rate: '0' })).toMatchObject({ status: 400 });
  }, 60_000);

  it('events go no faster than they may', async () => {
    begin();
    for (const id of ['a', 'b', 'c']) await send(id);
    const began = performance.now();
    await ask('POST', 'replays', { rate: '10' });
    expect(performance.now() - began).toBeGreaterThan(190);
  }, 60_000);

  it('dead letters are found behind any number of those of others', async () => {
    begin();
    const letter = { at: 0, status: 400, data: '', sink: undefined, destination: '' };
    const [mine, last] = [{ lane: eventing.log.rows.lane('trigger:shop/one')?.number ?? 0 }, 10_001];
    eventing.log.now((rows) => {
      for (let seq = 1; seq <= last; seq++) {
        const topic = seq === last ? TOPIC : 'broker:other/default';
        rows.addEvent(seq, 0, { topic, event: anEvent(`e-${seq}`), headers: {}, lanes: [mine.lane] });
        rows.addDead({ ...letter, ...mine, seq });
      }
      // of the same event to another one: a portion may end between them
      for (const seq of [200, last]) rows.addDead({ ...letter, seq, lane: mine.lane + 1 });
    });
    const idsOf = async (query: Record<string, string>) =>
      (await ask('GET', 'deadletters', query)).lines[0].items.map(({ id }: { id: string }) => id);
    expect(await idsOf({ topic: TOPIC })).toEqual([`e-${last}`, `e-${last}`]);
    expect(await idsOf({ id: 'e-200' })).toEqual(['e-200', 'e-200']);
    // more than are listed at once; what was written here past the log is known to it
    jest.spyOn(eventing.log, 'last', 'get').mockReturnValue(last);
    expect((await ask('POST', 'deadletters/return', { dryRun: 'true' })).lines.at(-1)).toMatchObject({
      found: last + 2,
    });
  }, 60_000);

  it('dead letters that are not taken again are left for another time', async () => {
    one.answer((response) => response.writeHead(400).end('no'));
    begin();
    for (const id of ['a', 'b']) await send(id);
    await settled();
    // slowly: the first is a dead letter again before the second is sent
    const { lines } = await ask('POST', 'deadletters/return', { rate: '2' });
    expect(lines.at(-1)).toMatchObject({ found: 2, sent: 2, isDone: true });
    await settled();
    expect(one.got.map(({ id }) => id)).toEqual(['a', 'b', 'a', 'b']);
    expect((await ask('GET', 'deadletters')).lines[0].items).toMatchObject([{ id: 'a' }, { id: 'b' }]);
  });

  it('dead letters are sent again once, though the clock is set back meanwhile', async () => {
    one.answer((response) => response.writeHead(400).end('no'));
    begin();
    await send('a');
    await settled();
    const now = Date.now();
    jest.spyOn(Date, 'now').mockImplementation(() => now + 3_600_000);
    // each is a dead letter again before the next is sent
    const repeat = eventing.repeat.bind(eventing);
    let times = 0;
    jest.spyOn(eventing, 'repeat').mockImplementation(async (...given) => {
      if (++times > 3) throw new Error('again and again');
      const received = await repeat(...given);
      await settled();
      return received;
    });
    expect((await ask('POST', 'deadletters/return')).lines.at(-1)).toMatchObject({ found: 1, sent: 1, isDone: true });
    expect(times).toBe(1);
  });

  it('dead letters that somebody else has put back meanwhile are not sent again', async () => {
    one.answer((response) => response.writeHead(400).end('no'));
    begin();
    for (const id of ['a', 'b', 'c']) await send(id);
    await settled();
    const repeat = eventing.repeat.bind(eventing);
    jest.spyOn(eventing, 'repeat').mockImplementationOnce(async (...given) => {
      eventing.log.later((rows) => rows.markReturned(2, eventing.log.rows.lane('trigger:shop/one')?.number ?? 0, 1));
      return repeat(...given);
    });
    const { lines } = await ask('POST', 'deadletters/return');
    expect(lines.at(-1)).toEqual({ found: 2, sent: 2, failed: 0, isDone: true });
    await settled();
    expect(one.got.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'a', 'c']);
  });

  it('a batch of which one was not taken again stays a dead letter', async () => {
    one.answer((response) => response.writeHead(400).end('no'));
    begin();
    const batch = ['x', 'y'].map((id) => ({ specversion: '1.0', id, source: '/batch', type: 'test.made' }));
    await send('b', { datacontenttype: 'application/cloudevents-batch+json' }, JSON.stringify(batch));
    await settled();
    one.answer((response) => response.end());
    jest.spyOn(eventing, 'repeat').mockResolvedValueOnce({ is: 'refused', problem: 'the disk is full' });
    expect((await ask('POST', 'deadletters/return')).lines.at(-1)).toMatchObject({ found: 2, sent: 1, failed: 1 });
    expect((await ask('GET', 'deadletters')).lines[0].items).toMatchObject([{ id: 'b' }]);
    expect((await ask('POST', 'deadletters/return')).lines.at(-1)).toMatchObject({ found: 2, sent: 2, failed: 0 });
    expect((await ask('GET', 'deadletters')).lines[0].items).toEqual([]);
  });

  it('dead letters go to the one that did not take them, a batch as its events', async () => {
    one.answer((response) => response.writeHead(400).end('no'));
    begin();
    const batch = ['x', 'y'].map((id) => ({ specversion: '1.0', id, source: '/batch', type: 'test.made' }));
    await send('a');
    await send('b', { datacontenttype: 'application/cloudevents-batch+json' }, JSON.stringify(batch));
    await settled();
    const letters = await ask('GET', 'deadletters');
    expect(letters.lines[0].items).toMatchObject([
      { id: 'a', lane: 'trigger:shop/one', code: 400, reason: 'no', attempts: 1, destination: one.url },
      { id: 'b', code: 400 },
    ]);
    const since = new Date(Date.now() + 60_000).toISOString();
    expect((await ask('GET', 'deadletters', { since })).lines[0].items).toEqual([]);
    one.answer((response) => response.end());
    expect((await ask('POST', 'deadletters/return', { id: 'a', lane: 'trigger:shop/one' })).lines.at(-1)).toMatchObject(
      { sent: 1 },
    );
    expect((await ask('GET', 'deadletters')).lines[0].items).toMatchObject([{ id: 'b' }]);
    expect((await ask('POST', 'deadletters/return')).lines.at(-1)).toMatchObject({ found: 2, sent: 2 });
    await until(() => one.got.length === 5, 'all of them');
    expect(one.got.slice(2).map(({ id }) => id)).toEqual(['a', 'x', 'y']);
    expect((await ask('GET', 'deadletters')).lines[0].items).toEqual([]);
    const [first] = (await ask('GET', 'events/a/trace')).lines[0].events;
    expect(first).toMatchObject({
      lanes: [{ state: 'dead', dead: { returned: expect.any(String) } }],
      repeats: [{ isReplay: true }],
    });
  }, 60_000);
});

describe('what is not there', () => {
  it.each([
    [
      'POST',
      'replays',
      { into: 'broker:shop/defualt' },
      'there is no Broker shop/defualt; did you mean "shop/default"?',
    ],
    [
      'POST',
      'replays',
      { topic: 'broker:shop/defualt' },
      'there is no Broker shop/defualt; did you mean "shop/default"?',
    ],
    ['POST', 'replays', { into: 'channel:shop/default' }, 'there is no Channel shop/default'],
    [
      'POST',
      'replays',
      { to: 'trigger:shop/onee' },
      'Trigger shop/onee gets no events: there is none, or it has not been ready yet; did you mean "shop/one"?',
    ],
    [
      'POST',
      'deadletters/return',
      { lane: 'subscription:shop/one' },
      'Subscription shop/one gets no events: there is none, or it has not been ready yet',
    ],
    ['GET', 'events', { topic: 'broker:else/shop' }, 'there is no Broker else/shop'],
  ] as const)('%s %s with %j is answered with a sentence', async (method, at, query, message) => {
    begin();
    eventing.topics.set('broker', new Set(['shop/default', 'shop/gone']));
    eventing.topics.set('channel', new Set());
    await send('a');
    await settled();
    const { status, lines } = await ask(method, at, { ...query, dryRun: 'true' });
    expect(status).toBe(404);
    expect(lines).toMatchObject([{ reason: 'NotFound', message }]);
  });

  it('may be what was there: its events are still to be looked at, and not to be sent to', async () => {
    begin();
    eventing.topics.set('broker', new Set(['shop/default']));
    await send('a');
    await settled();
    eventing.topics.set('broker', new Set());
    expect((await ask('GET', 'events', { topic: TOPIC })).lines).toHaveLength(1);
    expect(await ask('POST', 'replays', { into: TOPIC })).toMatchObject({ status: 404 });
  });
});

describe('the types', () => {
  it('that were seen, how often, when last, and who takes them', async () => {
    begin();
    for (const id of ['a', 'b']) await send(id);
    await send('c', { type: 'unknown' });
    await settled();
    const { lines } = await ask('GET', 'types');
    expect(lines[0].items).toMatchObject([
      { type: 'test.made', source: '/test', count: 2, topics: [TOPIC], lanes: ['trigger:shop/one'] },
      { type: 'unknown', count: 1, lanes: [] },
    ]);
  });
});
