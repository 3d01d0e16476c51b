/** What one who gets events is sent when: waits that are asked for, dead letters that are not taken, order, and filters. */
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Clock } from '../../../src/kubernetes/clock.ts';
import { Eventing } from '../../../src/platform/eventing/eventing.ts';
import type { LaneEntry } from '../../../src/platform/eventing/lanes/lanes.ts';
import { NotKept } from '../../../src/platform/eventing/log/eventLog.ts';
import { type Sender, startSender } from '../../../src/platform/eventing/send.ts';
import { anEntry, anEvent, type Subscriber, startSubscriber, TOPIC, temporaryFolder, until } from './kit.ts';

let place: ReturnType<typeof temporaryFolder>;
let sender: Sender;
let eventing: Eventing;
let one: Subscriber;
let other: Subscriber;
/** Milliseconds. */
let waits: number[];

/** By which no wait takes long. */
const clock: Clock = {
  now: () => new Date(),
  after(milliseconds, callback) {
    waits.push(milliseconds);
    const timer = setTimeout(callback, Math.min(milliseconds, 5));
    return () => clearTimeout(timer);
  },
};

function open(): Eventing {
  return Eventing.open({ file: path.join(place.folder, 'events.db'), clock, send: sender.send });
}

function lanes(entries: Readonly<Record<string, LaneEntry>>): void {
  eventing.setLanes(new Map(Object.entries(entries)));
}

const send = (id: string) => eventing.receive(TOPIC, anEvent(id), {});

beforeEach(async () => {
  place = temporaryFolder();
  waits = [];
  sender = startSender();
  [one, other] = await Promise.all([startSubscriber(), startSubscriber()]);
  eventing = open();
});

afterEach(async () => {
  await eventing.close();
  sender.close();
  await Promise.all([one.close(), other.close()]);
  place.remove();
});

/** Answers the first so, and all that come then with 200. */
function failsOnce(subscriber: Subscriber, status: number, headers: Readonly<Record<string, string>>): void {
  subscriber.answer((response) => {
    if (subscriber.got.length === 1) response.writeHead(status, headers).end();
    else response.end();
  });
}

describe('a wait that an answer asks for', () => {
  const ASKED = 7_777_000;

  it.each([
    ['PT9999S', ASKED],
    ['PT5555S', 5_555_000],
    [undefined, undefined],
  ])('is kept up to a retryAfterMax of %s', async (retryAfterMax, wait) => {
    failsOnce(one, 503, { 'retry-after': '7777' });
    const delivery = { retry: 1, ...(retryAfterMax === undefined ? {} : { retryAfterMax }) };
    lanes({ 'trigger:shop/one': anEntry(one.url, { delivery }) });
    await send('a');
    await until(() => one.got.length === 2 && eventing.waiting === 0, 'the second attempt');
    const asked = waits.filter((each) => each > 1_000_000);
    // a moment passes between the answer and the timer
    expect(asked.map((each) => Math.round(each / 1_000_000))).toEqual(
      wait === undefined ? [] : [Math.round(wait / 1_000_000)],
    );
  });

  it('is kept of a dead-letter sink as well, which is tried as often', async () => {
    one.answer((response) => response.writeHead(400).end());
    failsOnce(other, 429, { 'retry-after': '7777' });
    const delivery = { retry: 1, retryAfterMax: 'PT9999S' };
    lanes({ 'trigger:shop/one': anEntry(one.url, { delivery, deadLetter: other.url }) });
    const { seq } = (await send('a')) as { seq: number };
    await until(() => other.got.length === 2 && eventing.waiting === 0, 'the dead letter');
    expect(waits).toContain(ASKED);
    eventing.log.now(() => undefined);
    expect(eventing.log.rows.dead(seq)).toMatchObject([{ status: 400, sink: other.url }]);
    expect(one.got).toHaveLength(1);
  });
});

