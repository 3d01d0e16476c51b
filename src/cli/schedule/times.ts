/** Times as people write and read them: in the schedule's own zone. */
import { startOfDate } from '../../schedule/calendar.ts';
import { type Zone, zoneNamed } from '../../schedule/zones.ts';
import { Failure } from '../failure.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
const MINUTES_A_DAY = 1440;

/** @throws Failure; a schedule that could be read has a zone that is there */
export function zoneOf(name: string): Zone {
  const zone = zoneNamed(name);
  if (zone === undefined) throw new Failure(`the tz database has no time zone ${name}`);
  return zone;
}

const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * A date is its first moment in the zone, or its last; a moment is what it is.
 *
 * @throws Failure that names the option
 */
export function readTime(text: string, option: string, zone: Zone, edge: 'start' | 'end'): Date {
  const date = startOfDate(text);
  if (date !== undefined) return new Date(zone.momentOf(edge === 'start' ? date : date + MINUTES_A_DAY));
  const moment = new Date(MOMENT.test(text) ? text : Number.NaN);
  if (!Number.isNaN(moment.getTime())) return moment;
  throw new Failure(`${option} ${text} is no time; write a date (2026-12-24), or a moment (2026-12-24T18:00:00Z)`);
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** `Mon 2026-11-23` of a day's first minute on the clock. */
export function dayText(local: number): string {
  const date = new Date(local * MINUTE);
  return `${WEEKDAYS[date.getUTCDay()] ?? ''} ${date.toISOString().slice(0, 10)}`;
}

/** `Mon 2026-11-23 08:00`, as the zone's clock shows it. */
export function localText(at: Date, zone: Zone): string {
  const local = new Date(at.getTime() + zone.offsetAt(at.getTime()));
  return `${dayText(Math.floor(local.getTime() / MINUTE))} ${local.toISOString().slice(11, 16)}`;
}

/** `UTC+05:45`. */
export function offsetText(at: Date, zone: Zone): string {
  const offset = zone.offsetAt(at.getTime());
  const minutes = Math.abs(Math.trunc(offset / MINUTE));
  const two = (value: number): string => String(value).padStart(2, '0');
  return `UTC${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** `3 days 2 hours`, `25 minutes`: the two largest units. */
export function spanText(milliseconds: number): string {
  const minutes = Math.floor(Math.abs(milliseconds) / MINUTE);
  const parts = [
    [Math.floor(minutes / MINUTES_A_DAY), 'day'],
    [Math.floor(minutes / 60) % 24, 'hour'],
    [minutes % 60, 'minute'],
  ] as const;
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first < 0) return 'less than a minute';
  const told = parts.slice(first, first + 2).filter(([amount]) => amount > 0);
  return told.map(([amount, unit]) => `${amount} ${unit}${amount === 1 ? '' : 's'}`).join(' ');
}
