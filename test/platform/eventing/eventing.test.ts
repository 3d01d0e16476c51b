import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Clock, systemClock } from '../../../src/kubernetes/clock.ts';
import { Eventing, type EventingOptions } from '../../../src/platform/eventing/eventing.ts';
import type { LaneEntry } from '../../../src/platform/eventing/lanes/lanes.ts';
import { type Send, type Sender, startSender } from '../../../src/platform/eventing/send.ts';
import { anEntry, anEvent, type Subscriber, startSubscriber, TOPIC, temporaryFolder, until } from './kit.ts';

let folder: ReturnType<typeof temporaryFolder>;
let sender: Sender;
let eventing: Eventing;
let one: Subscriber;
let other: Subscriber;

function open(more: Partial<EventingOptions> = {}): Eventing {
  const file = path.join(folder.folder, 'events.db');
  return Eventing.open({ file, clock: systemClock, send: sender.send, ...more });
}

function lanes(entries: Readonly<Record<string, LaneEntry>>): void {
  eventing.setLanes(new Map(Object.entries(entries)));
}

const send = (id: string, more: Readonly<Record<string, string | number>> = {}) =>
  eventing.receive(TOPIC, anEvent(id, more), {});

beforeEach(async () => {
  folder = temporaryFolder();
  sender = startSender();
  [one, other] = await Promise.all([startSubscriber(), startSubscriber()]);
  eventing = open();
});

afterEach(async () => {
  await eventing.close();
  sender.close();
  await Promise.all([one.close(), other.close()]);
  folder.remove();
});

