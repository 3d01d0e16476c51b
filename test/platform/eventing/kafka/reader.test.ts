import { afterEach, describe, expect, it } from '@jest/globals';
import { type Clock, systemClock } from '../../../../src/kubernetes/clock.ts';
import { SILENT } from '../../../../src/kubernetes/log.ts';
import {
  type Reader,
  type ReaderOptions,
  type ReaderState,
  startReader,
} from '../../../../src/platform/eventing/kafka/reader.ts';
import type { ReadRecord } from '../../../../src/platform/eventing/kafka/record.ts';
import { eventually } from '../../../kubernetes/client/fakeClock.ts';
import { FakeKafka, refused, SERVER } from './fakeKafka.ts';

const GROUP = 'g';
const FIRST = { topic: 'orders', partition: 0 };
const SECOND = { topic: 'orders', partition: 1 };
/** Waits are short, and their lengths are seen. */
const waits: number[] = [];
const quick: Clock = {
  now: () => new Date(),
  after(milliseconds, callback) {
    waits.push(milliseconds);
    return systemClock.after(Math.min(milliseconds, 5), callback);
  },
};

interface Started {
  readonly reader: Reader;
  readonly delivered: string[];
  readonly states: ReaderState[];
  /** Holds up the records of that name until it is called. */
  hold(name: string): () => void;
}

const readers: Reader[] = [];
afterEach(async () => {
  for (const reader of readers.splice(0)) await reader.stop(0);
});

function start(kafka: FakeKafka, options: Partial<ReaderOptions> = {}): Started {
  const delivered: string[] = [];
  const states: ReaderState[] = [];
  const held = new Map<string, Promise<void>>();
  const reader = startReader({
    access: () => Promise.resolve({ servers: [SERVER], security: {} }),
    open: kafka.openMember,
    group: GROUP,
    topics: ['orders'],
    initialOffset: 'earliest',
    isOrdered: true,
    async deliver(record, signal) {
      const name = nameOf(record);
      const ended = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      await Promise.race([held.get(name), ...(held.has(name) ? [ended] : [])]);
      if (signal.aborted) return false;
      delivered.push(name);
      return true;
    },
    onState: (state) => void states.push(state),
    clock: quick,
    random: () => 0.5,
    log: SILENT,
    ...options,
  });
  readers.push(reader);
  return {
    reader,
    delivered,
    states,
    hold(name) {
      const { promise, resolve } = Promise.withResolvers<void>();
      held.set(name, promise);
      return () => {
        held.delete(name);
        resolve();
      };
    },
  };
}

function nameOf({ partition, offset }: ReadRecord): string {
  return `${partition}/${offset}`;
}

function aKafka(partitions = 1, records = 0): FakeKafka {
  const kafka = new FakeKafka();
  kafka.topic('orders', partitions);
  for (let index = 0; index < records; index++) kafka.add({ topic: 'orders', partition: index % partitions });
  return kafka;
}

