/** When a window holds: stretches of time, each from a start to the first end that comes after it. */
import { dateText, endOfDay, type LocalMinute, lastMatch, nextMatch, startOfDate, startOfDay } from './calendar.ts';
import type { Cron, Window } from './model.ts';
import type { Zone } from './zones.ts';

/** A time throughout which a window holds, or does not. In milliseconds; infinite where it never was or will be otherwise. */
export interface Stretch {
  readonly isActive: boolean;
  /** Inclusive. */
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** One start that holds, and what comes of it. */
interface Occurrence {
  /** The start itself. */
  readonly start: number;
  /** When the window begins to hold: earlier than its start where it warms up. */
  readonly from: number;
  readonly to: number;
}

/**
 * Starts that follow on one another without a pause are put together up to so many. Where more do, the stretch is told as
 * so long: who asks again at its end learns of the rest.
 */
const MOST_JOINED = 400;
/** And no further than this from the moment: four hundred years of them would have to be looked through, zone and all. */
const LONGEST_JOINED = 1600 * 86_400_000;

/** Starts on whose very moment an end falls hold for no time at all; after so many nobody looks for another one. */
const MOST_EMPTY = 1500;

/** The stretch in which the moment lies. */
export function stretchAt(window: Window, zone: Zone, at: number): Stretch {
  const last = lastOccurrence(window, zone, at + window.warmUp);
  if (last !== undefined && last.to > at) {
    return { isActive: true, from: beginOf(last, window, zone), to: endOf(last, window, zone) };
  }
  const next = nextOccurrence(window, zone, last?.start ?? at + window.warmUp);
  return {
    isActive: false,
    from: last?.to ?? Number.NEGATIVE_INFINITY,
    to: next?.from ?? Number.POSITIVE_INFINITY,
  };
}

/** Whether there is any time at all in which the window holds, before the moment or after it. */
export function everHolds(window: Window, zone: Zone, at: number): boolean {
  return nextOccurrence(window, zone, at) !== undefined || lastOccurrence(window, zone, at) !== undefined;
}

/** When the window last began to hold without having ended since. */
function beginOf(occurrence: Occurrence, window: Window, zone: Zone): number {
  let first = firstWith(occurrence, window, zone);
  for (let joined = 0; joined < MOST_JOINED; joined++) {
    const before = lastOccurrence(window, zone, first.start - 1);
    if (before === undefined || before.to < first.from || occurrence.from - first.from > LONGEST_JOINED) break;
    first = firstWith(before, window, zone);
  }
  return first.from;
}

/** The earliest of those that lead to this one without a pause, as far as that is known without looking at each. */
function firstWith(occurrence: Occurrence, window: Window, zone: Zone): Occurrence {
  const { end } = window;
  // whatever starts within a duration before it is not over yet
  if (typeof end === 'number') return nextOccurrence(window, zone, occurrence.from - end - 1) ?? occurrence;
  // where each hour is a start, and evening the end: the day's first hour
  const lastEnd = lastMatch(end, zone.reachedBy(occurrence.start));
  if (lastEnd === undefined) return occurrence;
  return nextOccurrence(window, zone, zone.momentOf(lastEnd)) ?? occurrence;
}

function endOf(occurrence: Occurrence, window: Window, zone: Zone): number {
  let end = occurrence.to;
  for (let joined = 0; joined < MOST_JOINED; joined++) {
    const later = lastOccurrence(window, zone, end + window.warmUp);
    if (later === undefined || later.to <= end || end - occurrence.to > LONGEST_JOINED) break;
    end = later.to;
  }
  return end;
}

/** The last start at or before the moment that holds for any time. */
function lastOccurrence(window: Window, zone: Zone, at: number): Occurrence | undefined {
  let limit = zone.reachedBy(at);
  for (let empty = 0; empty < MOST_EMPTY; empty++) {
    const start = lastStart(window, limit);
    const occurrence = start === undefined ? undefined : occurrenceAt(start, window, zone);
    if (start === undefined || occurrence === undefined) return undefined;
    if (occurrence.to > occurrence.start) return occurrence;
    limit = start - 1;
  }
  return undefined;
}

/** The first start after the moment that holds for any time. */
function nextOccurrence(window: Window, zone: Zone, after: number): Occurrence | undefined {
  let limit = zone.reachedBy(after) + 1;
  for (let empty = 0; empty < MOST_EMPTY; empty++) {
    const start = nextStart(window, limit);
    const occurrence = start === undefined ? undefined : occurrenceAt(start, window, zone);
    if (start === undefined || occurrence === undefined) return undefined;
    if (occurrence.to > occurrence.start) return occurrence;
    limit = start + 1;
  }
  return undefined;
}

function occurrenceAt(local: LocalMinute, { end, warmUp }: Window, zone: Zone): Occurrence {
  const start = zone.momentOf(local);
  const to = typeof end === 'number' ? start + end : firstEnd(end, zone, start);
  return { start, from: start - warmUp, to };
}

/** The first end at or after the moment. */
function firstEnd(end: Cron, zone: Zone, from: number): number {
  const local = nextMatch(end, zone.reachedBy(from - 1) + 1);
  return local === undefined ? Number.POSITIVE_INFINITY : zone.momentOf(local);
}

/** The last start at or before the minute, on a date on which the window holds. */
function lastStart(window: Window, at: LocalMinute): LocalMinute | undefined {
  let limit: LocalMinute | undefined = at;
  while (limit !== undefined) {
    const start = lastMatch(window.start, limit);
    if (start === undefined || holdsOn(window, start)) return start;
    limit = lastMinuteBefore(window, startOfDay(start));
  }
  return undefined;
}

function nextStart(window: Window, at: LocalMinute): LocalMinute | undefined {
  let limit: LocalMinute | undefined = at;
  while (limit !== undefined) {
    const start = nextMatch(window.start, limit);
    if (start === undefined || holdsOn(window, start)) return start;
    limit = firstMinuteFrom(window, endOfDay(start));
  }
  return undefined;
}

function holdsOn({ only, except }: Window, at: LocalMinute): boolean {
  if (only.length === 0 && except.length === 0) return true;
  const date = dateText(at);
  return (only.length === 0 || only.includes(date)) && !except.includes(date);
}

/** Where to look on before a day on which the window does not hold. */
function lastMinuteBefore({ only }: Window, day: LocalMinute): LocalMinute | undefined {
  if (only.length === 0) return day - 1;
  const date = dateText(day);
  const earlier = only.filter((each) => each < date).sort();
  const start = startOfDate(earlier.at(-1) ?? '');
  return start === undefined ? undefined : endOfDay(start) - 1;
}

function firstMinuteFrom({ only }: Window, day: LocalMinute): LocalMinute | undefined {
  if (only.length === 0) return day;
  const date = dateText(day);
  const later = only.filter((each) => each >= date).sort();
  return startOfDate(later[0] ?? '');
}
