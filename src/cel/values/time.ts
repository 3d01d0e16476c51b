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

/** Undefined where the text is no duration. */
export function parseDuration(text: string): Duration | undefined {
  const match = /^([+-]?)(.+)$/.exec(text);
  const rest = match?.[2] ?? '';
  if (rest === '0') return new Duration(0n);
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(rest)) return undefined;
  let nanos = 0n;
  for (const [, number = '', unit = ''] of rest.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)) {
    const [whole = '', fraction = ''] = number.split('.');
    const size = UNITS[unit] ?? 0n;
    const digits = fraction.slice(0, 18);
    nanos += BigInt(whole === '' ? '0' : whole) * size;
    if (digits !== '') nanos += (BigInt(digits) * size) / 10n ** BigInt(digits.length);
    if (nanos > LONGEST) return undefined;
  }
  return new Duration(match?.[1] === '-' ? -nanos : nanos);
}

/** As CEL writes it: in seconds, `90s`, `1.5s`. */
export function formatDuration({ nanos }: Duration): string {
  const size = nanos < 0n ? -nanos : nanos;
  const fraction = size % SECOND;
  const digits = fraction === 0n ? '' : `.${String(fraction).padStart(9, '0').replace(/0+$/, '')}`;
  return `${nanos < 0n ? '-' : ''}${size / SECOND}${digits}s`;
}
