/**
 * A recorded traffic as text: CSV with a time and the requests a second from then on. The time is a moment
 * (2026-11-22T08:00:00Z), or seconds from the begin; a first line of words is taken as a header.
 */
import type { Traffic } from './model.ts';

export interface TrafficProblem {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

/** The traffic, or what is wrong with it. */
export type ReadTraffic =
  | { readonly traffic: Traffic; readonly problems?: undefined }
  | { readonly traffic?: undefined; readonly problems: readonly TrafficProblem[] };

/** More than a month of seconds says nothing more, and fills the memory. */
export const MOST_SECONDS = 31 * 86_400;
/** Of the year 9999. */
const LAST_SECOND = 253_402_300_799;
/** So many problems are told; the rest is mostly the same. */
const MOST_PROBLEMS = 10;

interface Point {
  readonly line: number;
  /** Seconds, of the clock or from the begin. */
  readonly at: number;
  readonly rate: number;
}

/** @returns the traffic, a rate a second, or what is wrong with each line */
export function readTraffic(text: string): ReadTraffic {
  const reader = new PointReader();
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    reader.read(line.trim(), index + 1);
    if (reader.problems.length === MOST_PROBLEMS) break;
  }
  return reader.problems.length > 0 ? { problems: reader.problems } : spread(reader.points, reader.isClock === true);
}

class PointReader {
  readonly points: Point[] = [];
  readonly problems: TrafficProblem[] = [];
  /** Whether times are moments, as the first line with one decides. */
  isClock: boolean | undefined;
  #hasBegun = false;

  read(content: string, line: number): void {
    if (content === '' || content.startsWith('#')) return;
    const [time = '', rate = '', ...rest] = content.split(/[,;\t]/).map((cell) => cell.trim());
    const isFirst = !this.#hasBegun;
    this.#hasBegun = true;
    if (isFirst && isHeader(time, rate)) return;

    const point = pointOf(time, rate, rest.length);
    const problem = typeof point === 'string' ? point : this.#misplaced(time, point);
    if (problem !== undefined) this.problems.push({ line, message: problem });
    if (typeof point === 'string' || problem !== undefined) return;
    this.isClock = point.isClock;
    this.points.push({ line, at: point.at, rate: point.rate });
  }

  #misplaced(time: string, { at, isClock }: { at: number; isClock: boolean }): string | undefined {
    if (this.isClock !== undefined && this.isClock !== isClock) {
      const [is, above] = isClock ? ['a moment', 'seconds'] : ['a number of seconds', 'moments'];
      return `${time} is ${is}, and the lines above say ${above}: use one of them`;
    }
    const before = this.points.at(-1);
    return before !== undefined && at <= before.at
      ? `${time} is no later than the line before: times must rise`
      : undefined;
  }
}

function isHeader(time: string, rate: string): boolean {
  return /^[A-Za-z_]/.test(time) && !/\d/.test(rate);
}

function pointOf(time: string, rate: string, more: number): string | { at: number; rate: number; isClock: boolean } {
  if (more > 0) return 'it has more than two columns: a time and the requests a second are what is needed';
  const requests = /^\d+(\.\d+)?(e[+-]?\d+)?$/i.test(rate) ? Number(rate) : Number.NaN;
  if (!Number.isFinite(requests)) {
    return `"${rate}" is no number of requests a second, such as 12.5`;
  }
  if (/^\d+(\.\d+)?$/.test(time)) {
    const seconds = Number(time);
    if (seconds > LAST_SECOND) return `${time} is no time in seconds: milliseconds are divided by 1000`;
    // above this it counts from 1970, as Prometheus does
    return seconds > 1e9
      ? { at: seconds, rate: requests, isClock: true }
      : { at: seconds, rate: requests, isClock: false };
  }
  // with its zone: without one it would be read in that of the machine
  const moment = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(time) ? Date.parse(time) : Number.NaN;
  if (Number.isNaN(moment))
    return `"${time}" is no time: a moment such as 2026-11-22T08:00:00Z, or seconds from the begin`;
  return { at: moment / 1000, rate: requests, isClock: true };
}

/** Each rate holds until the next line; the last as long as the one before it did. */
function spread(points: readonly Point[], isClock: boolean): ReadTraffic {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined) {
    return { problems: [{ line: 1, message: 'it has no line with a time and the requests a second' }] };
  }
  const before = points.at(-2);
  const begin = Math.floor(first.at);
  const end = Math.ceil(last.at + (before === undefined ? 60 : last.at - before.at));
  const seconds = end - begin;
  if (seconds > MOST_SECONDS) {
    const days = Math.ceil(seconds / 86_400);
    return { problems: [{ line: last.line, message: `it covers ${days} days, and 31 are the most: leave some out` }] };
  }
  const rates = new Float64Array(seconds);
  for (const [index, { at, rate }] of points.entries()) {
    rates.fill(rate, Math.round(at) - begin, Math.round(points[index + 1]?.at ?? end) - begin);
  }
  return { traffic: { begin: isClock ? begin * 1000 : 0, rates } };
}
