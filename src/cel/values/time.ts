/** Moments and lengths of time as texts: RFC 3339, and Go's durations (time.ParseDuration). */
import { Duration, Timestamp } from './value.ts';

const SECOND = 1_000_000_000n;

const MOMENT = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?([Zz]|[+-]\d{2}:\d{2})$/;

/** Undefined where the text is no moment. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const match = MOMENT.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', zone = 'Z'] = match;
  const millis = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const isThatDay = !Number.isNaN(millis) && new Date(millis).getUTCDate() === Number(day);
  if (!isThatDay) return undefined;
  const nanos = BigInt(millis) * 1_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
  return new Timestamp(nanos - offsetOf(zone));
}

/** As CEL reads it: as Go's RFC 3339, with a year of 1 to 9999. Undefined where the text is no moment. */
export function parseRfc3339(text: string): Timestamp | undefined {
  const match = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:[.,](\d+))?(Z|[+-](\d{2}):(\d{2}))$/.exec(text);
  if (match === null) return undefined;
  const [, moment, fraction = '', zone = 'Z', hours = '0', minutes = '0'] = match;
  if (Number(hours) > 24 || Number(minutes) > 60) return undefined;
  const parsed = parseTimestamp(`${moment}${fraction === '' ? '' : `.${fraction}`}${zone}`);
  return parsed === undefined || !isMoment(parsed.nanos) ? undefined : parsed;
}

/** In seconds since 1970, the years from 1 to 9999. */
const FIRST_SECOND = -62_135_596_800n;
const LAST_SECOND = 253_402_300_799n;

/** Whether CEL has such a moment. */
export function isMoment(nanos: bigint): boolean {
  const seconds = wholeSeconds(nanos);
  return seconds >= FIRST_SECOND && seconds <= LAST_SECOND;
}

/** Since 1970, and before it the second that had begun. */
export function wholeSeconds(nanos: bigint): bigint {
  return (nanos - (((nanos % SECOND) + SECOND) % SECOND)) / SECOND;
}

function offsetOf(zone: string): bigint {
  if (zone === 'Z' || zone === 'z') return 0n;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return BigInt(zone.startsWith('-') ? -minutes : minutes) * 60n * SECOND;
}

export function formatTimestamp({ nanos }: Timestamp): string {
  const fraction = ((nanos % SECOND) + SECOND) % SECOND;
  const seconds = (nanos - fraction) / SECOND;
  const text = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  const digits = fraction === 0n ? '' : `.${String(fraction).padStart(9, '0').replace(/0+$/, '')}`;
  return `${text}${digits}Z`;
}

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: SECOND,
  m: 60n * SECOND,
  h: 3600n * SECOND,
};

const LONGEST = 2n ** 63n - 1n;

/** A number of more digits is longer than any duration; of a fraction, fewer count. */
const MAX_DIGITS = 19;

/** Undefined where the text is no duration. Takes time in proportion to the text: it may be anybody's. */
export function parseDuration(text: string): Duration | undefined {
  const isNegative = text.startsWith('-');
  const rest = isNegative || text.startsWith('+') ? text.slice(1) : text;
  if (rest === '0') return new Duration(0n);
  if (rest === '') return undefined;
  // Sticky, and with one way to read a run of digits: a search would begin anew at each digit.
  const step = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/y;
  let nanos = 0n;
  while (step.lastIndex < rest.length) {
    const match = step.exec(rest);
    if (match === null) return undefined;
    const [, whole = '', fraction = '', unit = ''] = match;
    if (whole === '' && fraction === '') return undefined;
    const size = UNITS[unit] ?? 0n;
    const digits = whole.replace(/^0+/, '');
    if (digits.length > MAX_DIGITS) return undefined;
    const parts = fraction.slice(0, MAX_DIGITS - 1);
    nanos += BigInt(digits) * size + (BigInt(parts) * size) / 10n ** BigInt(parts.length);
    if (nanos > LONGEST + (isNegative ? 1n : 0n)) return undefined;
  }
  return new Duration(isNegative ? -nanos : nanos);
}

/** As CEL writes it: in seconds, `90s`, `1.5s`. */
export function formatDuration({ nanos }: Duration): string {
  // as Go's Duration.Seconds: where it is long, the last digits are lost
  const seconds = Number(nanos / SECOND) + Number(nanos % SECOND) / Number(SECOND);
  const text = String(seconds);
  return `${text.includes('e') ? seconds.toFixed(20).replace(/\.?0+$/, '') : text}s`;
}
