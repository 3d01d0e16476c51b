/** Windows in Redis: for each a hash of its values by the names of their events, and their ends in a sorted set. */
import { createClient } from 'redis';
import type { Window, WindowStore } from './windows.ts';

/** Windows that are kept, by their ends. */
const ENDS = 'windows';
/** How many values each had when it was told of. */
const TOLD = 'windows:told';
const CLOCK = 'windows:clock';

/** @param url redis://… */
export async function redisWindows(url: string): Promise<WindowStore> {
  // a Redis that is away is an error at once: the event is not taken, and its Broker tries again
  const redis = createClient({ url, disableOfflineQueue: true });
  redis.on('error', (error: Error) => console.error(`Redis: ${error.message}`));
  await redis.connect();

  const clock = async () => (await redis.zScore(CLOCK, 'now')) ?? 0;

  return {
    async keep(window, name, value) {
      const key = keyOf(window);
      // by its name a value is there once, however often its event comes
      await redis.multi().hSetNX(key, name, String(value)).zAdd(ENDS, { score: window.to, value: key }).exec();
    },

    async values(window) {
      return (await redis.hVals(keyOf(window))).map(Number);
    },

    async endedBy(moment) {
      const found = await redis.zRangeByScoreWithScores(ENDS, '-inf', moment);
      return found.map(({ value, score }) => windowOf(value, score));
    },

    async counts(window) {
      const key = keyOf(window);
      const [values, told] = await Promise.all([redis.hLen(key), redis.hGet(TOLD, key)]);
      return { values, told: Number(told ?? 0) };
    },

    async markTold(window, values) {
      await redis.hSet(TOLD, keyOf(window), values);
    },

    async forget(window) {
      const key = keyOf(window);
      await redis.multi().del(key).zRem(ENDS, key).hDel(TOLD, key).exec();
    },

    async advance(moment) {
      // GT: a tick that comes late, or twice, does not turn the clock back
      await redis.zAdd(CLOCK, { score: moment, value: 'now' }, { comparison: 'GT' });
      return clock();
    },

    clock,
  };
}

function keyOf({ metric, from }: Window): string {
  return `window:${from}:${metric}`;
}

function windowOf(key: string, to: number): Window {
  const [, from = '', metric = ''] = /^window:(-?\d+):(.*)$/s.exec(key) ?? [];
  return { metric, from: Number(from), to };
}
