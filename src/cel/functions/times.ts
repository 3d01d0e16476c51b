/** Parts of moments and durations: `self.at.getFullYear()`. */
import { EvaluationFailure, noSuchOverload } from '../values/failure.ts';
import { type CelValue, Duration, Timestamp } from '../values/value.ts';
import { anyArg, textArg } from './arguments.ts';
import type { CelFunction } from './function.ts';

const MILLISECOND = 1_000_000n;

/** The same moment on a clock that stands in the zone: its UTC fields are those of the zone. */
function inZone(nanos: bigint, zone: string): Date {
  const millis = Number(nanos / MILLISECOND);
  const fixed = /^([+-]?)(\d{1,2}):(\d{2})$/.exec(zone);
  if (fixed !== null) {
    const minutes = Number(fixed[2]) * 60 + Number(fixed[3]);
    return new Date(millis + (fixed[1] === '-' ? -minutes : minutes) * 60_000);
  }
  try {
    const parts = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
    return new Date(`${parts.format(millis).replace(' ', 'T')}.${String(millis % 1000).padStart(3, '0')}Z`);
  } catch {
    throw new EvaluationFailure(`unknown time zone ${zone}`);
  }
}

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000);
}

const PARTS: Readonly<Record<string, (date: Date) => number>> = {
  getFullYear: (date) => date.getUTCFullYear(),
  getMonth: (date) => date.getUTCMonth(),
  getDayOfYear: dayOfYear,
  getDayOfMonth: (date) => date.getUTCDate() - 1,
  getDate: (date) => date.getUTCDate(),
  getDayOfWeek: (date) => date.getUTCDay(),
  getHours: (date) => date.getUTCHours(),
  getMinutes: (date) => date.getUTCMinutes(),
  getSeconds: (date) => date.getUTCSeconds(),
  getMilliseconds: (date) => date.getUTCMilliseconds(),
};

/** Of a duration: all of it in that unit, but for milliseconds, which are what is left of a second. */
const LENGTHS: Readonly<Record<string, (nanos: bigint) => bigint>> = {
  getHours: (nanos) => nanos / (3600n * 1000n * MILLISECOND),
  getMinutes: (nanos) => nanos / (60n * 1000n * MILLISECOND),
  getSeconds: (nanos) => nanos / (1000n * MILLISECOND),
  getMilliseconds: (nanos) => (nanos / MILLISECOND) % 1000n,
};

export const TIMES: readonly CelFunction[] = Object.entries(PARTS).map(([name, part]) => {
  const length = LENGTHS[name];
  return {
    name,
    signatures: [
      `timestamp.${name}(): int`,
      `timestamp.${name}(string): int`,
      ...(length === undefined ? [] : [`duration.${name}(): int`]),
    ],
    run: (args): CelValue => {
      const value = anyArg(args, 0);
      if (value instanceof Duration && length !== undefined) return length(value.nanos);
      if (!(value instanceof Timestamp)) throw noSuchOverload();
      return BigInt(part(inZone(value.nanos, args[1] === undefined ? '00:00' : textArg(args, 1))));
    },
  };
});