describe('an event', () => {
  it('comes to everybody whose filter it passes, in binary mode and as it was', async () => {
    lanes({
      'trigger:shop/one': anEntry(one.url),
      'trigger:shop/other': anEntry(other.url, { matches: (event) => event.get('type') === 'else' }),
    });
    expect(await eventing.receive(TOPIC, anEvent('a', { region: 'eu' }), { 'x-request-id': 'r-1' })).toMatchObject({
      is: 'kept',
    });
    await until(() => one.got.length === 1, 'the event');
    expect(one.got[0]).toMatchObject({
      id: 'a',
      body: '{"n":1}',
      headers: {
        'ce-region': 'eu',
        'content-type': 'application/json',
        prefer: 'reply',
        'x-request-id': 'r-1',
        'ce-knativearrivaltime': expect.stringMatching(/^\d{4}-/),
      },
    });
    expect(one.got[0]?.headers).not.toHaveProperty('ce-knativebrokerttl');
    expect(other.got).toEqual([]);
    await until(() => eventing.waiting === 0, 'nothing waits');
  });

  it('is sent again as the delivery says, and then is a dead letter', async () => {
    one.answer((response) => response.writeHead(503).end('busy'));
    lanes({ 'trigger:shop/one': anEntry(one.url, { delivery: { retry: 2 }, deadLetter: other.url }) });
    await send('a');
    await until(() => other.got.length === 1, 'the dead letter');
    expect(one.got).toHaveLength(3);
    expect(other.got[0]?.headers).toMatchObject({
      'ce-id': 'a',
      'ce-knativeerrordest': one.url,
      'ce-knativeerrorcode': '503',
      'ce-knativeerrordata': Buffer.from('busy').toString('base64'),
    });
  });

  it('goes in structured mode where its delivery asks for that, as a dead letter, too', async () => {
    one.answer((response) => response.writeHead(400).end());
    lanes({ 'trigger:shop/one': anEntry(one.url, { isStructured: true, deadLetter: other.url }) });
    await eventing.receive(TOPIC, anEvent('a', { subject: 'ä' }, '{"n": 1.10}'), {});
    await until(() => other.got.length === 1, 'the dead letter');
    for (const { headers, body } of [...one.got, ...other.got]) {
      expect(headers).toMatchObject({ 'content-type': 'application/cloudevents+json' });
      expect(headers).not.toHaveProperty('ce-id');
      expect(body).toContain('"data":{"n": 1.10}');
      expect(JSON.parse(body)).toMatchObject({ id: 'a', subject: 'ä', specversion: '1.0' });
    }
    expect(JSON.parse(other.got[0]?.body ?? '')).toMatchObject({ knativeerrorcode: 400 });
  });

  it('that is refused for good is a dead letter at once', async () => {
    one.answer((response) => response.writeHead(400).end());
    lanes({ 'trigger:shop/one': anEntry(one.url, { delivery: { retry: 5 }, deadLetter: other.url }) });
    await send('a');
    await until(() => other.got.length === 1, 'the dead letter');
    expect(one.got).toHaveLength(1);
  });

  it('is kept as a dead letter where there is no sink, with every attempt', async () => {
    one.answer((response) => response.destroy());
    lanes({ 'trigger:shop/one': anEntry(one.url, { delivery: { retry: 1 } }) });
    const received = await send('a');
    if (received.is !== 'kept') throw new Error(received.problem);
    await until(() => eventing.log.rows.dead(received.seq).length === 1, 'the dead letter');
    expect(eventing.log.rows.dead(received.seq)).toMatchObject([{ status: 500, sink: undefined }]);
    expect(eventing.log.rows.attempts(received.seq)).toMatchObject([
      { number: 1, status: undefined, error: 'the connection was closed before all of an answer had come' },
      { number: 2, status: undefined },
    ]);
  });

  it('is sent with the credentials of the URL, which nothing tells that is kept of it', async () => {
    const withSecret = (url: string) => url.replace('//', '//me:secret@');
    one.answer((response) => response.writeHead(400).end());
    const spec = { deadLetter: withSecret(other.url), reply: withSecret(other.url) };
    lanes({
      'trigger:shop/one': anEntry(withSecret(one.url), spec),
      'trigger:shop/none': anEntry('ftp://me:secret@a.b/', spec),
    });
    await send('a');
    await until(() => eventing.waiting === 0, 'the dead letters');
    const basic = `Basic ${Buffer.from('me:secret').toString('base64')}`;
    expect(one.got[0]?.headers.authorization).toBe(basic);
    expect(other.got.map(({ headers }) => headers['ce-knativeerrordest']).sort()).toEqual([
      'ftp://xxxxx@a.b/',
      one.url.replace('//', '//xxxxx@'),
    ]);
    eventing.log.now(() => undefined);
    const kept = JSON.stringify([eventing.log.rows.attempts(1), eventing.log.rows.dead(1)]);
    expect(kept).toContain('xxxxx@');
    expect(kept).not.toContain('secret');
    const data = eventing.log.rows.dead(1).map((letter) => Buffer.from(letter.data, 'base64').toString('utf8'));
    expect(data).toEqual(['', 'dispatch error: ftp://xxxxx@a.b/ is no URL of http or https']);
  });

  it('that cannot be written as a request is a dead letter', async () => {
    lanes({ 'trigger:shop/one': anEntry(one.url) });
    const received = await send('a', { datacontenttype: 'text/plain; charset=\u4e2d' });
    await until(() => eventing.waiting === 0, 'the end of it');
    const { seq } = received as { seq: number };
    await until(() => eventing.log.rows.dead(seq).length === 1, 'the dead letter');
    expect(one.got).toEqual([]);
  });

  it('is sent on another connection where one that was kept is closed just then', async () => {
    const got: string[] = [];
    const server = createServer((socket) => {
      let count = 0;
      socket.on('error', () => {});
      socket.on('data', (bytes) => {
        const id = /ce-id: (\w+)/i.exec(bytes.toString('latin1'))?.[1] ?? '';
        if (++count > 1) socket.destroy();
        else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', () => got.push(id));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    lanes({ 'trigger:shop/one': anEntry(`http://127.0.0.1:${port}/`) });
    for (const id of ['a', 'b', 'c']) {
      const { seq } = (await send(id)) as { seq: number };
      await until(() => eventing.waiting === 0, id);
      expect(eventing.log.rows.dead(seq)).toEqual([]);
    }
    expect(got).toEqual(['a', 'b', 'c']);
    server.close();
  });

  it('of one slow subscriber holds up no other', async () => {
    one.answer(() => {});
    lanes({ 'trigger:shop/one': anEntry(one.url), 'trigger:shop/other': anEntry(other.url) });
    for (let index = 0; index < 150; index++) await send(`e-${index}`);
    await until(() => other.got.length === 150, 'all at the other');
    expect(one.got.length).toBeLessThanOrEqual(100);
  });
});

describe('an answer', () => {
  const reply = (id: string) => ({
    'ce-specversion': '1.0',
    'ce-id': id,
    'ce-source': '/reply',
    'ce-type': 'test.answered',
  });

  it('goes back into the Broker, through every filter', async () => {
    one.answer((response, { id }) => response.writeHead(200, reply(`re-${id}`)).end('x'));
    lanes({
      'trigger:shop/one': anEntry(one.url, { matches: (event) => event.get('type') === 'test.made' }),
      'trigger:shop/other': anEntry(other.url, { matches: (event) => event.get('type') === 'test.answered' }),
    });
    await send('a');
    await until(() => other.got.length === 1, 'the answer');
    expect(other.got[0]).toMatchObject({ id: 're-a', body: 'x' });
  });

  it('that answers itself comes to an end', async () => {
    one.answer((response, { id }) => response.writeHead(200, reply(id)).end());
    lanes({ 'trigger:shop/one': anEntry(one.url) });
    await send('a', { knativebrokerttl: 6 });
    await until(() => eventing.waiting === 0 && one.got.length >= 5, 'the end of the loop');
    expect(one.got).toHaveLength(5);
    const noted = (seq: number) => eventing.log.rows.attempts(seq)[0];
    await until(() => noted(5) !== undefined, 'the note of the last attempt');
    expect([1, 2, 3, 4, 5].map((seq) => noted(seq)?.reply?.to)).toEqual([
      'topic',
      'topic',
      'topic',
      'topic',
      'dropped',
    ]);
    expect(await send('b', { knativebrokerttl: 1 })).toMatchObject({ is: 'loop' });
  });

  it('that is no event counts as a failure, for a Trigger', async () => {
    one.answer((response) => response.writeHead(200).end('thanks'));
    lanes({ 'trigger:shop/one': anEntry(one.url, { delivery: { retry: 1 }, deadLetter: other.url }) });
    await send('a');
    await until(() => other.got.length === 1, 'the dead letter');
    expect(one.got).toHaveLength(2);
    expect(other.got[0]?.headers['ce-knativeerrorcode']).toBe('502');
  });

  it('that is no event is passed over, for a Subscription; an event goes to its reply', async () => {
    one.answer((response, { id }) =>
      id === 'a' ? response.end('thanks') : response.writeHead(200, reply(`re-${id}`)).end(),
    );
    lanes({ 'subscription:shop/one': anEntry(one.url, { kind: 'subscription', reply: other.url }) });
    await send('a');
    await send('b');
    await until(() => other.got.length === 1, 'the reply');
    expect(other.got[0]?.id).toBe('re-b');
  });
});

describe('order', () => {
  it('is kept where it counts, also past a failure', async () => {
    let failures = 2;
    one.answer((response, { id }) => response.writeHead(id === 'e-1' && failures-- > 0 ? 500 : 200).end());
    lanes({ 'trigger:shop/one': anEntry(one.url, { isOrdered: true, delivery: { retry: 5 } }) });
    await Promise.all(Array.from({ length: 5 }, (_, index) => send(`e-${index}`)));
    await until(() => eventing.waiting === 0, 'all of them');
    expect(one.got.map(({ id }) => id)).toEqual(['e-0', 'e-1', 'e-1', 'e-1', 'e-2', 'e-3', 'e-4']);
  });
});

describe('a start after an end', () => {
  it('sends what was not done, and nothing of what was', async () => {
    one.answer((response, { id }) => (id === 'b' ? undefined : response.end()));
    const entries = { 'trigger:shop/one': anEntry(one.url), 'trigger:shop/other': anEntry(other.url) };
    lanes(entries);
    for (const id of ['a', 'b', 'c']) await send(id);
    await until(() => one.got.length === 3 && other.got.length === 3 && eventing.waiting === 1, 'all but one');
    await eventing.close();

    one.answer((response) => response.end());
    eventing = open();
    lanes(entries);
    await until(() => one.got.length === 4 && eventing.waiting === 0, 'the one that was left');
    expect(one.got.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'b']);
    expect(other.got).toHaveLength(3);
  });

  it('goes on with what waited to be sent again, and counts its attempts on', async () => {
    one.answer((response) => response.writeHead(500).end());
    const delivery = { retry: 2, backoffPolicy: 'exponential', backoffDelay: 'PT0.1S' };
    const entries = { 'trigger:shop/one': anEntry(one.url, { delivery, deadLetter: other.url }) };
    lanes(entries);
    await send('a');
    await until(() => one.got.length === 1, 'the first attempt');
    await eventing.close();
    eventing = open();
    lanes(entries);
    await until(() => other.got.length === 1, 'the dead letter');
    expect(one.got.length).toBeGreaterThanOrEqual(3);
    expect(one.got.length).toBeLessThanOrEqual(4);
  });

  it('sends what took so long that it was written down by itself once, and at no start after that', async () => {
    one.answer((response, { id }) => (id === 'slow' ? undefined : response.end()));
    const entries = { 'trigger:shop/one': anEntry(one.url) };
    lanes(entries);
    const count = 1200;
    const ids = ['slow', ...Array.from({ length: count }, (_, index) => `e-${index}`)];
    await Promise.all(ids.map((id) => send(id)));
    const isWritten = () => eventing.log.rows.waiting(1).length === 1;
    await until(() => one.got.length === count + 1 && eventing.waiting === 1 && isWritten(), 'all but one');
    for (let start = 0; start < 2; start++) {
      await eventing.close();
      one.answer((response) => response.end());
      eventing = open();
      lanes(entries);
      await until(() => eventing.waiting === 0, 'the one that was left');
      const before = one.got.length;
      await send('after');
      await until(() => one.got.length === before + 1 && eventing.waiting === 0, 'another');
      expect(one.got.slice(count + 1).filter(({ id }) => id === 'slow')).toHaveLength(1);
    }
    expect(eventing.log.rows.waiting(1)).toEqual([]);
  });

  it('counts nothing of who is not there any more, whatever was under way', async () => {
    one.answer((response, { id }) => {
      const attempts = one.got.filter((each) => each.id === id).length;
      if (id === 'waits' || (id === 'again' && attempts === 1)) response.writeHead(500).end();
      else if (id !== 'again' && id !== 'hangs') response.end();
    });
    const delivery = (delay: string) => ({ retry: 2, backoffPolicy: 'linear', backoffDelay: delay });
    // linear begins with no wait: the second attempt is at once, and what fails again waits an hour
    lanes({ 'trigger:shop/one': anEntry(one.url, { delivery: delivery('PT1H') }) });
    for (const id of ['waits', 'again', 'hangs']) await send(id);
    await until(() => one.got.length === 5, 'two attempts of two, and one of the third');
    await until(() => eventing.log.rows.waiting(1).some(({ attempts }) => attempts === 2), 'the one that waits');
    expect(eventing.waiting).toBe(3);
    const late = send('late');
    await new Promise((resolve) => setImmediate(resolve));
    lanes({});
    await late;
    expect(eventing.waiting).toBe(0);
  });

  it('forgets who is not there any more', async () => {
    one.answer(() => {});
    lanes({ 'trigger:shop/one': anEntry(one.url) });
    await send('a');
    lanes({});
    expect(eventing.waiting).toBe(0);
    one.answer((response) => response.end());
    lanes({ 'trigger:shop/one': anEntry(one.url) });
    await send('b');
    await until(() => eventing.waiting === 0, 'the new one');
    expect(one.got.map(({ id }) => id)).toEqual(['a', 'b']);
  });
});

describe('an event that comes early', () => {
  it('is refused: nobody knows yet whom it is for', async () => {
    expect(await send('a')).toMatchObject({ is: 'refused', problem: expect.stringContaining('not known yet') });
    lanes({});
    expect(await send('a')).toMatchObject({ is: 'kept' });
  });
});

describe('a disk that takes nothing', () => {
  it('starts nobody whose progress could not be kept, and loses nothing of who was there', async () => {
    lanes({ 'trigger:shop/one': anEntry(one.url) });
    const full = jest.spyOn(eventing.log.rows, 'addLane').mockImplementation(() => {
      throw new Error('database or disk is full');
    });
    const both = { 'trigger:shop/one': anEntry(one.url), 'trigger:shop/other': anEntry(other.url) };
    expect(() => lanes(both)).toThrow('disk is full');
    full.mockRestore();
    await send('a');
    await until(() => one.got.length === 1 && eventing.waiting === 0, 'the one');
    expect(other.got).toEqual([]);
  });
});

describe('too much', () => {
  it('is refused until some of it is gone', async () => {
    await eventing.close();
    eventing = open({ limits: { events: 2, bytes: 1_000_000 } });
    one.answer(() => {});
    lanes({ 'trigger:shop/one': anEntry(one.url) });
    await send('a');
    await send('b');
    expect(await send('c')).toEqual({
      is: 'full',
      problem: '2 events wait for those who are to get them; send it again later',
    });
    lanes({});
    expect(await send('d')).toMatchObject({ is: 'kept' });
  });

  it('refuses no answer: what is answered could not come to its end', async () => {
    await eventing.close();
    eventing = open({ limits: { events: 2, bytes: 1_000_000 } });
    const held: (() => void)[] = [];
    one.answer((response) => {
      const made = { 'ce-specversion': '1.0', 'ce-id': 'paid-1', 'ce-source': '/one', 'ce-type': 'paid' };
      held.push(() => response.writeHead(200, made).end());
    });
    const isPaid: LaneEntry['matches'] = (event) => event.get('type') === 'paid';
    lanes({
      'trigger:shop/one': anEntry(one.url, { matches: (event) => !isPaid(event) }),
      'trigger:shop/other': anEntry(other.url, { matches: isPaid }),
    });
    await send('a');
    await send('b');
    await until(() => held.length === 2, 'both are with the subscriber');
    expect(await send('c')).toMatchObject({ is: 'full' });
    held[0]?.();
    await until(() => other.got.length === 1, 'the answer');
  });

  it('is refused of answers to answers as well, before they fill the disk: what they answer waits', async () => {
    await eventing.close();
    const waits: number[] = [];
    const clock: Clock = {
      now: () => new Date(),
      after(milliseconds) {
        waits.push(milliseconds);
        return () => undefined;
      },
    };
    let sent = 0;
    const headers = { 'ce-specversion': '1.0', 'ce-id': 'echo', 'ce-source': '/echo', 'ce-type': 'echo' };
    const echo: Send = async () => {
      sent++;
      return { status: 200, headers: sent > 5000 ? {} : headers, body: Buffer.alloc(0), retryAfter: undefined };
    };
    eventing = open({ clock, send: echo, limits: { events: 20, bytes: 1_000_000 } });
    lanes({ 'trigger:shop/one': anEntry('http://one/'), 'trigger:shop/other': anEntry('http://other/') });
    await send('a');
    await until(() => sent > 5000 || waits.some((wait) => wait > 500 && wait <= 1000), 'one that is answered waits');
    // those that are under way at that moment come in
    expect(eventing.log.last).toBeLessThan(20 * 4 + 500);
  });

  it.each([
    ['was not sent yet', {}],
    ['waits to be sent again', { retry: 5, backoffPolicy: 'linear', backoffDelay: 'PT1H' }],
  ])('is as much after a restart, of what %s', async (_, delivery) => {
    one.answer((response) => void ('retry' in delivery && response.writeHead(503).end()));
    const entries = { 'trigger:shop/one': anEntry(one.url, { delivery }) };
    lanes(entries);
    await eventing.receive(TOPIC, anEvent('a', {}, 'x'.repeat(1_000_000)), {});
    await until(() => one.got.length > 0 && eventing.waiting === 1, 'the event');
    await eventing.close();
    eventing = open({ limits: { events: 100, bytes: 1_000_000 } });
    lanes(entries);
    expect(await send('b')).toMatchObject({ is: 'full' });
  });

  it('is also what stands in attributes', async () => {
    await eventing.close();
    eventing = open({ limits: { events: 100, bytes: 1_000_000 } });
    one.answer(() => {});
    lanes({ 'trigger:shop/one': anEntry(one.url) });
    const large = anEvent('a', { subject: 'x'.repeat(1_000_000) });
    expect(await eventing.receive(TOPIC, large, {})).toMatchObject({ is: 'kept' });
    expect(await send('b')).toMatchObject({ is: 'full' });
  });
});

describe('what is kept', () => {
  it('are the last events, and those that somebody still has to get', async () => {
    await eventing.close();
    eventing = open({ keep: { events: 100 } });
    one.answer((response, { id }) => (id === 'e-40' ? undefined : response.end()));
    lanes({ 'trigger:shop/one': anEntry(one.url) });
    const all = (from: number, to: number) =>
      Promise.all(Array.from({ length: to - from }, (_, index) => send(`e-${from + index}`)));
    await all(0, 50);
    await until(() => eventing.waiting === 1, 'all but one');
    await all(50, 1300);
    await until(() => eventing.log.rows.firstSeq() === 41, 'the oldest are forgotten');
    expect(eventing.log.rows.eventsById('e-40')).toHaveLength(1);
    expect(eventing.log.rows.eventsById('e-39')).toEqual([]);

    lanes({});
    await all(1300, 2500);
    await until(() => eventing.log.rows.firstSeq() > 1000, 'also that one is forgotten');
    expect(eventing.log.rows.lastSeq()).toBe(2500);
  });
});
