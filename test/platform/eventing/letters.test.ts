/** The dead-letter sink of a cluster: over HTTP, on a file, and put back. */
import { existsSync } from 'node:fs';
import { get } from 'node:http';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Clock } from '../../../src/kubernetes/clock.ts';
import { EVENTS_API } from '../../../src/platform/eventing/api/shapes.ts';
import { Room } from '../../../src/platform/eventing/intake/room.ts';
import { askingServer } from '../../../src/platform/eventing/letters/asking.ts';
import { LETTER_METRICS } from '../../../src/platform/eventing/letters/metrics.ts';
import { type StartedLetters, startLetters } from '../../../src/platform/eventing/letters/start.ts';
import { LetterStore } from '../../../src/platform/eventing/letters/store.ts';
import { takingServer } from '../../../src/platform/eventing/letters/taking.ts';
import type { SendRequest, Sent } from '../../../src/platform/eventing/send.ts';
import { listenAt } from '../../../src/platform/eventing/server.ts';
import { anEvent, temporaryFolder, until } from './kit.ts';

jest.setTimeout(60_000);

const DESTINATION = 'http://billing.shop.svc.cluster.local';
const DAY = 86_400_000;

let place: ReturnType<typeof temporaryFolder>;
let now: number;
const clock: Clock = { now: () => new Date(now), after: () => () => undefined };

beforeEach(() => {
  place = temporaryFolder();
  now = Date.parse('2026-03-01T08:00:00Z');
});

afterEach(() => place.remove());

const file = () => path.join(place.folder, 'letters.db');
const aLetter = (id: string, more = {}, data?: string) =>
  anEvent(
    id,
    {
      knativeerrordest: DESTINATION,
      knativeerrorcode: 503,
      knativeerrordata: Buffer.from('the bank does not answer').toString('base64'),
      knativebrokerttl: 254,
      ...more,
    },
    data,
  );