describe('a reader', () => {
  it('reads what is there and what comes, and writes down what is done', async () => {
    const kafka = aKafka(1, 3);
    const { delivered, states } = start(kafka);
    await eventually(() => kafka.committed(GROUP, FIRST) === 3n, 'written down');
    kafka.add(FIRST);
    await eventually(() => kafka.committed(GROUP, FIRST) === 4n, 'written down');
    expect(delivered).toEqual(['0/0', '0/1', '0/2', '0/3']);
    expect(states).toEqual([{ is: 'reading' }]);
  });

  it('begins with the latest where it is to, and writes that down before anything comes', async () => {
    const kafka = aKafka(1, 3);
    const { delivered, states } = start(kafka, { initialOffset: 'latest' });
    await eventually(() => states.length > 0, 'reading');
    expect(kafka.committed(GROUP, FIRST)).toBe(3n);
    kafka.add(FIRST);
    await eventually(() => delivered.length === 1, 'delivered');
    expect(delivered).toEqual(['0/3']);
  });

  it('writes nothing down beyond what is not done, and begins there again', async () => {
    const kafka = aKafka(1, 5);
    const one = start(kafka, { isOrdered: false });
    one.hold('0/2');
    await eventually(() => one.delivered.length === 4, 'the others are delivered');
    await eventually(() => kafka.committed(GROUP, FIRST) === 2n, 'written down');
    await one.reader.stop(10);
    expect(kafka.committed(GROUP, FIRST)).toBe(2n);
    const again = start(kafka, { isOrdered: false });
    await eventually(() => again.delivered.length === 3, 'delivered again');
    expect(again.delivered).toEqual(['0/2', '0/3', '0/4']);
  });

  it('keeps the order of a partition, which holds up no other', async () => {
    const kafka = aKafka(2, 6);
    const { delivered, hold } = start(kafka);
    const release = hold('0/0');
    await eventually(() => kafka.committed(GROUP, SECOND) === 3n, 'the other partition is done');
    expect(delivered).toEqual(['1/0', '1/1', '1/2']);
    release();
    await eventually(() => kafka.committed(GROUP, FIRST) === 3n, 'this one, too');
    expect(delivered.slice(3)).toEqual(['0/0', '0/1', '0/2']);
  });

  it('delivers many at once where order does not count', async () => {
    const kafka = aKafka(1, 200);
    let most = 0;
    let now = 0;
    const { states } = start(kafka, {
      isOrdered: false,
      async deliver() {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, 5));
        now--;
        return true;
      },
    });
    await eventually(() => kafka.committed(GROUP, FIRST) === 200n, 'written down');
    expect(states).toEqual([{ is: 'reading' }]);
    expect(most).toBe(100);
  });

  it('reads no more than it may hold', async () => {
    const kafka = aKafka(2);
    for (let index = 0; index < 2000; index++) kafka.add(FIRST);
    const { hold } = start(kafka);
    hold('0/0');
    await eventually(() => kafka.members[0]?.fetches.at(-1)?.length === 1, 'the full partition is not asked for');
    const asked = kafka.members[0]?.fetches.flat() ?? [];
    const furthest = Math.max(...asked.filter(({ partition }) => partition === 0).map(({ offset }) => Number(offset)));
    expect(furthest).toBeLessThanOrEqual(356);
    // what comes for the other is read all the same
    kafka.add(SECOND);
    await eventually(() => kafka.committed(GROUP, SECOND) === 1n, 'the other is done');
  });

  it('says why where no Kafka answers, and asks again after longer and longer', async () => {
    const kafka = aKafka(1, 1);
    kafka.isAway = true;
    waits.length = 0;
    const { states, delivered } = start(kafka);
    await eventually(() => states.length >= 9, 'asked again');
    expect(states[0]).toEqual({
      is: 'failed',
      why: 'kafka',
      sentence: `no Kafka answers at ${SERVER}: the connection is refused; is it started, and is this its address?`,
    });
    expect(waits.slice(0, 8)).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    kafka.isAway = false;
    await eventually(() => delivered.length === 1, 'delivered');
    expect(states.at(-1)).toEqual({ is: 'reading' });
  });

  it('goes on where it was when a Kafka comes back', async () => {
    const kafka = aKafka(1, 3);
    const { states, delivered } = start(kafka);
    await eventually(() => kafka.committed(GROUP, FIRST) === 3n, 'written down');
    kafka.goAway();
    await eventually(() => states.at(-1)?.is === 'failed', 'it says so');
    kafka.isAway = false;
    kafka.add(FIRST);
    await eventually(() => kafka.committed(GROUP, FIRST) === 4n, 'written down');
    expect(delivered).toEqual(['0/0', '0/1', '0/2', '0/3']);
  });

  it('asks for what Kafka is reached with each time anew', async () => {
    const kafka = aKafka(1, 1);
    let asked = 0;
    const access = (): Promise<{ servers: string[]; security: object }> =>
      ++asked < 3
        ? Promise.reject(new Error('there is no Secret'))
        : Promise.resolve({ servers: [SERVER], security: {} });
    const { states, delivered } = start(kafka, { access });
    await eventually(() => delivered.length === 1, 'delivered');
    expect(states[0]).toEqual({ is: 'failed', why: 'secret', sentence: 'there is no Secret' });
  });

  it('gives partitions back to its group, and begins anew with what it gets', async () => {
    const kafka = aKafka(2, 4);
    const { delivered, hold } = start(kafka);
    const release = hold('1/0');
    await eventually(() => kafka.committed(GROUP, FIRST) === 2n, 'the first is done');
    kafka.members[0]?.assign([FIRST]);
    kafka.add(FIRST);
    await eventually(() => kafka.committed(GROUP, FIRST) === 3n, 'and goes on');
    expect(delivered).not.toContain('1/0');
    release();
    kafka.members[0]?.assign([FIRST, SECOND]);
    await eventually(() => kafka.committed(GROUP, SECOND) === 2n, 'the second is done');
    expect(delivered.filter((name) => name.startsWith('1/'))).toEqual(['1/0', '1/1']);
  });

  it('joins again where a topic has more partitions than before', async () => {
    const kafka = aKafka(1, 1);
    const { delivered, states } = start(kafka);
    await eventually(() => delivered.length === 1, 'delivered');
    kafka.grow('orders', 2);
    kafka.add(SECOND);
    await eventually(() => delivered.includes('1/0'), 'the new partition, too');
    expect(states.every(({ is }) => is === 'reading')).toBe(true);
  });

  it.each<[title: string, committed: bigint, earliest: bigint, expected: string[]]>([
    ['was kept for a while alone', 1n, 3n, ['0/3', '0/4']],
    ['was made anew', 70n, 0n, ['0/0', '0/1', '0/2', '0/3', '0/4']],
  ])('leaves nothing out that is there of a topic that %s', async (_, committed, earliest, expected) => {
    const kafka = aKafka(1, 5);
    kafka.expire(FIRST, earliest);
    kafka.groups.set(GROUP, new Map([['orders:0', committed]]));
    const { delivered } = start(kafka, { initialOffset: 'latest' });
    await eventually(() => kafka.committed(GROUP, FIRST) === 5n, 'written down');
    expect(delivered).toEqual(expected);
  });

  it('reads on where what it wanted next is gone meanwhile', async () => {
    const kafka = aKafka(1, 600);
    const { delivered, hold } = start(kafka);
    const release = hold('0/0');
    await eventually(() => (kafka.members[0]?.fetches.length ?? 0) >= 3, 'it holds what it may');
    kafka.expire(FIRST, 590n);
    release();
    await eventually(() => kafka.committed(GROUP, FIRST) === 600n, 'written down');
    expect(delivered.slice(-10)).toEqual(Array.from({ length: 10 }, (_, index) => `0/${590 + index}`));
  });

  it('gives what is under way a moment when it ends, and forgets its group only where it is told', async () => {
    const kafka = aKafka(1, 1);
    const { reader, delivered, hold } = start(kafka);
    const release = hold('0/0');
    await eventually(() => (kafka.members[0]?.fetches.length ?? 0) > 1, 'under way');
    const stopped = reader.stop(5000);
    release();
    await stopped;
    expect(delivered).toEqual(['0/0']);
    expect(kafka.committed(GROUP, FIRST)).toBe(1n);
    expect(kafka.members).toEqual([]);
    const other = start(kafka);
    await eventually(() => other.states.length > 0, 'reading');
    await other.reader.stop(0, true);
    expect(kafka.groups.has(GROUP)).toBe(false);
  });

  it('ends within moments where a Kafka answers nothing any more', async () => {
    const kafka = aKafka(1, 1);
    const { reader, delivered, states } = start(kafka);
    await eventually(() => delivered.length === 1, 'delivered');
    kafka.isHanging = true;
    kafka.add(FIRST);
    await eventually(() => delivered.length === 2, 'delivered, and not to be written down');
    await reader.stop(5000);
    expect(states).toEqual([{ is: 'reading' }]);
  });

  it('takes what a Kafka is reached with once that is another, and loses nothing on the way', async () => {
    const kafka = aKafka(1, 3);
    let user = 'ana';
    const access = () =>
      user === ''
        ? Promise.reject(new Error('there is no Secret'))
        : Promise.resolve({
            servers: [SERVER],
            security: { sasl: { mechanism: 'PLAIN' as const, username: user, password: 'x' } },
          });
    const { delivered, states } = start(kafka, { access });
    await eventually(() => delivered.length === 3, 'delivered');
    const [member] = kafka.members;
    user = '';
    const asked = waits.filter((wait) => wait === 30_000).length;
    await eventually(() => waits.filter((wait) => wait === 30_000).length > asked + 2, 'looked at');
    // one that cannot be read says nothing
    expect(kafka.members).toEqual([member]);
    user = 'ben';
    await eventually(() => kafka.access.at(-1)?.security.sasl?.username === 'ben', 'taken');
    kafka.add(FIRST);
    await eventually(() => kafka.committed(GROUP, FIRST) === 4n, 'written down');
    expect(delivered).toEqual(['0/0', '0/1', '0/2', '0/3']);
    expect(states.every(({ is }) => is === 'reading')).toBe(true);
  });
});

