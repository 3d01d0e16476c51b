/**
 * When a cron expression comes next, as the library counts by which Knative's PingSource runs (github.com/robfig/cron v3
 * spec.go, Next). What it does where a clock is turned is part of that: an hour that the clock skips has no moment, one
 * that it shows twice has two. Where the library loses its way, at clocks that turn by half an hour or skip a whole day,
 * the next moment is taken.
 */
import type { CronTimes } from '../cron.ts';

/** Milliseconds by which a zone's clock is ahead of UTC at a moment, in milliseconds since 1970. */
export type OffsetAt = (at: number) => number;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const MOST_YEARS = 5;

/**
 * The first moment after the given one, both in milliseconds since 1970.
 *
 * @returns undefined where none comes within five years
 */
export function nextTime(times: CronTimes, after: number, offsetAt: OffsetAt): number | undefined {
  const { second, minute, hour, month } = times;
  if ([second, minute, hour, month].some(({ values }) => values.size === 0)) return undefined;

  const clock = new WallClock(Math.floor(after / SECOND) * SECOND + SECOND, offsetAt);
  const last = clock.year + MOST_YEARS;
  while (clock.year <= last) {
    if (!month.values.has(clock.month)) clock.toNextMonth();
    else if (!isDay(times, clock)) clock.toNextDay();
    else if (!hour.values.has(clock.hour)) clock.toNextHour();
    else if (!minute.values.has(clock.minute)) clock.toNextMinute();
    else if (!second.values.has(clock.second)) clock.advance(SECOND);
    else return clock.at;
  }
  return undefined;
}

function isDay({ dayOfMonth, dayOfWeek }: CronTimes, clock: WallClock): boolean {
  const isDate = dayOfMonth.values.has(clock.day);
  const isWeekday = dayOfWeek.values.has(clock.weekday);
  return dayOfMonth.isAny || dayOfWeek.isAny ? isDate && isWeekday : isDate || isWeekday;
}

/** A moment, and what a clock on a wall of the zone shows at it. */
class WallClock {
  at: number;
  readonly #offsetAt: OffsetAt;
  #shown: Date;

  constructor(at: number, offsetAt: OffsetAt) {
    this.at = at;
    this.#offsetAt = offsetAt;
    this.#shown = new Date(at + offsetAt(at));
  }

  get year(): number {
    return this.#shown.getUTCFullYear();
  }

  /** 1 to 12. */
  get month(): number {
    return this.#shown.getUTCMonth() + 1;
  }

  get day(): number {
    return this.#shown.getUTCDate();
  }

  get weekday(): number {
    return this.#shown.getUTCDay();
  }

  get hour(): number {
    return this.#shown.getUTCHours();
  }

  get minute(): number {
    return this.#shown.getUTCMinutes();
  }

  get second(): number {
    return this.#shown.getUTCSeconds();
  }

  advance(milliseconds: number): void {
    this.#set(this.at + milliseconds);
  }

  toNextMonth(): void {
    const { at } = this;
    this.#set(this.#momentOf(Date.UTC(this.year, this.month, 1)));
    this.#goOnFrom(at);
  }

  /** To its midnight; where the clock shows none, an hour before or after it. */
  toNextDay(): void {
    const { at } = this;
    this.#set(this.#momentOf(Date.UTC(this.year, this.month - 1, this.day + 1)));
    if (this.hour > 12) this.advance((24 - this.hour) * HOUR);
    else if (this.hour > 0) this.advance(-this.hour * HOUR);
    this.#goOnFrom(at);
  }

  toNextHour(): void {
    this.advance(HOUR - this.minute * MINUTE - this.second * SECOND);
  }

  toNextMinute(): void {
    this.#set(Math.floor(this.at / MINUTE) * MINUTE + MINUTE);
  }

  /** A day that the clock skips as a whole has no midnight: the library looks for it for ever. */
  #goOnFrom(at: number): void {
    if (this.at <= at) this.#set(at + HOUR);
  }

  #set(at: number): void {
    this.at = at;
    this.#shown = new Date(at + this.#offsetAt(at));
  }

  /** As Go's time.Date: of a time that the clock skips, one beside it. */
  #momentOf(wall: number): number {
    const offset = this.#offsetAt(wall);
    return offset === 0 ? wall : wall - this.#offsetAt(wall - offset);
  }
}
