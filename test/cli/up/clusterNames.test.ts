/** Whom events of before the start wait for, and for how long. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { UpNames } from '../../../src/cli/up/clusterNames.ts';
import type { Clock } from '../../../src/kubernetes/clock.ts';

const HOST = 'cart.shop.svc.cluster.local';

let now: number;
let timers: Set<() => void>;
let names: UpNames;

const clock: Clock = {
  now: () => new Date(now),
  after(_milliseconds, callback) {
    timers.add(callback);
    return () => void timers.delete(callback);
  },
};

beforeEach(() => {
  now = 0;
  timers = new Set();
  names = new UpNames(clock);
  names.network = { namesPort: 8081, knows: () => false };
  names.controllers = { portsBehind: () => [], isServed: () => true };
});

/** Whether somebody who waits goes on, after so many milliseconds. */
async function goesOn(waiting: Promise<void>, after = 20): Promise<boolean> {
  now += after;
  for (const timer of [...timers]) {
    timers.delete(timer);
    timer();
  }
  return Promise.race([waiting.then(() => true), new Promise<boolean>((resolve) => setImmediate(resolve, false))]);
}

describe('a name of the cluster', () => {
  it('is waited for while it is about to be there', async () => {
    const waiting = names.awaited(HOST);
    expect(await goesOn(waiting)).toBe(false);
    names.network = { namesPort: 8081, knows: () => true };
    expect(await goesOn(waiting)).toBe(true);
  });

  it.each([
    ['nothing leads there', { portsBehind: () => [], isServed: () => false }],
    ['a Service has a Pod', { portsBehind: () => [4711], isServed: () => true }],
  ])('is not waited for where %s', async (_, controllers) => {
    names.controllers = controllers;
    expect(await goesOn(names.awaited(HOST))).toBe(true);
  });

  it('is not waited for once the platform should have started', async () => {
    expect(await goesOn(names.awaited(HOST), 120_000)).toBe(true);
  });

  it('is not waited for at the end, and leaves no timer', async () => {
    const waiting = names.awaited(HOST);
    expect(await goesOn(waiting)).toBe(false);
    names.end();
    await waiting;
    expect(timers.size).toBe(0);
    expect(await goesOn(names.awaited(HOST))).toBe(true);
  });
});
