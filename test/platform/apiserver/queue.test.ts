import { describe, expect, it } from '@jest/globals';
import { type WorkQueue, workQueue } from '../../../src/platform/apiserver/queue.ts';
import { ManualClock } from './lifecycle/harness.ts';

interface Queue {
  readonly queue: WorkQueue;
  readonly clock: ManualClock;
  readonly seen: string[];
  readonly failures: string[];
}

function aQueue(work: (id: string, times: number) => Promise<number | undefined>, workers = 1): Queue {
  const clock = new ManualClock(new Date('2026-01-01T00:00:00Z'));
  const seen: string[] = [];
  const failures: string[] = [];
  const queue = workQueue({
    clock,
    workers,
    failed: (id) => failures.push(id),
    work(id) {
      seen.push(id);
      return work(id, seen.filter((each) => each === id).length);
    },
  });
  return { queue, clock, seen, failures };
}

const nothing = async (): Promise<undefined> => undefined;

describe('a work queue', () => {
  it('looks at each thing once, however often it is named before', async () => {
    const { queue, seen } = aQueue(nothing);
    for (const id of ['a', 'b', 'a', 'a']) queue.add(id);
    expect(seen).toEqual([]);
    await queue.idle();
    expect(seen).toEqual(['a', 'b']);
  });

  it('looks again at what is named while somebody looks at it, and never at once with that', async () => {
    let busy = 0;
    const { queue, seen } = aQueue(async (_, times) => {
      expect(++busy).toBe(1);
      if (times === 1) queue.add('a');
      await Promise.resolve();
      busy--;
      return undefined;
    }, 5);
    queue.add('a');
    await queue.idle();
    expect(seen).toEqual(['a', 'a']);
  });

  it('looks at no more things side by side than it has workers', async () => {
    let busy = 0;
    let most = 0;
    const { queue } = aQueue(async () => {
      most = Math.max(most, ++busy);
      await new Promise((resolve) => setImmediate(resolve));
      busy--;
      return undefined;
    }, 3);
    for (let index = 0; index < 10; index++) queue.add(String(index));
    await queue.idle();
    expect(most).toBe(3);
  });

  it('tries again what failed, with pauses that grow up to a minute, and from the shortest after a success', async () => {
    let isWell = false;
    const { queue, clock, seen, failures } = aQueue(async () => {
      if (!isWell) throw new Error('no');
      return undefined;
    });
    queue.add('a');
    await queue.idle();
    for (const pause of [10, 20, 40, 80]) {
      const before = seen.length;
      clock.pass(pause - 1);
      await queue.idle();
      expect(seen.length).toBe(before);
      clock.pass(1);
      await queue.idle();
      expect(seen.length).toBe(before + 1);
    }
    for (let round = 0; round < 20; round++) {
      clock.pass(60_000);
      await queue.idle();
    }
    expect(failures).toHaveLength(25);
    isWell = true;
    clock.pass(60_000);
    await queue.idle();
    isWell = false;
    queue.add('a');
    await queue.idle();
    const before = seen.length;
    clock.pass(10);
    await queue.idle();
    expect(seen.length).toBe(before + 1);
  });

  it('looks again after the time that the work asks for', async () => {
    const { queue, clock, seen } = aQueue(async (_, times) => (times === 1 ? 5000 : undefined));
    queue.add('a');
    await queue.idle();
    clock.pass(4999);
    await queue.idle();
    expect(seen).toHaveLength(1);
    clock.pass(1);
    await queue.idle();
    expect(seen).toHaveLength(2);
  });

  it('looks again at the earlier of two times, whichever is asked for first', async () => {
    const { queue, clock, seen } = aQueue(nothing);
    for (const pause of [3_600_000, 5000, 7000]) queue.addAfter('a', pause);
    clock.pass(4999);
    await queue.idle();
    expect(seen).toHaveLength(0);
    clock.pass(1);
    await queue.idle();
    expect(seen).toHaveLength(1);
    clock.pass(3_600_000);
    await queue.idle();
    expect(seen).toHaveLength(1);
  });

  it('tries soon again what fails while it has a time far away', async () => {
    const { queue, clock, seen } = aQueue(async (_, times) => {
      if (times === 2) throw new Error('no');
      return times === 1 ? 3_600_000 : undefined;
    });
    queue.add('a');
    await queue.idle();
    queue.add('a');
    await queue.idle();
    clock.pass(10);
    await queue.idle();
    expect(seen).toHaveLength(3);
    clock.pass(3_600_000);
    await queue.idle();
    expect(seen).toHaveLength(3);
  });

  it('does nothing more once it is stopped', async () => {
    const { queue, clock, seen } = aQueue(async () => 10);
    queue.add('a');
    await queue.idle();
    queue.add('b');
    queue.stop();
    queue.add('c');
    clock.pass(60_000);
    await queue.idle();
    expect(seen).toEqual(['a']);
  });
});
