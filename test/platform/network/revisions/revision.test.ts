import { describe, expect, it } from '@jest/globals';
import type { RevisionSettings } from '../../../../src/platform/network/plane.ts';
import type { RunningInstance } from '../../../../src/platform/network/revisions/instance.ts';
import { Memory } from '../../../../src/platform/network/revisions/memory.ts';
import { Revision } from '../../../../src/platform/network/revisions/revision.ts';
import type { Refusal, Ticket } from '../../../../src/platform/network/revisions/ticket.ts';
import { HandClock } from '../clock.ts';

const WEIGHT = 1000;

class FakeTicket implements Ticket {
  place: Ticket['place'] = 'new';
  isProxied = false;
  instance: RunningInstance | undefined;
  arrived = 0;
  isColdStart = false;
  weight = WEIGHT;
  readonly starts: string[] = [];
  refusal: Refusal | undefined;

  start({ uid }: RunningInstance): void {
    this.starts.push(uid);
  }

  refuse(reason: Refusal): void {
    this.refusal = reason;
  }
}

interface WorldOptions {
  readonly mostBytes?: number;
  readonly random?: () => number;
}

function world(containerConcurrency: number, { mostBytes = 1e9, random = () => 0 }: WorldOptions = {}) {
  const clock = new HandClock();
  const memory = new Memory(mostBytes);
  const waiting: string[] = [];
  const closed: number[] = [];
  const settings: RevisionSettings = {
    containerConcurrency,
    timeoutSeconds: 300,
    responseStartTimeoutSeconds: undefined,
    idleTimeoutSeconds: undefined,
    protocol: 'http1',
  };
  const revision = new Revision('shop/a', settings, {
    clock,
    memory,
    random,
    connect: ({ port }) => ({
      call: () => {
        throw new Error('nothing is called here');
      },
      close: () => closed.push(port),
    }),
    onWaiting: (key) => waiting.push(key),
  });
  const enter = (): FakeTicket => {
    const ticket = new FakeTicket();
    revision.enter(ticket);
    return ticket;
  };
  const instances = (...uids: string[]): void =>
    revision.setInstances(uids.map((uid, index) => ({ uid, port: 1000 + index })));
  return { clock, memory, waiting, closed, revision, enter, instances };
}

const many = <Value>(count: number, make: () => Value): Value[] => Array.from({ length: count }, make);

describe('the activator', () => {
  it.each([0, 1, 10])('holds requests in their order until there is an instance (containerConcurrency %j)', (most) => {
    const { enter, instances, waiting, revision } = world(most);
    const tickets = many(3, enter);
    expect(waiting).toEqual(['shop/a']);
    expect(tickets.map(({ place, isColdStart }) => [place, isColdStart])).toEqual(many(3, () => ['activator', true]));

    instances('i');
    const running = most === 1 ? 1 : 3;
    expect(tickets.map(({ starts }) => starts.length)).toEqual(tickets.map((_, index) => (index < running ? 1 : 0)));
    for (const ticket of tickets) revision.leave(ticket);
    expect(tickets.map(({ starts }) => starts)).toEqual(many(3, () => ['i']));
    expect(revision.waitingCount).toBe(0);
  });

  it('refuses the 10,001st that waits where containerConcurrency is above 0', () => {
    const { enter, revision } = world(1);
    const tickets = many(10_001, enter);
    expect(tickets.filter(({ refusal }) => refusal !== undefined)).toEqual([tickets[10_000]]);
    expect(tickets[10_000]?.refusal).toBe('full');
    expect(revision.waitingCount).toBe(10_000);
  });

  it('knows no number where it is 0, but what they hold', () => {
    const { enter, memory } = world(0, { mostBytes: 20_000 * WEIGHT });
    const tickets = many(20_001, enter);
    expect(tickets.filter(({ refusal }) => refusal !== undefined).map(({ refusal }) => refusal)).toEqual(['memory']);
    expect(memory.taken).toBe(20_000 * WEIGHT);
  });

  it('gives back what those held that left', () => {
    const { enter, memory, revision, instances } = world(0);
    const [gone, ...others] = many(4, enter);
    if (gone !== undefined) revision.leave(gone);
    instances('i');
    expect(memory.taken).toBe(0);
    expect(gone?.starts).toEqual([]);
    expect(others.map(({ starts }) => starts)).toEqual(many(3, () => ['i']));
  });

  it('refuses what waits for a Revision that is deleted, and what comes after', () => {
    const { enter, revision } = world(1);
    const waits = enter();
    revision.remove();
    expect(waits.refusal).toBe('gone');
    expect(enter().refusal).toBe('gone');
  });

  it('says again that somebody waits when the last instance goes', () => {
    const { enter, instances, waiting } = world(1);
    instances('i');
    const first = enter();
    expect(first.starts).toEqual(['i']);
    enter();
    instances();
    const third = enter();
    expect(third.place).toBe('activator');
    expect(waiting).toEqual(['shop/a']);
  });

  it('lets nobody in before those that wait', () => {
    const { enter, instances, revision } = world(1);
    revision.isProxied = true;
    instances('i');
    const [first, second, third] = [enter(), enter(), enter()];
    revision.leave(first);
    expect([second.starts, third.starts]).toEqual([['i'], []]);
  });
});