describe('a dead letter', () => {
  it.each([
    [400, 1],
    [500, 3],
  ])('that its sink answers with %d is sent there %d times, and then kept here', async (status, times) => {
    one.answer((response) => response.writeHead(400).end('no'));
    other.answer((response) => response.writeHead(status).end());
    lanes({ 'trigger:shop/one': anEntry(one.url, { delivery: { retry: 2 }, deadLetter: other.url }) });
    const { seq } = (await send('a')) as { seq: number };
    await until(() => eventing.waiting === 0, 'the end of it');
    eventing.log.now(() => undefined);
    expect(other.got).toHaveLength(times);
    // what did not take it first is what it died of
    expect(eventing.log.rows.dead(seq)).toMatchObject([{ status: 400, sink: undefined, destination: one.url }]);
  });

  it('tells no more of an answer than 1024 letters of its base64', async () => {
    const answer = Buffer.alloc(5000, 'answer ');
    one.answer((response) => response.writeHead(400).end(answer));
    lanes({ 'trigger:shop/one': anEntry(one.url, { deadLetter: other.url }) });
    const { seq } = (await send('a')) as { seq: number };
    await until(() => other.got.length === 1 && eventing.waiting === 0, 'the dead letter');
    const data = answer.toString('base64').slice(0, 1024);
    expect(other.got[0]?.headers['ce-knativeerrordata']).toBe(data);
    eventing.log.now(() => undefined);
    expect(eventing.log.rows.dead(seq)).toMatchObject([{ data }]);
  });

  it('and an answer that go on tell nothing of how often they may come back', async () => {
    one.answer((response, { id }) => {
      const made = { 'ce-specversion': '1.0', 'ce-id': 're', 'ce-source': '/one', 'ce-type': 'made' };
      response.writeHead(id === 'a' ? 400 : 200, id === 'a' ? {} : made).end();
    });
    lanes({ 'trigger:shop/one': anEntry(one.url, { deadLetter: other.url, reply: other.url }) });
    await send('a');
    await send('b');
    await until(() => other.got.length === 2, 'both');
    for (const { headers } of other.got) expect(headers).not.toHaveProperty('ce-knativebrokerttl');
  });

  it('is the event whose answer was not taken where that goes', async () => {
    one.answer((response) => {
      const made = { 'ce-specversion': '1.0', 'ce-id': 're', 'ce-source': '/one', 'ce-type': 'made' };
      response.writeHead(200, made).end();
    });
    other.answer((response, { id }) => response.writeHead(id === 're' ? 400 : 200).end('not this'));
    lanes({ 'trigger:shop/one': anEntry(one.url, { deadLetter: other.url, reply: `${other.url}next` }) });
    await send('a');
    await until(() => other.got.length === 2 && eventing.waiting === 0, 'the answer and the dead letter');
    expect(other.got.map(({ id }) => id)).toEqual(['re', 'a']);
    expect(other.got[1]?.headers).toMatchObject({
      'ce-knativeerrordest': `${other.url}next`,
      'ce-knativeerrorcode': '400',
    });
  });

  it('is taken by a sink that answers with anything', async () => {
    one.answer((response) => response.writeHead(400).end());
    other.answer((response) => response.end('thanks'));
    lanes({ 'trigger:shop/one': anEntry(one.url, { deadLetter: other.url }) });
    const { seq } = (await send('a')) as { seq: number };
    await until(() => eventing.waiting === 0, 'the dead letter');
    eventing.log.now(() => undefined);
    expect(eventing.log.rows.dead(seq)).toMatchObject([{ sink: other.url }]);
  });
});

describe('order', () => {
  it('is kept over a start, also by what waits to be sent again', async () => {
    let isAway = true;
    one.answer((response, { id }) => response.writeHead(isAway && id !== 'e-0' ? 503 : 200).end());
    const delivery = { retry: 1_000_000, backoffPolicy: 'exponential', backoffDelay: 'PT0.1S' };
    const entries = () => ({ 'trigger:shop/one': anEntry(one.url, { isOrdered: true, delivery }) });
    lanes(entries());
    for (let index = 0; index < 4; index++) await send(`e-${index}`);
    await until(() => eventing.log.rows.waiting(1).some(({ attempts }) => attempts > 2), 'it waits');
    await eventing.close();
    isAway = false;
    const before = one.got.length;
    eventing = open();
    lanes(entries());
    await send('e-4');
    await until(() => eventing.waiting === 0, 'all of them');
    expect(one.got.slice(0, before).filter(({ id }) => id !== 'e-0' && id !== 'e-1')).toEqual([]);
    // one that was under way at the end may come in now
    expect([...new Set(one.got.slice(before).map(({ id }) => id))]).toEqual(['e-1', 'e-2', 'e-3', 'e-4']);
  });
});

