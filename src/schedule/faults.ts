/** What is wrong with a schedule that can be read: windows that never change anything, and windows that are in each other's way. */
import { pointer } from '../kubernetes/pointer.ts';
import type { Cron, Problem, ScalingSchedule, Window } from './model.ts';
import { everHolds, stretchAt } from './windows.ts';
import { type Zone, zoneNamed } from './zones.ts';

const DAY = 86_400_000;

/** Windows that never hold, and windows that always do. */
export function idleWindows(schedule: ScalingSchedule, from: Date): Problem[] {
  const zone = zoneNamed(schedule.timeZone);
  if (zone === undefined) return [];
  const problems: Problem[] = [];
  for (const [index, window] of schedule.windows.entries()) {
    const what = idleness(window, zone, from.getTime());
    if (what !== undefined) problems.push({ path: pointer('spec', 'windows', index), message: what });
  }
  return problems;
}

function idleness(window: Window, zone: Zone, at: number): string | undefined {
  const { name, start, end, only } = window;
  if (!everHolds(window, zone, at)) {
    if (only.length > 0)
      return `window ${name} never holds: no date that it is limited to has a start ("${start.text}")`;
    return `window ${name} never holds: each start ("${start.text}") falls on an end ("${textOf(end)}")`;
  }
  if (!alwaysHolds(window, zone, at)) return undefined;
  const right = `use default for values that hold at all times`;
  if (typeof end === 'number')
    return `window ${name} always holds: the next start comes before its duration is over; ${right}`;
  return `window ${name} always holds: at each end ("${end.text}") it has begun again; ${right}`;
}

function textOf(end: Cron | number): string {
  return typeof end === 'number' ? '' : end.text;
}

/** More than four years, so that a 29 February cannot be what ends it. */
const FOR_EVER = 1500 * DAY;
/** So many starts that follow on one another are told as one stretch, and it goes on after that. */
const YEAR = 366 * DAY;

function alwaysHolds(window: Window, zone: Zone, at: number): boolean {
  const { end } = window;
  if (typeof end === 'number' && coversEachDay(window, end)) return true;
  // the hour by which a week is longer in autumn makes no window out of what was meant to hold for ever
  const tolerant = typeof end === 'number' && end >= DAY ? { ...window, end: end + HOUR } : window;
  const { isActive, from, to } = stretchAt(tolerant, zone, at);
  if (!isActive) return false;
  return to - from > FOR_EVER || (to - from > YEAR && stretchAt(tolerant, zone, to).isActive);
}

const HOUR = 3_600_000;

const MINUTE = 60_000;
const MINUTES_A_DAY = 1440;

/** Starts on all days, no two of them further apart than the duration. */
function coversEachDay({ start, only, except, warmUp }: Window, duration: number): boolean {
  if (only.length > 0 || except.length > 0 || !isDaily(start)) return false;
  const times = start.hours.flatMap((hour) => start.minutes.map((minute) => hour * 60 + minute));
  const longest = times.reduce((most, time, index) => {
    const next = times[index + 1] ?? MINUTES_A_DAY + (times[0] ?? 0);
    return Math.max(most, next - time);
  }, 0);
  return longest * MINUTE <= duration + warmUp;
}

function isDaily({ months, daysOfMonth, daysOfWeek, matchesEitherDay }: Cron): boolean {
  if (months.size < 12) return false;
  const isEachOfMonth = daysOfMonth.size === 31;
  const isEachOfWeek = daysOfWeek.size === 7;
  return matchesEitherDay ? isEachOfMonth || isEachOfWeek : isEachOfMonth && isEachOfWeek;
}

/** Whatever comes with dates shows within a year, all else within two weeks and a change of the clock. */
const LONG = 400 * DAY;
const SHORT = 15 * DAY;
const MOST_STRETCHES = 2000;

/** Pairs of windows that hold at once within the time that is looked at; the time to warm up does not count. */
export function overlaps(schedule: ScalingSchedule, from: Date): Problem[] {
  const zone = zoneNamed(schedule.timeZone);
  if (zone === undefined || schedule.windows.length < 2) return [];
  const horizon = schedule.windows.every(isWeekly) ? SHORT : LONG;
  const held = schedule.windows.map((window) => stretchesOf(window, zone, from.getTime(), horizon));

  const problems: Problem[] = [];
  for (const [index, window] of schedule.windows.entries()) {
    const other = schedule.windows.findIndex(
      (_, earlier) => earlier < index && firstCommon(held[earlier] ?? [], held[index] ?? []) !== undefined,
    );
    const common = other < 0 ? undefined : firstCommon(held[other] ?? [], held[index] ?? []);
    if (common === undefined) continue;
    const at = `${new Date(common).toISOString().slice(0, 16)}Z`;
    const message = `windows ${schedule.windows[other]?.name} and ${window.name} hold at once, for the first time from ${at} on; the larger minScale counts then, so let one of them end before the other begins`;
    problems.push({ path: pointer('spec', 'windows', index), message });
  }
  return problems;
}

function isWeekly({ start, end, only, except }: Window): boolean {
  const crons = typeof end === 'number' ? [start] : [start, end];
  const hasDates = only.length > 0 || except.length > 0;
  const isShort = typeof end !== 'number' || end <= SHORT / 2;
  return (
    !hasDates && isShort && crons.every(({ months, daysOfMonth }) => months.size === 12 && daysOfMonth.size === 31)
  );
}

type Held = readonly (readonly [from: number, to: number])[];

function stretchesOf(window: Window, zone: Zone, from: number, horizon: number): Held {
  const bare = window.warmUp === 0 ? window : { ...window, warmUp: 0 };
  const held: [number, number][] = [];
  for (let at = from; at < from + horizon && held.length < MOST_STRETCHES; ) {
    const stretch = stretchAt(bare, zone, at);
    if (stretch.isActive) held.push([stretch.from, stretch.to]);
    at = stretch.to;
  }
  return held;
}

/** The first moment that lies in both. */
function firstCommon(left: Held, right: Held): number | undefined {
  for (let one = 0, two = 0; ; ) {
    const first = left[one];
    const second = right[two];
    if (first === undefined || second === undefined) return undefined;
    const begin = Math.max(first[0], second[0]);
    if (begin < Math.min(first[1], second[1])) return begin;
    if (first[1] <= second[1]) one++;
    else two++;
  }
}
