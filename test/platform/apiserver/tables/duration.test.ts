import { expect, it } from '@jest/globals';
import { humanDuration, since } from '../../../../src/platform/apiserver/tables/duration.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

it.each<[seconds: number, text: string]>([
  [-3, '<invalid>'],
  [-1, '0s'],
  [0, '0s'],
  [119, '119s'],
  [120, '2m'],
  [9 * MINUTE + 59, '9m59s'],
  [10 * MINUTE + 30, '10m'],
  [179 * MINUTE, '179m'],
  [3 * HOUR, '3h'],
  [7 * HOUR + 5 * MINUTE, '7h5m'],
  [47 * HOUR, '47h'],
  [48 * HOUR, '2d'],
  [3 * DAY + 2 * HOUR, '3d2h'],
  [8 * DAY + 5 * HOUR, '8d'],
  [2 * 365 * DAY, '2y'],
  [(2 * 365 + 20) * DAY, '2y20d'],
  [9 * 365 * DAY, '9y'],
])('%d s are %s', (seconds, text) => {
  expect(humanDuration(seconds * 1000)).toBe(text);
});

it('knows no age of what has no time', () => {
  const now = new Date('2026-11-21T20:00:00Z');
  expect(since(undefined, now)).toBe('<unknown>');
  expect(since('2026-11-21T19:59:00Z', now)).toBe('60s');
});