describe('an answer that cannot be kept', () => {
  it('is asked for again: the event is not done before', async () => {
    const made = { 'ce-specversion': '1.0', 'ce-id': 're', 'ce-source': '/one', 'ce-type': 'made' };
    one.answer((response) => response.writeHead(200, made).end());
    const isMade: LaneEntry['matches'] = (event) => event.get('type') === 'made';
    lanes({
      'trigger:shop/one': anEntry(one.url, { matches: (event) => !isMade(event) }),
      'trigger:shop/other': anEntry(other.url, { matches: isMade }),
    });
    await send('a');
    const append = eventing.log.append.bind(eventing.log);
    let refusals = 2;
    jest.spyOn(eventing.log, 'append').mockImplementation(async (event) => {
      if (refusals-- > 0) throw new NotKept('the disk is full');
      return append(event);
    });
    await until(() => other.got.length === 1 && eventing.waiting === 0, 'the answer');
    expect(one.got).toHaveLength(3);
    eventing.log.now(() => undefined);
    expect(eventing.log.rows.dead(1)).toEqual([]);
  });
});

describe('a filter', () => {
  it('sees a time as Knative writes it, and nothing of what the Broker counts', async () => {
    const seen: (readonly [string, unknown])[][] = [];
    const matches: LaneEntry['matches'] = (event) => {
      seen.push([...event]);
      return true;
    };
    lanes({ 'trigger:shop/one': anEntry(one.url, { matches }) });
    await eventing.receive(TOPIC, anEvent('a', { time: '2026-03-01T08:00:00.500+00:00', knativebrokerttl: 7 }), {});
    await until(() => one.got.length === 1, 'the event');
    expect(Object.fromEntries(seen[0] ?? [])).toEqual({
      specversion: '1.0',
      id: 'a',
      source: '/test',
      type: 'test.made',
      datacontenttype: 'application/json',
      time: '2026-03-01T08:00:00.5Z',
      knativearrivaltime: expect.stringMatching(/Z$/),
    });
    // which stays with the subscriber as it was
    expect(one.got[0]?.headers['ce-time']).toBe('2026-03-01T08:00:00.500+00:00');
    await send('b');
    const turns = [1, 2].map((seq) => eventing.log.rows.event(seq)?.event.attributes.get('knativebrokerttl'));
    expect(turns).toEqual([6, 255]);
  });

  it('is shown each event of its Broker once, however often that is sent, and none again after a start', async () => {
    const shown: string[] = [];
    const showing =
      (lane: string, type: string): LaneEntry['matches'] =>
      (event) => {
        shown.push(`${lane} ${event.get('id')}`);
        return event.get('type') === type;
      };
    const entries = () => ({
      'trigger:shop/one': anEntry(one.url, {
        matches: showing('one', 'test.made'),
        delivery: { retry: 5 },
        deadLetter: other.url,
      }),
      'trigger:shop/other': anEntry(other.url, { matches: showing('other', 'test.answered') }),
      'trigger:shop/none': anEntry(other.url, { matches: showing('none', 'nothing') }),
      'trigger:shop/elsewhere': {
        ...anEntry(other.url, { matches: showing('elsewhere', 'any') }),
        topic: 'broker:a/b',
      },
    });
    const answered = { 'ce-specversion': '1.0', 'ce-source': '/reply', 'ce-type': 'test.answered' };
    let isHanging = true;
    one.answer((response, { id }) => {
      const attempts = one.got.filter((each) => each.id === id).length;
      if (id === 'refused') response.writeHead(400).end();
      else if (id === 'hangs' && isHanging) return;
      else if (attempts < 3) response.writeHead(503).end();
      else response.writeHead(200, { ...answered, 'ce-id': `re-${id}` }).end();
    });
    lanes(entries());
    await Promise.all(['again', 'hangs', 'refused'].map((id) => send(id)));
    await until(() => other.got.length === 2 && eventing.waiting === 1, 'an answer and a dead letter');
    // filters that are told anew are those of the next event
    lanes(entries());
    await eventing.close();
    isHanging = false;
    eventing = open();
    lanes(entries());
    await until(() => other.got.length === 3 && eventing.waiting === 0, 'the other answer');
    const ids = ['again', 'hangs', 're-again', 're-hangs', 'refused'];
    expect([...shown].sort()).toEqual(['none', 'one', 'other'].flatMap((lane) => ids.map((id) => `${lane} ${id}`)));
  });
});
