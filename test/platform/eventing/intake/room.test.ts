import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Clock } from '../../../../src/kubernetes/clock.ts';
import { NO_ROOM, type Place, Room, TOO_SLOW } from '../../../../src/platform/eventing/intake/room.ts';

let now: number;
let timers: Map<() => void, number>;
let said: string[];
let room: Room;

const clock: Clock = {
  now: () => new Date(now),
  after(milliseconds, callback) {
    timers.set(callback, now + milliseconds);
    return () => void timers.delete(callback);
  },
};

beforeEach(() => {
  now = 0;
  timers = new Map();
  said = [];
  room = new Room(100, clock);
});

function enter(name: string, bytes: number): Place {
  return room.enter(bytes, {
    onRoom: () => void said.push(`${name} has room`),
    onSentAway: (why) => void said.push(`${name}: ${why}`),
  });
}

function pass(milliseconds: number): void {
  for (const end = now + milliseconds; now < end; ) {
    now += 1000;
    for (const [callback, due] of [...timers]) {
      if (due > now || !timers.delete(callback)) continue;
      callback();
    }
  }
}

describe('the room for bodies', () => {
  it('lets in as many as it has bytes for, and the others in their order', () => {
    const [a, b, c, d] = [enter('a', 60), enter('b', 40), enter('c', 50), enter('d', 10)];
    expect([a, b, c, d].map(({ isWaiting }) => isWaiting)).toEqual([false, false, true, true]);
    b.leave();
    // there is room for d, and c came before
    expect(said).toEqual([]);
    a.leave();
    expect(said).toEqual(['c has room', 'd has room']);
    expect(timers.size).toBe(0);
  });

  it('tells who waited for long to come again', () => {
    const a = enter('a', 100);
    a.settle();
    enter('b', 1);
    pass(4000);
    expect(said).toEqual([]);
    pass(2000);
    expect(said).toEqual([`b: ${NO_ROOM}`]);
    expect(timers.size).toBe(0);
  });

  it('has who sends slowly give way to who waits, and to who comes', () => {
    enter('a', 60);
    enter('b', 40);
    pass(3000);
    const c = enter('c', 50);
    expect(c.isWaiting).toBe(true);
    pass(2000);
    expect(said).toEqual([`a: ${TOO_SLOW}`, 'c has room']);
    pass(5000);
    expect(enter('d', 50).isWaiting).toBe(false);
    expect(said.slice(2)).toEqual([`b: ${TOO_SLOW}`]);
  });

  it('sends nobody away in vain: not where all who send slowly would not make room enough', () => {
    enter('there', 50).settle();
    const growing = enter('growing', 20);
    enter('slow', 20);
    pass(5000);
    expect(growing.grow(60)).toBe(false);
    const large = enter('large', 60);
    pass(2000);
    expect(said).toEqual([]);
    large.leave();
    expect(enter('small', 20).isWaiting).toBe(false);
    expect(said).toEqual([`growing: ${TOO_SLOW}`]);
  });

  it('never has one that grows give way to itself', () => {
    const growing = enter('growing', 60);
    enter('there', 40).settle();
    pass(5000);
    expect(growing.grow(61)).toBe(false);
    expect(said).toEqual([]);
  });

  it('has nobody give way who sends much, however long it takes', () => {
    const MIB = 1024 * 1024;
    room = new Room(10 * MIB, clock);
    const steady = enter('steady', 8 * MIB);
    enter('slow', 2 * MIB);
    for (let sent = 1; sent <= 7; sent++) {
      pass(1000);
      steady.came(sent * MIB);
    }
    const next = enter('next', MIB);
    expect(next.isWaiting).toBe(false);
    next.settle();
    expect(said).toEqual([`slow: ${TOO_SLOW}`]);
    expect(enter('after', 2 * MIB).isWaiting).toBe(true);
    expect(said).toHaveLength(1);
    // 5 seconds, and 28 for 7 MiB
    pass(26_000);
    expect(said.slice(1)).toEqual([`after: ${NO_ROOM}`]);
    enter('late', 2 * MIB);
    pass(1000);
    expect(said.slice(2)).toEqual([`steady: ${TOO_SLOW}`, 'late has room']);
  });

  it('lets who sends slowly be while nobody wants the room', () => {
    enter('a', 60);
    pass(600_000);
    expect(enter('b', 40).isWaiting).toBe(false);
    expect(said).toEqual([]);
  });

  it('never sends one away that is all there', () => {
    const a = enter('a', 100);
    a.settle();
    pass(60_000);
    enter('b', 10);
    pass(3000);
    expect(said).toEqual([]);
    a.leave();
    expect(said).toEqual(['b has room']);
  });

  it('refuses to let one grow for which there is no room: two would wait for each other', () => {
    const [a, b] = [enter('a', 40), enter('b', 40)];
    expect(a.grow(60)).toBe(true);
    expect(b.grow(41)).toBe(false);
    a.leave();
    expect(b.grow(100)).toBe(true);
    b.leave();
    expect(b.grow(1)).toBe(false);
    expect(enter('c', 100).isWaiting).toBe(false);
  });

  it('counts what one that waits has grown to', () => {
    const a = enter('a', 90);
    const b = enter('b', 20);
    expect(b.grow(60)).toBe(true);
    enter('c', 50);
    a.leave();
    expect(said).toEqual(['b has room']);
    b.leave();
    expect(said).toEqual(['b has room', 'c has room']);
  });

  it('forgets one that leaves while it waits, also twice', () => {
    const [a, b] = [enter('a', 100), enter('b', 100)];
    b.leave();
    b.leave();
    a.leave();
    a.leave();
    expect(said).toEqual([]);
    expect(enter('c', 100).isWaiting).toBe(false);
  });
});