describe('what is kept', () => {
  function open(limits = {}): LetterStore {
    const most = { letters: 100, bytes: 1_000_000, age: 30 * DAY, ...limits };
    return LetterStore.open({ file: file(), clock, limits: most });
  }

  it('is the event as it was, with what its Broker wrote into it beside it, also after a restart', async () => {
    const before = open();
    before.add(aLetter('a', { region: 'eu' }));
    before.close();
    const store = open();
    const letter = store.get(1);
    expect(letter).toMatchObject({ destination: DESTINATION, code: 503, reason: 'the bank does not answer', at: now });
    expect(letter?.event.data?.toString()).toBe('{"n":1}');
    expect(Object.fromEntries(letter?.event.attributes ?? [])).toMatchObject({ id: 'a', region: 'eu' });
    expect([...(letter?.event.attributes.keys() ?? [])].filter((name) => name.startsWith('knative'))).toEqual([]);
    expect(store.counts).toMatchObject({ kept: 1, taken: 0, forgotten: 0 });
    store.close();
    expect(existsSync(`${file()}.lock`)).toBe(false);
  });

  it.each([
    ['too many', { letters: 2 }, ['c', 'd']],
    ['too much', { bytes: 2000 }, ['d']],
  ])('loses the oldest where there is %s, and those that were put back before', (_, limits, left) => {
    const store = open(limits);
    for (const id of ['a', 'b', 'c', 'd']) store.add(aLetter(id, {}, 'x'.repeat(800)));
    expect(store.after(0, 10).map(({ event }) => event.attributes.get('id'))).toEqual(left);
    expect(store.counts).toMatchObject({ kept: left.length, taken: 4, forgotten: 4 - left.length });
    store.close();
    const other = open({ letters: 1 });
    other.close();
  });

  it('is counted with all of its bytes, whatever the letters are', () => {
    const store = open();
    store.add(aLetter('a', {}, ''));
    const { bytes } = store.counts;
    store.add(aLetter('b', { knativeerrordest: `${DESTINATION}/${'é'.repeat(1000)}`, region: '中'.repeat(1000) }, ''));
    expect(store.counts.bytes - 2 * bytes).toBeGreaterThan(5000);
    store.close();
  });

  it('says how near to its bound is what was not put back', () => {
    const store = open({ letters: 4, bytes: 1_000_000 });
    for (const id of ['a', 'b', 'c']) store.add(aLetter(id));
    expect(store.full).toBe(0.75);
    store.markReturned(2);
    store.markReturned(2);
    expect(store.full).toBe(0.5);
    const { unreturnedBytes, bytes } = store.counts;
    expect(unreturnedBytes).toBe((bytes * 2) / 3);
    store.close();

    const tight = open({ letters: 4, bytes: bytes });
    expect(tight.full).toBeCloseTo(2 / 3, 10);
    // it goes first, and leaves as much to be put back as before
    tight.add(aLetter('d'));
    expect(tight.full).toBe(1);
    tight.close();

    const later = open({ letters: 4 });
    expect(later.counts).toMatchObject({ kept: 3, unreturned: 3 });
    now += 31 * DAY;
    later.forget();
    expect([later.full, later.counts.unreturnedBytes]).toEqual([0, 0]);
    later.close();
  });

  it('goes by many at once, in a few transactions', () => {
    const store = open({ letters: 2000 });
    for (let index = 0; index < 1200; index++) store.add(aLetter(`a-${index}`));
    const exec = jest.spyOn(DatabaseSync.prototype, 'exec');
    now += 31 * DAY;
    store.forget();
    const transactions = exec.mock.calls.filter(([sql]) => sql.startsWith('BEGIN'));
    exec.mockRestore();
    expect(transactions).toHaveLength(3);
    expect(store.counts).toMatchObject({ kept: 0, bytes: 0, forgotten: 1200 });
    store.close();
  });

  it('goes where the file is full, so that the next has room', () => {
    const limits = { letters: 1000, bytes: 10_000_000, age: 30 * DAY };
    const store = LetterStore.open({ file: file(), clock, limits, maxBytes: 500_000 });
    for (let index = 0; index < 100; index++) store.add(aLetter(`a-${index}`, {}, 'x'.repeat(20_000)));
    const left = store.after(0, 1000);
    expect(left.at(-1)?.event.attributes.get('id')).toBe('a-99');
    expect(left.length).toBeGreaterThan(10);
    expect(store.counts).toMatchObject({ kept: left.length, forgotten: 100 - left.length });
    store.close();
  });

  it('goes when it is old, and one that was put back before one that was not', () => {
    const store = open({ letters: 3 });
    for (const id of ['a', 'b', 'c']) store.add(aLetter(id));
    store.markReturned(3);
    store.add(aLetter('d'));
    const ids = () => store.after(0, 10).map(({ event }) => event.attributes.get('id'));
    expect(ids()).toEqual(['a', 'b', 'd']);
    expect(store.counts).toMatchObject({ returned: 1, forgotten: 0 });
    now += 31 * DAY;
    store.forget();
    expect(ids()).toEqual([]);
    expect(store.counts).toMatchObject({ kept: 0, bytes: 0, forgotten: 3 });
    store.close();
  });
});

