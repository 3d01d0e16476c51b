/** Parts of moments and durations: `self.at.getFullYear()`. */
import { EvaluationFailure, noSuchOverload } from '../values/failure.ts';
import { type CelValue, Duration, Timestamp } from '../values/value.ts';
import { anyArg, textArg } from './arguments.ts';
import type { CelFunction } from './function.ts';

const MILLISECOND = 1_000_000n;

/** The same moment on a clock that stands in the zone: its UTC fields are those of the zone. */
function inZone(nanos: bigint, zone: string): Date {
  const millis = Number((nanos - (((nanos % MILLISECOND) + MILLISECOND) % MILLISECOND)) / MILLISECOND);
  const fixed = /^([+-]?)(\d+):(\d+)$/.exec(zone);
  if (fixed === null) return new Date(millis + offsetIn(zone, millis));
  const minutes = Number(fixed[2]) * 60 + Number(fixed[3]);
  const moved = new Date(millis + (fixed[1] === '-' ? -minutes : minutes) * 60_000);
  if (Number.isNaN(moved.getTime())) throw new EvaluationFailure(`unknown time zone ${zone}`);
  return moved;
}

const clocks = new Map<string, Intl.DateTimeFormat>();
const MOST_CLOCKS = 50;

/** Milliseconds before UTC. */
function offsetIn(zone: string, millis: number): number {
  if (zone === '' || zone === 'UTC' || zone === 'Local') return 0;
  const shown = clockOf(zone)
    .formatToParts(millis)
    .find(({ type }) => type === 'timeZoneName');
  const match = /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(shown?.value ?? '');
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = match ?? [];
  const size = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  return sign === '-' ? -size : size;
}

/** A name begins with a letter: JavaScript knows offsets too, `+5`. */
function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known !== undefined) return known;
  try {
    if (!/^[A-Za-z]/.test(zone)) throw new RangeError(zone);
    const clock = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    if (clocks.size >= MOST_CLOCKS) clocks.clear();
    clocks.set(zone, clock);
    return clock;
  } catch {
    throw new EvaluationFailure(`unknown time zone ${zone}`);
  }
}

function dayOfYear(date: Date): number {
  const first = new Date(date);
  first.setUTCMonth(0, 1);
  first.setUTCHours(0, 0, 0, 0);
  return Math.floor((date.getTime() - first.getTime()) / 86_400_000);
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

/** Of a duration: all of it in that unit. */
const LENGTHS: Readonly<Record<string, (nanos: bigint) => bigint>> = {
  getHours: (nanos) => nanos / (3600n * 1000n * MILLISECOND),
  getMinutes: (nanos) => nanos / (60n * 1000n * MILLISECOND),
  getSeconds: (nanos) => nanos / (1000n * MILLISECOND),
  getMilliseconds: (nanos) => nanos / MILLISECOND,
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
