/** Subscribers that do everything wrong, disks that take nothing, and clocks that jump. kill -9 is in kill.test.ts. */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Clock, systemClock } from '../../../src/kubernetes/clock.ts';
import { Eventing, type EventingOptions } from '../../../src/platform/eventing/eventing.ts';
import type { LaneEntry } from '../../../src/platform/eventing/lanes/lanes.ts';
import { type Sender, startSender } from '../../../src/platform/eventing/send.ts';
import { anEntry, anEvent, type Subscriber, startSubscriber, TOPIC, temporaryFolder, until } from './kit.ts';

let place: ReturnType<typeof temporaryFolder>;
let sender: Sender;
let eventing: Eventing;
let good: Subscriber;
let sink: Subscriber;
const servers: (() => void)[] = [];

function open(more: Partial<EventingOptions> = {}): Eventing {
  const file = path.join(place.folder, 'events.db');
  return Eventing.open({ file, clock: systemClock, send: sender.send, ...more });
}

function lanes(entries: Readonly<Record<string, LaneEntry>>): void {
  eventing.setLanes(new Map(Object.entries(entries)));
}

const send = (id: string, data?: string) => eventing.receive(TOPIC, anEvent(id, {}, data), {});

beforeEach(async () => {
  place = temporaryFolder();
  sender = startSender();
  [good, sink] = await Promise.all([startSubscriber(), startSubscriber()]);
  eventing = open();
});

afterEach(async () => {
  await eventing.close();
  sender.close();
  for (const end of servers.splice(0)) end();
  await Promise.all([good.close(), sink.close()]);
  place.remove();
});

/** One that is given the bytes of each request as it likes. @returns its URL */
async function startRaw(onRequest: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', () => onRequest(socket));
  });
  servers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const LARGE = 10 * 1000 * 1000;
const reply = 'HTTP/1.1 200 OK\r\nce-specversion: 1.0\r\nce-id: r\r\nce-source: /r\r\nce-type: r\r\n';