describe('the service', () => {
  let started: StartedLetters;
  let sent: SendRequest[];
  let answer: Sent;
  /** While it is sent. */
  let answering: () => void;
  let asking: ReturnType<typeof askingServer>;
  let base: string;

  beforeEach(async () => {
    started = await startLetters({ file: file(), port: 0, askPort: 0, bind: '127.0.0.1', clock });
    sent = [];
    answering = () => undefined;
    answer = { status: 200, headers: {}, body: Buffer.alloc(0), retryAfter: undefined };
    // names of a cluster lead nowhere here
    const send = async (request: SendRequest) => {
      sent.push(request);
      answering();
      return answer;
    };
    asking = askingServer({ store: started.store, send });
    await new Promise<void>((resolve) => {
      asking.listen(0, '127.0.0.1', resolve);
    });
    const address = asking.address();
    base = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  });

  afterEach(async () => {
    asking.close();
    asking.closeAllConnections();
    await started.close();
  });

  const post = (headers: Readonly<Record<string, string>>, body = '{"n":1}') =>
    fetch(`http://127.0.0.1:${started.port}/`, { method: 'POST', headers, body });
  const asHeaders = (id: string, destination = DESTINATION) => ({
    'ce-specversion': '1.0',
    'ce-id': id,
    'ce-source': '/shop',
    'ce-type': id === 'other' ? 'other' : 'placed',
    'ce-knativeerrordest': destination,
    'ce-knativeerrorcode': '503',
    'content-type': 'application/json',
  });
  async function ask(method: string, way: string, at = base) {
    const answered = await fetch(`${at}${EVENTS_API}/${way}`, { method });
    const lines = (await answered.text()).split('\n').filter((line) => line !== '');
    return { status: answered.status, lines: lines.map((line) => JSON.parse(line)) };
  }

  it('takes letters, says how many there are, and lists them to who leads a port to it', async () => {
    expect((await post(asHeaders('a'))).status).toBe(202);
    expect((await post({})).status).toBe(400);
    const own = `http://127.0.0.1:${started.port}`;
    const metrics = await (await fetch(`${own}/metrics`)).text();
    expect(metrics).toContain('# TYPE weir_dead_letters_kept gauge\nweir_dead_letters_kept 1\n');
    expect(metrics).toContain('\nweir_dead_letters_full_ratio 0.00001\n');
    expect([...metrics.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name)).toEqual(Object.keys(LETTER_METRICS));
    expect((await fetch(`${own}/readyz`)).status).toBe(200);
    // where letters are taken nothing is told of them
    expect((await fetch(`${own}${EVENTS_API}/deadletters`)).status).toBe(404);
    const listed = await ask('GET', 'deadletters', `http://127.0.0.1:${started.askPort}`);
    expect(listed.lines[0].items).toMatchObject([
      {
        seq: 1,
        id: 'a',
        type: 'placed',
        code: 503,
        destination: DESTINATION,
        lane: 'address:billing.shop.svc.cluster.local',
      },
    ]);
    expect((await ask('GET', 'events?id=a')).lines).toMatchObject([{ seq: 1, event: { id: 'a', data: { n: 1 } } }]);
  });

  it('tells a Broker to come again with a letter for which there is no room', async () => {
    let now = 0;
    const looks = new Set<() => void>();
    const after = (_: number, callback: () => void) => {
      looks.add(callback);
      return () => void looks.delete(callback);
    };
    const room = new Room(1, { now: () => new Date(now), after });
    const taking = takingServer(started.store, room);
    const port = await listenAt(taking, 0, '127.0.0.1');
    const answered = fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      headers: asHeaders('a'),
      body: 'x'.repeat(200_000),
    });
    await until(() => looks.size > 0, 'it waits');
    now += 5000;
    for (const look of looks) look();
    const { status, headers } = await answered;
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('1');
    expect(headers.get('connection')).toBe('close');
    expect(started.store.counts.kept).toBe(0);
    taking.close();
    taking.closeAllConnections();
  });

  it('puts them back to where they were to go, marked, and lists them no more', async () => {
    for (const id of ['a', 'b', 'other']) await post(asHeaders(id));
    expect((await ask('POST', 'deadletters/return?type=placed&dryRun=true')).lines.at(-1)).toMatchObject({
      found: 2,
      sent: 0,
    });
    expect(sent).toEqual([]);
    const { lines } = await ask('POST', 'deadletters/return?type=placed');
    expect(lines.at(-1)).toEqual({ found: 2, sent: 2, failed: 0, isDone: true });
    expect(sent.map(({ url, event }) => [url, event.attributes.get('id')])).toEqual([
      [DESTINATION, 'a'],
      [DESTINATION, 'b'],
    ]);
    expect(sent[0]?.event.attributes.get('weirreplay')).toMatch(/^\d{4}-/);
    expect((await ask('GET', 'deadletters')).lines[0].items).toMatchObject([{ id: 'other' }]);
    expect(started.store.counts).toMatchObject({ kept: 3, returned: 2 });
  });

  it('puts a batch back as its events, and keeps all of it where one is not taken', async () => {
    const batch = ['x', 'y'].map((id) => ({ specversion: '1.0', id, source: '/batch', type: 'placed' }));
    const data = { datacontenttype: 'application/cloudevents-batch+json', data: batch };
    const event = { specversion: '1.0', id: 'a', source: '/shop', type: 'placed', knativeerrordest: DESTINATION };
    const structured = { 'content-type': 'application/cloudevents+json' };
    expect((await post(structured, JSON.stringify({ ...event, ...data }))).status).toBe(202);
    const taken = answer;
    answering = () => {
      answer = sent.length === 2 ? { status: 503, headers: {}, body: Buffer.alloc(0), retryAfter: undefined } : taken;
    };
    expect((await ask('POST', 'deadletters/return')).lines.at(-1)).toEqual({
      found: 1,
      sent: 0,
      failed: 1,
      problem: `${DESTINATION} did not take y: it answered 503`,
      isDone: true,
    });
    expect((await ask('POST', 'deadletters/return')).lines.at(-1)).toMatchObject({ sent: 1, failed: 0 });
    expect(sent.map(({ event: each }) => each.attributes.get('id'))).toEqual(['x', 'y', 'x', 'y']);
    expect((await ask('GET', 'deadletters')).lines[0].items).toEqual([]);
  });

  it('sends the events of a batch at the rate, and no more of them once nobody waits', async () => {
    const batch = Array.from({ length: 50 }, (_, n) => ({
      specversion: '1.0',
      id: `${n}`,
      source: '/b',
      type: 'placed',
    }));
    const event = { specversion: '1.0', id: 'a', source: '/shop', type: 'placed', knativeerrordest: DESTINATION };
    const data = { datacontenttype: 'application/cloudevents-batch+json', data: batch };
    await post({ 'content-type': 'application/cloudevents+json' }, JSON.stringify({ ...event, ...data }));
    const client = new AbortController();
    answering = () => {
      if (sent.length === 2) client.abort();
    };
    const place = `${base}${EVENTS_API}/deadletters/return?rate=4`;
    const asked = fetch(place, { method: 'POST', signal: client.signal }).then((answered) => answered.text());
    await expect(asked).rejects.toThrow();
    let open = 1;
    await until(() => {
      asking.getConnections((_, connections) => {
        open = connections;
      });
      return open === 0;
    }, 'the client has gone');
    expect(sent.length).toBeLessThan(50);
    expect(started.store.counts).toMatchObject({ kept: 1, returned: 0 });
  });

  it('keeps what is not taken again', async () => {
    await post(asHeaders('a'));
    answer = { status: 503, headers: {}, body: Buffer.alloc(0), retryAfter: undefined };
    expect((await ask('POST', 'deadletters/return')).lines.at(-1)).toEqual({
      found: 1,
      sent: 0,
      failed: 1,
      problem: `${DESTINATION} did not take a: it answered 503`,
      isDone: true,
    });
    expect((await ask('GET', 'deadletters')).lines[0].items).toHaveLength(1);
  });

  it.each([
    ['0', 'rate must be more than 0'],
    ['fast', 'rate is "fast", and must be a number up to 10000'],
  ])('puts nothing back at rate=%s', async (rate, message) => {
    await post(asHeaders('a'));
    expect(await ask('POST', `deadletters/return?rate=${rate}`)).toMatchObject({ status: 400, lines: [{ message }] });
    expect(sent).toEqual([]);
  });

  it('puts back more than it lists at once', async () => {
    const more = path.join(place.folder, 'more.db');
    const open = () =>
      LetterStore.open({ file: more, clock, limits: { letters: 20_000, bytes: 100_000_000, age: 30 * DAY } });
    const first = open();
    first.add(aLetter('a'));
    first.close();
    const database = new DatabaseSync(more);
    database.exec(`
      WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 10500)
      INSERT INTO letters SELECT i, at, attributes, destination, code, reason, bytes, returned, data FROM n, letters
    `);
    database.close();
    const store = open();
    const own = askingServer({ store, send: async () => answer });
    const at = `http://127.0.0.1:${await listenAt(own, 0, '127.0.0.1')}`;
    expect((await ask('GET', 'deadletters', at)).lines[0].items).toHaveLength(10_000);
    const { lines } = await ask('POST', 'deadletters/return?dryRun=true', at);
    expect(lines.at(-1)).toEqual({ found: 10_500, sent: 0, failed: 0, isDone: true });
    own.close();
    own.closeAllConnections();
    store.close();
  });

  it('puts none back that comes meanwhile', async () => {
    for (const id of ['a', 'b']) await post(asHeaders(id));
    answering = () => void started.store.add(aLetter(`late-${sent.length}`));
    const { lines } = await ask('POST', 'deadletters/return');
    expect(lines.at(-1)).toEqual({ found: 2, sent: 2, failed: 0, isDone: true });
    expect(sent.map(({ event }) => event.attributes.get('id'))).toEqual(['a', 'b']);
  });

  it('puts none back that somebody else did meanwhile', async () => {
    for (const id of ['a', 'b', 'c']) await post(asHeaders(id));
    answering = () => started.store.markReturned(2);
    const { lines } = await ask('POST', 'deadletters/return');
    expect(lines.at(-1)).toEqual({ found: 2, sent: 2, failed: 0, isDone: true });
    expect(sent.map(({ event }) => event.attributes.get('id'))).toEqual(['a', 'c']);
  });

  it('holds no more of them than whoever asks has read', async () => {
    for (let index = 0; index < 32; index++) await post(asHeaders(`a-${index}`));
    const { store } = started;
    const data = Buffer.from(JSON.stringify('x'.repeat(1_000_000)));
    const read = jest.spyOn(store, 'get').mockImplementation((seq) => {
      const [letter] = store.after(seq - 1, 1);
      return letter && { ...letter, event: { ...letter.event, data } };
    });
    const answered = await fetch(`${base}${EVENTS_API}/events`);
    expect(read.mock.calls.length).toBeLessThan(32);
    expect((await answered.text()).match(/\n/g)).toHaveLength(32);
  });

  it.each([
    'http://169.254.169.254/latest',
    'http://me:secret@example.com/',
    'http://me:secret@billing.shop.svc.cluster.local/',
    'http://a.b.svc.example.com/',
    'file:///etc/passwd',
    '',
  ])('sends nothing to %j, which no name of the cluster is', async (destination) => {
    await post(asHeaders('a', destination));
    const { lines } = await ask('POST', 'deadletters/return');
    expect(lines.at(-1)).toMatchObject({ failed: 1, problem: expect.stringContaining('no name of the cluster') });
    expect(JSON.stringify(lines)).not.toContain('secret');
    expect(sent).toEqual([]);
  });

  it.each([
    ['localhost:8080', 200],
    ['127.0.0.1', 200],
    ['[::1]:1', 200],
    ['evil.example.com', 403],
    ['127.0.0.1.example.com:80', 403],
    ['me@localhost@evil.example.com', 403],
  ])('answers whoever asks by the name %s with %d', async (host, status) => {
    const answered = new Promise<number | undefined>((resolve, reject) => {
      get(`${base}${EVENTS_API}/deadletters`, { headers: { host } }, (response) => {
        resolve(response.resume().statusCode);
      }).once('error', reject);
    });
    expect(await answered).toBe(status);
  });

  it('answers no page of a browser', async () => {
    const origin = { origin: 'https://evil.example.com' };
    expect((await fetch(`${base}${EVENTS_API}/deadletters`, { headers: origin })).status).toBe(403);
  });
});
