import { describe, expect, it } from '@jest/globals';
import { WorkQueue, type WorkQueueOptions } from '../../src/kubernetes/workQueue.ts';
import { expectGrowsWithSize } from '../growth.ts';
import { FakeClock } from './client/fakeClock.ts';

function aQueue(options: Partial<WorkQueueOptions> = {}): { clock: FakeClock; queue: WorkQueue; told: string[] } {
  const clock = new FakeClock();
  const told: string[] = [];
  const observer = {
    added: () => told.push('added'),
    taken: (seconds: number) => told.push(`taken ${seconds}`),
    worked: (seconds: number) => told.push(`worked ${seconds}`),
    retried: () => told.push('retried'),
  };
  return { clock, queue: new WorkQueue({ clock, random: () => 0.5, observer, ...options }), told };
}

function takeAll(queue: WorkQueue): string[] {
  const keys: string[] = [];
  for (let key = queue.take(); key !== undefined; key = queue.take()) keys.push(key);
  return keys;
}

describe('WorkQueue', () => {
  it('gives keys in the order in which they came, each once', () => {
    const { queue } = aQueue();
    for (const key of ['b', 'a', 'b', 'c', 'a']) queue.add(key);
    expect(queue.depth).toBe(3);
    expect(takeAll(queue)).toEqual(['b', 'a', 'c']);
    expect([queue.depth, queue.working]).toEqual([0, 3]);
  });

  it('gives a key never twice at once, and again after what came meanwhile', () => {
    const { queue } = aQueue();
    queue.add('a');
    expect(queue.take()).toBe('a');
    queue.add('a');
    queue.add('a');
    expect(queue.take()).toBeUndefined();
    queue.done('a');
    expect(takeAll(queue)).toEqual(['a']);
    queue.done('a');
    expect(takeAll(queue)).toEqual([]);
  });

  it('looks at a key again at its moment', () => {
    const { clock, queue } = aQueue();
    queue.add('a');
    queue.take();
    queue.done('a', new Date('2026-05-04T09:00:00Z'));
    expect(queue.nextMoment()).toEqual(new Date('2026-05-04T09:00:00Z'));
    clock.advance(3_599_999);
    expect(queue.depth).toBe(0);
    clock.advance(1);
    expect(takeAll(queue)).toEqual(['a']);
  });

  it('forgets the moment of a key that is looked at before it', () => {
    const { clock, queue } = aQueue();
    queue.addAt('a', new Date('2026-05-04T09:00:00Z'));
    queue.add('a');
    queue.take();
    queue.done('a');
    clock.advance(7_200_000);
    expect(queue.depth).toBe(0);
  });

  it('lets a failed key wait for longer each time, up to the most, and no other', () => {
    const { clock, queue } = aQueue({ firstMs: 100, mostMs: 1_000 });
    const waits: number[] = [];
    queue.add('bad');
    for (let tries = 0; tries < 6; tries++) {
      expect(queue.take()).toBe('bad');
      queue.failed('bad');
      expect([queue.failing(), queue.retrying]).toEqual([['bad'], 1]);
      queue.add('good');
      expect(queue.take()).toBe('good');
      queue.done('good');
      const [wait = 0] = clock.waits;
      waits.push(wait);
      clock.advance(wait);
    }
    // half of the bound, and half of that as random says
    expect(waits).toEqual([75, 150, 300, 600, 750, 750]);
    queue.take();
    queue.done('bad');
    expect(queue.failuresOf('bad')).toBe(0);
  });

  it('waits at least as long as the server asked for', () => {
    const { clock, queue } = aQueue();
    queue.add('a');
    queue.take();
    queue.failed('a', 2_000);
    clock.advance(1_999);
    expect(queue.depth).toBe(0);
    clock.advance(1);
    expect(queue.depth).toBe(1);
  });

  it('does not let a key that changes what it is about and fails run in circles, and lets a later change in at once', () => {
    const { queue } = aQueue();
    queue.add('a');
    queue.take();
    queue.add('a');
    queue.failed('a');
    expect(queue.depth).toBe(0);
    queue.add('a');
    expect(takeAll(queue)).toEqual(['a']);
    expect(queue.retrying).toBe(0);
  });

  it('gives what was given back once more', () => {
    const { queue } = aQueue();
    queue.add('a');
    queue.take();
    queue.giveBack('a');
    expect([takeAll(queue), queue.failuresOf('a')]).toEqual([['a'], 0]);
  });

  it('measures by the one clock and waits for moments by the other', () => {
    const steady = new FakeClock();
    const { clock, queue, told } = aQueue({ steady });
    queue.add('a');
    clock.advance(3_600_000);
    steady.advance(2_000);
    queue.take();
    steady.advance(500);
    expect(queue.unfinished()).toEqual([0.5]);
    queue.failed('a');
    clock.advance(3_600_000);
    expect(queue.depth).toBe(0);
    steady.advance(10);
    expect(queue.depth).toBe(1);
    expect(told).toEqual(['added', 'taken 2', 'retried', 'worked 0.5', 'added']);
  });

  it('calls for a worker when a key may be taken', () => {
    let calls = 0;
    const { queue } = aQueue({ onReady: () => calls++ });
    queue.add('a');
    queue.add('a');
    queue.take();
    queue.add('a');
    expect(calls).toBe(1);
    queue.done('a');
    expect(calls).toBe(2);
  });

  it('does nothing once it is stopped, and keeps no timer', () => {
    const { clock, queue } = aQueue();
    queue.addAt('a', new Date('2026-05-04T09:00:00Z'));
    queue.add('b');
    queue.take();
    queue.stop();
    queue.failed('b');
    queue.add('c');
    expect([queue.depth, queue.retrying, queue.waiting, clock.waiting]).toEqual([0, 0, 0, 0]);
  });

  it('takes 100,000 keys in a time that grows with their number alone', () => {
    const observer = { added() {}, taken() {}, worked() {}, retried() {} };
    expectGrowsWithSize(
      100_000,
      (size) => ({ queue: aQueue({ observer }).queue, size }),
      ({ queue, size }) => {
        for (let index = 0; index < size; index++) queue.add(`shop/${index}`);
        for (let key = queue.take(); key !== undefined; key = queue.take())
          queue.done(key, new Date(4_000_000_000_000));
      },
    );
  });
});