describe('a subscriber', () => {
  it.each<[string, (socket: Socket) => void, string]>([
    ['hangs', () => {}, 'no answer within 300 ms'],
    [
      'hangs in the middle of its answer',
      (socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab'),
      'no answer within 300 ms',
    ],
    ['hangs up', (socket) => void socket.end(), 'closed before all of an answer had come'],
    ['cuts the connection', (socket) => void socket.resetAndDestroy(), 'ECONNRESET'],
    [
      'cuts its answer',
      (socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab'),
      'closed before all',
    ],
    [
      'cuts a chunk',
      (socket) => void socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab'),
      'closed before all',
    ],
    ['answers garbage', (socket) => void socket.end('\x00\x01 so long\r\n\r\n'), 'not HTTP/1.1'],
    [
      'answers another length than it has',
      (socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 1e3\r\n\r\n'),
      'not HTTP/1.1',
    ],
    [
      'answers chunks that are none',
      (socket) => void socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'),
      'not HTTP/1.1',
    ],
    [
      'answers with an endless head',
      (socket) => void socket.write(`HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(20_000)}`),
      'not HTTP/1.1',
    ],
    [
      'switches to another protocol',
      (socket) => void socket.write('HTTP/1.1 101 Go\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
      'not HTTP/1.1',
    ],
    [
      'answers 10 MB',
      (socket) => void socket.write(`${reply}Content-Length: ${LARGE}\r\n\r\n${'x'.repeat(LARGE)}`),
      'more than 8388608 bytes',
    ],
    [
      'answers 10 MB and does not say so',
      (socket) => void socket.end(`${reply}\r\n${'x'.repeat(LARGE)}`),
      'more than 8388608 bytes',
    ],
  ])('that %s is tried again, gets a dead letter and holds up no other', async (_, onRequest, error) => {
    let requests = 0;
    const bad = await startRaw((socket) => {
      requests++;
      onRequest(socket);
    });
    // only who hangs is not waited for: the others have all the time that a slow machine takes
    const delivery = { retry: 1, timeout: error.includes('300 ms') ? 'PT0.3S' : 'PT60S' };
    lanes({
      'trigger:shop/bad': anEntry(bad, { delivery, deadLetter: sink.url }),
      'trigger:shop/good': anEntry(good.url),
    });
    const received = await send('a');
    await until(() => good.got.length === 1, 'the event at the other');
    await until(() => sink.got.length === 1 && eventing.waiting === 0, 'the dead letter');
    expect(requests).toBeGreaterThanOrEqual(2);
    expect(sink.got[0]).toMatchObject({ id: 'a', body: '{"n":1}' });
    eventing.log.now(() => undefined);
    const attempts = eventing.log.rows.attempts('seq' in received ? received.seq : 0);
    expect(attempts.filter(({ status }) => status === undefined).map((each) => each.error)).toEqual([
      expect.stringContaining(error),
      expect.stringContaining(error),
    ]);
    expect(good.got.map(({ id }) => id)).toEqual(['a']);
  });

  it.each([
    [301, 1],
    [400, 1],
    [403, 1],
    [404, 2],
    [408, 2],
    [409, 2],
    [410, 1],
    [429, 2],
    [500, 2],
    [501, 2],
    [503, 2],
  ])('that answers %d is asked %d times, and the dead letter says so', async (status, times) => {
    const bad = await startSubscriber();
    servers.push(() => void bad.close());
    bad.answer((response) => response.writeHead(status, { location: good.url }).end('no'));
    lanes({ 'trigger:shop/bad': anEntry(bad.url, { delivery: { retry: 1 }, deadLetter: sink.url }) });
    await send('a');
    await until(() => sink.got.length === 1, 'the dead letter');
    expect(bad.got).toHaveLength(times);
    expect(sink.got[0]?.headers['ce-knativeerrorcode']).toBe(String(status));
    expect(good.got).toEqual([]);
  });

  it('that says to go on, and then answers, has it', async () => {
    const slow = await startRaw((socket) => {
      socket.write('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 ');
      setImmediate(() => socket.write('OK\r\nContent-Length: 0\r\n\r\n'));
    });
    lanes({ 'trigger:shop/slow': anEntry(slow, { deadLetter: sink.url }) });
    const { seq } = (await send('a')) as { seq: number };
    await until(() => eventing.waiting === 0, 'the event');
    eventing.log.now(() => undefined);
    expect(eventing.log.rows.attempts(seq)).toMatchObject([{ status: 200 }]);
    expect(sink.got).toEqual([]);
  });

  it('that sends more than its answer gets the next event over another connection', async () => {
    const talks = await startRaw(
      (socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 500 No\r\n\r\n'),
    );
    lanes({ 'trigger:shop/talks': anEntry(talks, { deadLetter: sink.url, isOrdered: true }) });
    for (const id of ['a', 'b', 'c']) await send(id);
    await until(() => eventing.waiting === 0, 'all of them');
    expect(sink.got).toEqual([]);
  });

  it('that takes its time for one event has the others meanwhile, and that one when it is ready', async () => {
    const held: (() => void)[] = [];
    good.answer((response, { id }) => void (id === 'slow' ? held.push(() => response.end()) : response.end()));
    lanes({ 'trigger:shop/good': anEntry(good.url) });
    for (const id of ['slow', 'a', 'b', 'c']) await send(id);
    await until(() => good.got.length === 4 && eventing.waiting === 1, 'all but one');
    held[0]?.();
    await until(() => eventing.waiting === 0, 'that one');
  });
});

describe('a disk', () => {
  const data = JSON.stringify('x'.repeat(8000));

  it('that is full refuses what it cannot keep, and brings what it took', async () => {
    await eventing.close();
    eventing = open({ maxBytes: 400_000 });
    const entries = { 'trigger:shop/good': anEntry(good.url) };
    lanes(entries);
    const taken: string[] = [];
    let refused: string | undefined;
    for (let index = 0; index < 100 && refused === undefined; index++) {
      const received = await send(`e-${index}`, data);
      if (received.is === 'kept') taken.push(`e-${index}`);
      else refused = received.problem;
    }
    expect(refused).toMatch(/the disk is full, or .*events\.db has grown as large as it may: the event was not taken/);
    expect(taken.length).toBeGreaterThan(10);
    const missing = () => taken.filter((id) => !good.got.some((got) => got.id === id));
    await until(() => missing().length === 0, 'all that was taken');
    expect(good.got.filter(({ id }) => !taken.includes(id))).toEqual([]);

    await eventing.close();
    eventing = open();
    lanes(entries);
    expect(await send('after', data)).toMatchObject({ is: 'kept' });
    await until(() => good.got.some(({ id }) => id === 'after') && eventing.waiting === 0, 'the next one');
  });

  it('that fails to flush takes nothing more, and what was not on it reaches nobody before the next start', async () => {
    await eventing.close();
    let isBroken = false;
    let flushes = 0;
    eventing = open({
      async flush() {
        flushes++;
        if (isBroken) throw new Error('EIO: i/o error, fsync');
      },
    });
    lanes({ 'trigger:shop/good': anEntry(good.url) });
    expect(await send('a')).toMatchObject({ is: 'kept' });
    isBroken = true;
    const both = await Promise.all([send('b'), send('c')]);
    const problem = expect.stringMatching(
      /events\.db could not be written to the disk \(EIO.*start again when the disk is well/,
    );
    expect(both).toEqual([
      { is: 'refused', problem },
      { is: 'refused', problem },
    ]);
    isBroken = false;
    const before = flushes;
    expect(await send('d')).toEqual({ is: 'refused', problem });
    expect(flushes).toBe(before);
    await until(() => eventing.waiting === 0, 'the first');
    expect(good.got.map(({ id }) => id)).toEqual(['a']);
  });

  it('holds an event before anybody is told that it was taken, or gets it', async () => {
    await eventing.close();
    const flushed: (() => void)[] = [];
    eventing = open({ flush: () => new Promise((resolve) => flushed.push(resolve)) });
    lanes({ 'trigger:shop/good': anEntry(good.url) });
    let isTaken = false;
    const taking = send('a').then(() => {
      isTaken = true;
    });
    await until(() => flushed.length === 1, 'the flush');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([isTaken, good.got.length]).toEqual([false, 0]);
    flushed[0]?.();
    await taking;
    await until(() => good.got.length === 1, 'the event');
  });
});

describe('a clock that jumps', () => {
  let offset: number;
  const clock: Clock = { now: () => new Date(Date.now() + offset), after: systemClock.after };
  const DAY = 86_400_000;

  beforeEach(async () => {
    offset = 0;
    await eventing.close();
    eventing = open({ clock });
  });

  it.each([
    ['back', -DAY],
    ['ahead', DAY],
  ])('%s holds up nothing that waits to be sent again, and makes no attempt more of it', async (_, jump) => {
    let attempts = 0;
    good.answer((response) => response.writeHead(++attempts < 4 ? 503 : 200).end());
    const delivery = { retry: 5, backoffPolicy: 'exponential', backoffDelay: 'PT0.1S' };
    const entries = { 'trigger:shop/good': anEntry(good.url, { delivery, deadLetter: sink.url }) };
    lanes(entries);
    await send('a');
    await until(() => attempts === 1, 'the first attempt');
    offset = jump;
    await until(() => attempts === 2, 'the second');
    // what is read back says when it is due by the clock of before
    offset = 0;
    await until(() => attempts === 3, 'the third');
    await until(() => eventing.log.rows.waiting(1).some((each) => each.attempts === 3), 'it waits');
    await eventing.close();
    offset = jump;
    eventing = open({ clock });
    lanes(entries);
    await until(() => eventing.waiting === 0, 'the event');
    expect([attempts, sink.got]).toEqual([4, []]);
  });

  it('ahead forgets nothing that somebody has still to get', async () => {
    const held: (() => void)[] = [];
    good.answer((response) => void held.push(() => response.end()));
    lanes({ 'trigger:shop/good': anEntry(good.url) });
    const { seq } = (await send('a')) as { seq: number };
    await until(() => held.length === 1, 'the event');
    offset = 30 * DAY;
    for (let index = 0; index < 3; index++) await send(`b-${index}`);
    expect(eventing.log.rows.event(seq)).toBeDefined();
    held[0]?.();
    await until(() => held.length === 4, 'the others');
  });
});

describe('a poisoned event', () => {
  it.each([
    ['has a content type with a line break', { datacontenttype: 'text/plain;a\r\nx-evil: 1' }],
    ['has a content type with letters that are no header', { datacontenttype: 'text/plain;a=中' }],
    ['is named as what every object has', { constructor: 'x', tostring: 'y' }],
    ['has attributes with line breaks and quotes', { subject: 'a\r\nx-evil: "1"%', partitionkey: '\u0000' }],
    ['has a lone half of a pair', { subject: '\ud800' }],
  ])('that %s holds up no other, and no subscriber sees more than the event', async (_, more) => {
    lanes({ 'trigger:shop/good': anEntry(good.url, { deadLetter: sink.url }) });
    const all = await Promise.all([send('a'), eventing.receive(TOPIC, anEvent('poisoned', more), {}), send('b')]);
    expect(all.filter(({ is }) => is === 'kept').length).toBeGreaterThanOrEqual(2);
    await until(() => eventing.waiting === 0, 'the end of all');
    expect(good.got.map(({ id }) => id)).toEqual(expect.arrayContaining(['a', 'b']));
    for (const { headers } of [...good.got, ...sink.got]) expect(headers).not.toHaveProperty('x-evil');
  });
});
