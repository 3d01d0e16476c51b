/**
 * Time as a clock on a wall shows it, without a zone: minutes since 1970-01-01 00:00 of that clock. Plain numbers, since
 * a tick over thousands of schedules asks for many of them.
 */
import type { Cron } from './model.ts';

/** Whole minutes since 1970-01-01 00:00, as the wall clock of some zone counts them. */
export type LocalMinute = number;

export const MINUTE = 60_000;
const MINUTES_A_DAY = 1440;

interface Day {
  year: number;
  /** 1 to 12. */
  month: number;
  /** 1 to 31. */
  day: number;
  /** 0 to 6, Sunday first. */
  weekday: number;
}

/** No month with a 29 February is further away than eight years; a date that does not come in nine never comes. */
const MOST_MONTHS = 9 * 12;

/** The last minute at or before the given one that the expression names; undefined where none ever does. */
export function lastMatch(cron: Cron, at: LocalMinute): LocalMinute | undefined {
  let number = Math.floor(at / MINUTES_A_DAY);
  const day = dayOf(number);
  if (matchesDay(cron, day)) {
    const time = lastTime(cron, at - number * MINUTES_A_DAY);
    if (time >= 0) return number * MINUTES_A_DAY + time;
  }
  for (let months = 0; months <= MOST_MONTHS; ) {
    const skipped = cron.months.has(day.month) ? 1 : day.day;
    number -= skipped;
    day.weekday = (((day.weekday - skipped) % 7) + 7) % 7;
    day.day -= skipped;
    if (day.day === 0) {
      months++;
      if (day.month === 1) day.year--;
      day.month = day.month === 1 ? 12 : day.month - 1;
      day.day = daysIn(day.year, day.month);
    }
    if (matchesDay(cron, day)) return number * MINUTES_A_DAY + lastTime(cron, MINUTES_A_DAY);
  }
  return undefined;
}

/** The first minute at or after the given one that the expression names; undefined where none ever does. */
export function nextMatch(cron: Cron, at: LocalMinute): LocalMinute | undefined {
  let number = Math.floor(at / MINUTES_A_DAY);
  const day = dayOf(number);
  if (matchesDay(cron, day)) {
    const time = nextTime(cron, at - number * MINUTES_A_DAY);
    if (time >= 0) return number * MINUTES_A_DAY + time;
  }
  for (let months = 0; months <= MOST_MONTHS; ) {
    const length = daysIn(day.year, day.month);
    const skipped = cron.months.has(day.month) ? 1 : length - day.day + 1;
    number += skipped;
    day.weekday = (day.weekday + skipped) % 7;
    day.day += skipped;
    if (day.day > length) {
      months++;
      if (day.month === 12) day.year++;
      day.month = day.month === 12 ? 1 : day.month + 1;
      day.day = 1;
    }
    if (matchesDay(cron, day)) return number * MINUTES_A_DAY + nextTime(cron, 0);
  }
  return undefined;
}

/** robfig/cron spec.go, dayMatches. */
function matchesDay(cron: Cron, { month, day, weekday }: Day): boolean {
  if (!cron.months.has(month)) return false;
  const isDayOfMonth = cron.daysOfMonth.has(day);
  const isDayOfWeek = cron.daysOfWeek.has(weekday);
  return cron.matchesEitherDay ? isDayOfMonth || isDayOfWeek : isDayOfMonth && isDayOfWeek;
}

/** The last minute of the day at or before the given one; -1 where there is none. */
function lastTime({ hours, minutes }: Cron, limit: number): number {
  const hourOf = Math.floor(limit / 60);
  for (let index = hours.length - 1; index >= 0; index--) {
    const hour = hours[index] ?? 0;
    if (hour > hourOf) continue;
    const most = hour === hourOf ? limit - hour * 60 : 59;
    for (let at = minutes.length - 1; at >= 0; at--) {
      const minute = minutes[at] ?? 0;
      if (minute <= most) return hour * 60 + minute;
    }
  }
  return -1;
}

/** The first minute of the day at or after the given one; -1 where there is none. */
function nextTime({ hours, minutes }: Cron, limit: number): number {
  const hourOf = Math.floor(limit / 60);
  for (const hour of hours) {
    if (hour < hourOf) continue;
    const least = hour === hourOf ? limit - hour * 60 : 0;
    for (const minute of minutes) {
      if (minute >= least) return hour * 60 + minute;
    }
  }
  return -1;
}

/** `2026-12-25`: the date on which the minute falls. */
export function dateText(at: LocalMinute): string {
  const { year, month, day } = dayOf(Math.floor(at / MINUTES_A_DAY));
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** The first minute of a date (`2026-12-25`); undefined where the calendar has no such day. */
export function startOfDate(text: string): LocalMinute | undefined {
  if (!DATE.test(text)) return undefined;
  const at = Date.parse(`${text}T00:00:00Z`) / MINUTE;
  // engines differ on 30 February: some refuse it, some count on into March
  return Number.isNaN(at) || dateText(at) !== text ? undefined : at;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** The first minute of the day in which the minute falls. */
export function startOfDay(at: LocalMinute): LocalMinute {
  return Math.floor(at / MINUTES_A_DAY) * MINUTES_A_DAY;
}

/** The first minute of the day after. */
export function endOfDay(at: LocalMinute): LocalMinute {
  return startOfDay(at) + MINUTES_A_DAY;
}

/** The Gregorian date of a count of days since 1970-01-01; eras of 400 years, years that begin with March. */
function dayOf(number: number): Day {
  const shifted = number + 719_468;
  const era = Math.floor(shifted / 146_097);
  const inEra = shifted - era * 146_097;
  const year = Math.floor(
    (inEra - Math.floor(inEra / 1460) + Math.floor(inEra / 36_524) - Math.floor(inEra / 146_096)) / 365,
  );
  const inYear = inEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  const fromMarch = Math.floor((5 * inYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  return {
    year: year + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: inYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
    weekday: (((number + 4) % 7) + 7) % 7,
  };
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