describe('an instance', () => {
  it('runs as many as containerConcurrency, queues ten times as many, and refuses the rest', () => {
    const { enter, instances, revision } = world(2);
    instances('i');
    const tickets = many(23, enter);
    expect(tickets.map(({ place }) => place)).toEqual([
      ...many(2, () => 'instance'),
      ...many(20, () => 'queue'),
      'done',
    ]);
    expect(tickets[22]?.refusal).toBe('full');
    for (const ticket of tickets) revision.leave(ticket);
    expect(tickets.slice(0, 22).every(({ starts }) => starts.length === 1)).toBe(true);
    expect([revision.activeCount, revision.queuedCount]).toEqual([0, 0]);
  });

  it('keeps what it has when it is not named any more, and is through then', async () => {
    const { enter, instances, revision, closed, clock } = world(1);
    instances('i');
    const [first, queued] = [enter(), enter()];
    instances('j');
    expect(enter().starts).toEqual(['j']);
    let isDrained = false;
    const drained = revision.drained('i', 10_000).then(() => {
      isDrained = true;
    });
    revision.leave(first);
    expect(queued.starts).toEqual(['i']);
    await Promise.resolve();
    expect(isDrained).toBe(false);
    revision.leave(queued);
    await drained;
    expect(closed).toEqual([1000]);
    expect(clock.timers).toBe(0);
  });

  it('is waited for no longer than asked', async () => {
    const { enter, instances, revision, clock } = world(1);
    instances('i');
    enter();
    const drained = revision.drained('i', 10_000);
    clock.pass(10_000);
    await drained;
    expect(revision.activeCount).toBe(1);
  });

  it('that takes no connection is left alone for a while, and its request goes first to another', () => {
    const { enter, instances, revision, clock } = world(1);
    instances('i', 'j');
    const first = enter();
    expect(first.starts).toEqual(['i']);
    revision.moveOn(first);
    expect(first.starts).toEqual(['i', 'j']);
    const second = enter();
    expect(second.place).not.toBe('instance');
    clock.pass(500);
    revision.leave(first);
    expect(enter().starts).toEqual(['i']);
  });

  it('that is alone and takes no connection gets its request again, before all others', () => {
    const { enter, instances, revision, clock } = world(1);
    instances('i');
    const first = enter();
    revision.moveOn(first);
    const second = enter();
    expect([first.place, second.place]).toEqual(['activator', 'activator']);
    clock.pass(500);
    expect([first.starts, second.starts]).toEqual([['i', 'i'], []]);
    // both came to the activator, the first of them by this way
    expect(revision.report()).toMatchObject({ activatorRequests: 2, activatorConcurrency: 2 });
    for (const ticket of [first, second]) revision.leave(ticket);
    clock.pass(500);
    revision.report();
    clock.pass(500);
    expect(revision.report()).toMatchObject({ activatorConcurrency: 0, concurrency: 0, proxiedConcurrency: 0 });
  });
});

describe('balancing', () => {
  it('takes the one with fewer requests out of two that are drawn', () => {
    const draws = [0.1, 0.9, 0.1, 0.9, 0.1, 0.9, 0.9];
    const { enter, instances } = world(0, { random: () => draws.shift() ?? 0 });
    instances('a', 'b', 'c');
    // draws a and c: both idle, a third draw decides; then the other one has fewer
    expect([enter().starts, enter().starts]).toEqual([['a'], ['c']]);
  });

  it('takes the first that has room up to 3', () => {
    const { enter, instances, revision } = world(3);
    instances('a', 'b');
    const taken = many(4, enter);
    expect(taken.map(({ starts }) => starts[0])).toEqual(['a', 'a', 'a', 'b']);
    const [first] = taken;
    if (first !== undefined) revision.leave(first);
    expect(enter().starts).toEqual(['a']);
  });

  it('takes turns above 3', () => {
    const { enter, instances } = world(4);
    instances('a', 'b', 'c');
    expect(many(5, enter).map(({ starts }) => starts[0])).toEqual(['a', 'b', 'c', 'a', 'b']);
  });
});

describe('reports', () => {
  it('average over the time, and tell apart what went through the activator', () => {
    const { enter, instances, revision, clock } = world(1);
    const first = enter();
    clock.pass(1000);
    instances('i');
    clock.pass(1000);
    revision.leave(first);
    const direct = enter();
    clock.pass(2000);
    expect(revision.report()).toEqual({
      concurrency: 0.75,
      proxiedConcurrency: 0.25,
      requests: 2,
      proxiedRequests: 1,
      activatorConcurrency: 0.5,
      activatorRequests: 1,
      seconds: 4,
    });
    revision.leave(direct);
    clock.pass(1000);
    expect(revision.report()).toMatchObject({ concurrency: 0, requests: 0, activatorRequests: 0, seconds: 1 });
  });

  it('count those that an instance refuses, since they are a reason for more of them', () => {
    const { enter, instances, revision, clock } = world(1);
    instances('i');
    many(13, enter);
    clock.pass(1000);
    expect(revision.report()).toMatchObject({
      requests: 13,
      concurrency: 11,
      proxiedRequests: 0,
      activatorRequests: 0,
    });
  });

  it('give back every request that left, wherever it was', () => {
    const { enter, instances, revision, clock } = world(1);
    const waits = enter();
    revision.leave(waits);
    instances('i');
    const [runs, queued] = [enter(), enter()];
    for (const ticket of [queued, runs, runs, waits]) revision.leave(ticket);
    revision.report();
    clock.pass(1000);
    expect(revision.report()).toMatchObject({ concurrency: 0, proxiedConcurrency: 0, activatorConcurrency: 0 });
  });
});