describe('a partition', () => {
  const LATEST = { initialOffset: 'latest' } as const;
  const names = (...all: number[]): string[] => all.map((offset) => `1/${offset}`);

  it('that is added later is read from its beginning, also by who begins with the latest', async () => {
    const kafka = aKafka(1, 2);
    const { delivered, states } = start(kafka, LATEST);
    await eventually(() => states.length > 0, 'reading');
    kafka.grow('orders', 2);
    kafka.add(SECOND);
    kafka.add(SECOND);
    await eventually(() => kafka.committed(GROUP, SECOND) === 2n, 'written down');
    expect(delivered).toEqual(names(0, 1));
  });

  it('that was added while nobody read is read from its beginning', async () => {
    const kafka = aKafka(1, 2);
    const first = start(kafka, LATEST);
    await eventually(() => first.states.length > 0, 'reading');
    await first.reader.stop(0);
    kafka.grow('orders', 2);
    kafka.add(SECOND);
    const { delivered } = start(kafka, LATEST);
    await eventually(() => delivered.length === 1, 'delivered');
    expect(delivered).toEqual(names(0));
  });

  it('that was there before begins with the latest for every member, whoever of them comes first', async () => {
    const kafka = aKafka(2, 4);
    kafka.given = [FIRST];
    const one = start(kafka, LATEST);
    await eventually(() => one.states.length > 0, 'reading');
    kafka.given = [SECOND];
    const other = start(kafka, LATEST);
    await eventually(() => other.states.length > 0, 'reading');
    kafka.add(SECOND);
    await eventually(() => kafka.committed(GROUP, SECOND) === 3n, 'written down');
    expect([...new Set([...one.delivered, ...other.delivered])]).toEqual(names(2));
  });

  it('of a topic that is made anew is read from its beginning, though Kafka has forgotten the group', async () => {
    const kafka = aKafka(1, 2);
    const { delivered, states } = start(kafka, LATEST);
    await eventually(() => states.length > 0, 'reading');
    kafka.groups.clear();
    kafka.topic('orders', 2);
    kafka.add(SECOND);
    kafka.members[0]?.fail(new Error('Unknown topic orders.'));
    await eventually(() => delivered.length === 1, 'delivered');
    expect(delivered).toEqual(names(0));
  });

  it.each<[title: string, fails: (kafka: FakeKafka) => void, heals: (kafka: FakeKafka) => void, why: string]>([
    [
      'has no leader',
      (kafka) => kafka.leaderless.add('orders:1'),
      (kafka) => kafka.leaderless.clear(),
      'it has no leader',
    ],
    [
      'cannot be read',
      (kafka) => kafka.unread.set('orders:1', 'what is kept there is damaged'),
      (kafka) => kafka.unread.clear(),
      'what is kept there is damaged',
    ],
    [
      'has a leader that has died',
      (kafka) => kafka.dead.add('orders:1'),
      (kafka) => kafka.dead.clear(),
      `no Kafka answers at ${SERVER}: the connection is refused; is it started, and is this its address?`,
    ],
  ])('that %s holds up no other, is named, and goes on where it was', async (_, fails, heals, why) => {
    const kafka = aKafka(2, 4);
    const { delivered, states } = start(kafka);
    await eventually(() => delivered.length === 4, 'delivered');
    fails(kafka);
    await eventually(() => states.at(-1)?.is === 'partly', 'told');
    kafka.add(SECOND);
    kafka.add(FIRST);
    await eventually(() => kafka.committed(GROUP, FIRST) === 3n, 'the other goes on');
    expect(states.at(-1)).toEqual({
      is: 'partly',
      sentence: `not read at the moment, and asked for again and again: partition 1 of topic orders: ${why}`,
    });
    heals(kafka);
    await eventually(() => kafka.committed(GROUP, SECOND) === 3n, 'this one, too');
    await eventually(() => states.at(-1)?.is === 'reading', 'told');
    expect(delivered.filter((name) => name.startsWith('1/'))).toEqual(names(0, 1, 2));
  });

  it('without a leader from the beginning is read once it has one', async () => {
    const kafka = aKafka(2, 4);
    kafka.leaderless.add('orders:1');
    const { delivered, states } = start(kafka);
    await eventually(() => kafka.committed(GROUP, FIRST) === 2n, 'the other is read');
    expect(states.at(-1)?.is).toBe('partly');
    kafka.leaderless.clear();
    await eventually(() => kafka.committed(GROUP, SECOND) === 2n, 'this one, too');
    await eventually(() => states.at(-1)?.is === 'reading', 'told');
    expect(delivered).toHaveLength(4);
  });

  it("that is somebody else's by now is named no more", async () => {
    const kafka = aKafka(2, 4);
    kafka.leaderless.add('orders:1');
    const { states } = start(kafka);
    await eventually(() => states.at(-1)?.is === 'partly', 'told');
    kafka.members[0]?.assign([FIRST]);
    await eventually(() => states.at(-1)?.is === 'reading', 'told');
  });

  it("that is somebody else's before its fetch fails is never named", async () => {
    const kafka = aKafka(2, 4);
    const failing = Promise.withResolvers<never>();
    let isAsked = false;
    kafka.dead.add('orders:1');
    const { states } = start(kafka, {
      async open(options) {
        const member = await kafka.openMember(options);
        const fetch = member.fetch.bind(member);
        member.fetch = (leader, wanted) => {
          if (!wanted.some(({ partition }) => partition === 1)) return fetch(leader, wanted);
          isAsked = true;
          return failing.promise;
        };
        return member;
      },
    });
    await eventually(() => isAsked, 'asked for');
    kafka.members[0]?.assign([FIRST]);
    kafka.add(FIRST);
    await eventually(() => kafka.committed(GROUP, FIRST) === 3n, 'the other goes on');
    failing.reject(refused());
    kafka.add(FIRST);
    await eventually(() => kafka.committed(GROUP, FIRST) === 4n, 'and on');
    expect(states.filter(({ is }) => is !== 'reading')).toEqual([]);
  });
});
