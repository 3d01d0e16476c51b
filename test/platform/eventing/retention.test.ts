import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CloudEvent } from '../../../src/cloudevents/event.ts';
import type { Clock } from '../../../src/kubernetes/clock.ts';
import { EventLog } from '../../../src/platform/eventing/log/eventLog.ts';
import { bytesKept } from '../../../src/platform/eventing/log/reading.ts';
import { KEEP, type KeepLimits, Retention } from '../../../src/platform/eventing/retention.ts';
import { anEvent, TOPIC, temporaryFolder } from './kit.ts';

const DAY = 86_400_000;

let place: ReturnType<typeof temporaryFolder>;
let log: EventLog;
let now: number;
let timers: (() => void)[];
let waiting: Set<number>;

const clock: Clock = {
  now: () => new Date(now),
  after(_milliseconds, callback) {
    timers.push(callback);
    return () => undefined;
  },
};

beforeEach(() => {
  place = temporaryFolder();
  now = Date.parse('2026-03-01T08:00:00Z');
  timers = [];
  waiting = new Set();
  log = EventLog.open({ file: path.join(place.folder, 'events.db'), clock });
});

afterEach(async () => {
  await log.close();
  place.remove();
});

function begin(limits: Partial<KeepLimits>): Retention {
  const retention = new Retention({ ...KEEP, ...limits }, { log, clock, isWaiting: (seq) => waiting.has(seq) });
  retention.begin();
  return retention;
}

async function add(bytes: number, retention?: Retention): Promise<void> {
  await take(anEvent('a', {}, 'x'.repeat(bytes)), retention);
}

async function take(event: CloudEvent, retention?: Retention): Promise<void> {
  const seq = await log.append({ topic: TOPIC, event, headers: {}, lanes: [] });
  retention?.added({ seq, event });
}

/** What is told later is written with the next timer. */
function first(): number {
  for (const timer of timers.splice(0)) timer();
  return log.rows.firstSeq();
}

describe('events that everybody has', () => {
  it('are forgotten when they are old, though nothing comes', async () => {
    await add(1);
    now += 6 * DAY;
    await add(1);
    begin({});
    expect(first()).toBe(1);
    now += 2 * DAY;
    first();
    expect(first()).toBe(2);
  });

  it('are forgotten when they take too much, and what was there before counts', async () => {
    for (let index = 0; index < 3; index++) await add(2_000_000);
    begin({ bytes: 4_500_000 });
    expect(first()).toBe(2);
  });

  it('are forgotten soon after they take too much, before it is time to look', async () => {
    const retention = begin({ bytes: 4_000_000 });
    const looking = timers.splice(0);
    for (let index = 0; index < 9; index++) await add(3_000_000, retention);
    expect(looking).toHaveLength(1);
    expect(first()).toBe(7);
  });

  it.each(['x', '"', 'é', '😀', '\ud800'])(
    'take as much as is counted, in attributes too, as of %j',
    async (letter) => {
      const event = anEvent('a', { subject: letter.repeat(1_000_000), count: 7 });
      await take(event);
      expect(log.reading.bytes()).toBe(bytesKept(event));
      expect(bytesKept(event)).toBeGreaterThan(1_000_000);
      for (let index = 0; index < 4; index++) await take(event);
      begin({ bytes: 2 * bytesKept(event) });
      expect(first()).toBe(4);
    },
  );

  it('are forgotten around those that somebody still has to get, with what became of them', async () => {
    for (let index = 0; index < 6; index++) await add(2_000_000);
    log.now((rows) => {
      for (let seq = 1; seq <= 6; seq++) {
        rows.addDead({ seq, lane: 1, at: 0, status: 400, data: '', sink: undefined, destination: '' });
      }
    });
    waiting = new Set([2, 5]);
    begin({ bytes: 10 });
    first();
    expect(log.reading.heads(0, 0, 10).map(({ seq }) => seq)).toEqual([2, 5]);
    expect(log.reading.deadAfter({ seq: 0, lane: 0 }, 10).map(({ seq }) => seq)).toEqual([2, 5]);
    waiting.clear();
    first();
    expect(first()).toBe(0);
  });

  it('are forgotten behind more that wait than are looked at in one go', async () => {
    await Promise.all(Array.from({ length: 4500 }, () => add(1)));
    waiting = new Set(Array.from({ length: 4000 }, (_, index) => index + 1));
    begin({ events: 100 });
    first();
    first();
    first();
    expect(log.reading.heads(3999, 0, 200)).toHaveLength(101);
    waiting.clear();
    for (let look = 0; look < 4; look++) first();
    expect(log.reading.heads(0, 0, 200)).toHaveLength(100);
  }, 60_000);

  it('stay while nobody knows yet whether somebody waits for them', async () => {
    const retention = begin({});
    const event = anEvent('a');
    const [seq] = await Promise.all([1, 2].map(() => log.append({ topic: TOPIC, event, headers: {}, lanes: [] })));
    retention.added({ seq: seq ?? 0, event });
    now += 8 * DAY;
    first();
    expect(first()).toBe(2);
  });

  it('leave their places to nobody at the next start, though none is kept: who had them would miss what comes', async () => {
    const number = log.now((rows) => rows.addLane('trigger:shop/one', TOPIC, 0));
    for (let index = 0; index < 3; index++) await add(1);
    log.now((rows) => rows.setProgress(number, { below: 3, above: [] }));
    now += 8 * DAY;
    begin({});
    expect(first()).toBe(0);
    await log.close();
    log = EventLog.open({ file: path.join(place.folder, 'events.db'), clock });
    expect(log.last).toBe(3);
  });
});
