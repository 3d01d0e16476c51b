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
    const what = isDated(window) ? idleness(window, zone, from.getTime()) : idlenessEver(window, zone, from.getTime());
    if (what !== undefined) problems.push({ path: pointer('spec', 'windows', index), message: what });
  }
  return problems;
}

/** By window and zone: schedules by the thousand share them (readWindows.ts). Empty where it is not idle. */
const idle = new WeakMap<Window, WeakMap<Zone, string>>();

/** Of a window without dates, which is as it always was, and said once. */
function idlenessEver(window: Window, zone: Zone, at: number): string | undefined {
  const byZone = idle.get(window) ?? new WeakMap<Zone, string>();
  idle.set(window, byZone);
  const what = byZone.get(zone) ?? idleness(window, zone, at) ?? '';
  byZone.set(zone, what);
  return what === '' ? undefined : what;
}

function isDated({ only, except }: Window): boolean {
  return only.length > 0 || except.length > 0;
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
  for (const { other, index, common } of commonTimes(held)) {
    const at = `${new Date(common[0]).toISOString().slice(0, 16)}Z`;
    const message = `windows ${schedule.windows[other]?.name} and ${schedule.windows[index]?.name} hold at once, for the first time from ${at} on; the larger minScale counts then, so let one of them end before the other begins`;
    problems.push({ path: pointer('spec', 'windows', index), message });
  }
  return problems;
}

interface CommonTime {
  /** The first of the windows before it that it has any time in common with. */
  readonly other: number;
  readonly index: number;
  readonly common: Time;
}

function commonTimes(held: readonly Held[]): CommonTime[] {
  const found: CommonTime[] = [];
  for (const [index, own] of held.entries()) {
    for (const [other, earlier] of held.slice(0, index).entries()) {
      const common = firstCommon(earlier, own);
      if (common === undefined) continue;
      found.push({ other, index, common });
      break;
    }
  }
  return found;
}

/**
 * Until when `idleWindows` and `overlaps` say what they say at this moment, at least; undefined where time alone changes
 * nothing. Windows that come week by week hang on no moment but the changes of their zone's clock; what comes with dates
 * or by the month is looked at again after a day.
 */
export function faultsHoldUntil(schedule: ScalingSchedule, from: Date): Date | undefined {
  const zone = zoneNamed(schedule.timeZone);
  if (zone === undefined) return undefined;
  const at = from.getTime();
  const ends = schedule.windows.map((window) => idlenessHoldsUntil(window, zone, at));
  const first = Math.min(...ends, overlapsHoldUntil(schedule.windows, zone, at));
  const end = new Date(first);
  return Number.isNaN(end.getTime()) ? undefined : end;
}

/** A window without dates is as it always was. Another may become one that always holds, where one of its dates is over. */
function idlenessHoldsUntil(window: Window, zone: Zone, at: number): number {
  if (!isDated(window)) return Number.POSITIVE_INFINITY;
  const dates = [...window.only, ...window.except].map((date) => Date.parse(date));
  const { from, to } = stretchAt(window, zone, at);
  // a date is somewhere within a day of its midnight in UTC, and what starts then warms up before
  const next = Math.min(...dates.filter((date) => date + 2 * DAY >= from));
  return next === Number.POSITIVE_INFINITY ? next : Math.max(to, next - 2 * DAY - window.warmUp);
}

function overlapsHoldUntil(windows: readonly Window[], zone: Zone, at: number): number {
  if (windows.length < 2) return Number.POSITIVE_INFINITY;
  const { sight, ahead, atMost } = windows.every(isWeekly)
    ? lookByTheWeek(zone, at)
    : { sight: LONG, ahead: DAY, atMost: at + DAY };
  const held = windows.map((window) => stretchesOf(window, zone, at, ahead));
  let first = atMost;
  for (const [index, own] of held.entries()) {
    for (const earlier of held.slice(0, index)) {
      const common = firstCommon(earlier, own);
      if (common === undefined) continue;
      const [begin, end] = common;
      // what is further away comes into sight
      first = Math.min(first, begin < at + sight ? end : begin - sight);
    }
  }
  return first;
}

interface Look {
  /** How far `overlaps` looks. */
  readonly sight: number;
  /** How far one has to look to say when it says something else, and until when that is then known. */
  readonly ahead: number;
  readonly atMost: number;
}

/** It is the same each week but around the next change of the clock, of which nothing is in sight long before it. */
function lookByTheWeek(zone: Zone, at: number): Look {
  const [change] = zone.transitions(at, at + LONG);
  if (change === undefined) return { sight: SHORT, ahead: SHORT, atMost: Number.POSITIVE_INFINITY };
  const near = change.at - 2 * SHORT;
  if (near > at) return { sight: SHORT, ahead: SHORT, atMost: near };
  return { sight: SHORT, ahead: change.at + SHORT - at, atMost: change.at };
}

function isWeekly(window: Window): boolean {
  const { start, end } = window;
  const crons = typeof end === 'number' ? [start] : [start, end];
  const isShort = typeof end !== 'number' || end <= SHORT / 2;
  return (
    !isDated(window) &&
    isShort &&
    crons.every(({ months, daysOfMonth }) => months.size === 12 && daysOfMonth.size === 31)
  );
}

type Time = readonly [from: number, to: number];
type Held = readonly Time[];

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

/** The first time that lies in both. */
function firstCommon(left: Held, right: Held): Time | undefined {
  for (let one = 0, two = 0; ; ) {
    const first = left[one];
    const second = right[two];
    if (first === undefined || second === undefined) return undefined;
    const begin = Math.max(first[0], second[0]);
    const end = Math.min(first[1], second[1]);
    if (begin < end) return [begin, end];
    if (first[1] <= second[1]) one++;
    else two++;
  }
}
