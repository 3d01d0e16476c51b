/**
 * Durations as Knative Serving reads them: Go's `time.ParseDuration` and `Duration.String`, exactly.
 *
 * A duration is a bigint of nanoseconds, as Go's int64 is: numbers would lose the last digits beyond 104 days, and
 * "at most second precision" is a question of the last digits. Compare with `60n * SECOND`. ISO 8601 durations, which
 * Knative Eventing takes, are in period.ts.
 */

export const NANOSECOND = 1n;
export const MICROSECOND = 1_000n;
export const MILLISECOND = 1_000_000n;
export const SECOND = 1_000_000_000n;
export const MINUTE = 60n * SECOND;
export const HOUR = 60n * MINUTE;

export type ParsedDuration =
  | { readonly ok: true; readonly value: bigint }
  /** The whole sentence that Go says, such as `time: missing unit in duration "60"`. */
  | { readonly ok: false; readonly reason: string };

const UNITS: ReadonlyMap<string, bigint> = new Map([
  ['ns', NANOSECOND],
  ['us', MICROSECOND],
  ['\u00b5s', MICROSECOND], // micro sign
  ['\u03bcs', MICROSECOND], // Greek letter mu
  ['ms', MILLISECOND],
  ['s', SECOND],
  ['m', MINUTE],
  ['h', HOUR],
]);

/** One more than Go's largest duration: the size of its smallest. */
const LIMIT = 1n << 63n;
const LIMIT_DIGITS = String(LIMIT).length;

/**
 * Reads a duration such as `300ms`, `-1.5h` or `2h45m`. Units are h, m, s, ms, us (µs) and ns; `0` needs none. There are
 * no days, no spaces and no bare numbers.
 */
export function parseDuration(text: string): ParsedDuration {
  const known = parsed.get(text);
  if (known !== undefined) return known;

  const duration = parseText(text);
  if (parsed.size < REMEMBERED && text.length <= 32) parsed.set(text, duration);
  return duration;
}

/** Thousands of objects say the same few durations. */
const parsed = new Map<string, ParsedDuration>();
const REMEMBERED = 1024;

/** Go reads more of them; nobody means that, and a megabyte of `1s1s1s…` would hold a server up for seconds. */
const MOST_PARTS = 1000;

function parseText(text: string): ParsedDuration {
  const isNegative = text.startsWith('-');
  let rest = isNegative || text.startsWith('+') ? text.slice(1) : text;
  if (rest === '0') return { ok: true, value: 0n };
  if (rest === '') return { ok: false, reason: invalid(text) };

  let sum = 0n;
  for (let parts = 0; rest !== ''; parts++) {
    if (parts === MOST_PARTS) return { ok: false, reason: `time: invalid duration of more than ${MOST_PARTS} parts` };
    const part = readPart(rest, text);
    if (typeof part === 'string') return { ok: false, reason: part };
    // Go adds up in an uint64, which two parts of the largest size bring back to zero.
    sum = BigInt.asUintN(64, sum + part.nanoseconds);
    if (sum > LIMIT) return { ok: false, reason: invalid(text) };
    rest = rest.slice(part.length);
  }

  if (isNegative) return { ok: true, value: -sum };
  return sum === LIMIT ? { ok: false, reason: invalid(text) } : { ok: true, value: sum };
}

/** The number and unit at the start of the rest, or what Go says of the whole text where there is none. */
function readPart(rest: string, text: string): { nanoseconds: bigint; length: number } | string {
  const whole = digitsAt(rest, 0);
  const hasPoint = rest.charAt(whole) === '.';
  const end = hasPoint ? digitsAt(rest, whole + 1) : whole;
  if (end - (hasPoint ? 1 : 0) === 0) return invalid(text);
  const integer = integerOf(rest.slice(0, whole));
  if (integer > LIMIT) return invalid(text);

  const length = unitAt(rest, end);
  if (length === end) return `time: missing unit in duration ${goTimeQuote(text)}`;
  const name = rest.slice(end, length);
  const unit = UNITS.get(name);
  if (unit === undefined) return `time: unknown unit ${goTimeQuote(name)} in duration ${goTimeQuote(text)}`;

  if (integer > LIMIT / unit) return invalid(text);
  const fraction = hasPoint ? fractionOf(rest.slice(whole + 1, end), unit) : 0n;
  const nanoseconds = integer * unit + fraction;
  return nanoseconds > LIMIT ? invalid(text) : { nanoseconds, length };
}

function digitsAt(text: string, from: number): number {
  let end = from;
  while (isDigit(text.charCodeAt(end))) end++;
  return end;
}

/** A unit goes on until the next digit or point: `5s 3m` has the unit `s `, which does not exist. */
function unitAt(text: string, from: number): number {
  let end = from;
  while (end < text.length && text.charAt(end) !== '.' && !isDigit(text.charCodeAt(end))) end++;
  return end;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** More digits than the limit has are beyond it; BigInt would take its time over a million of them. */
function integerOf(digits: string): bigint {
  const significant = digits.replace(/^0+/, '');
  if (significant.length > LIMIT_DIGITS) return LIMIT + 1n;
  return significant === '' ? 0n : BigInt(significant);
}

/** Go takes a fraction as float64, and only as many of its digits as fit into an int64. */
function fractionOf(digits: string, unit: bigint): bigint {
  let fraction = 0n;
  let scale = 1;
  for (const digit of digits) {
    if (fraction > (LIMIT - 1n) / 10n) break;
    const next = fraction * 10n + BigInt(digit);
    if (next > LIMIT) break;
    fraction = next;
    scale *= 10;
  }
  return BigInt(Math.trunc(Number(fraction) * (Number(unit) / scale)));
}

function invalid(text: string): string {
  return `time: invalid duration ${goTimeQuote(text)}`;
}

const UTF8 = new TextEncoder();
const PLAIN = /^[ !#-[\]-~\u007f]*$/;

/** The time package quotes in its own way: every byte beyond ASCII, and every control character, as `\x..`. */
function goTimeQuote(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  let result = '"';
  for (const byte of UTF8.encode(text)) {
    if (byte >= 0x80 || byte < 0x20) result += `\\x${byte.toString(16).padStart(2, '0')}`;
    else if (byte === 0x22 || byte === 0x5c) result += `\\${String.fromCharCode(byte)}`;
    else result += String.fromCharCode(byte);
  }
  return `${result}"`;
}

/** Nanoseconds as Go prints them: `1m30s`, `1h0m0s`, `1.5s`, `250ms`, `0s`. */
export function formatDuration(nanoseconds: bigint): string {
  if (nanoseconds < 0n) return `-${formatDuration(-nanoseconds)}`;
  if (nanoseconds === 0n) return '0s';
  if (nanoseconds < MICROSECOND) return `${nanoseconds}ns`;
  if (nanoseconds < MILLISECOND) return `${decimal(nanoseconds, MICROSECOND, 3)}µs`;
  if (nanoseconds < SECOND) return `${decimal(nanoseconds, MILLISECOND, 6)}ms`;

  const seconds = `${decimal(nanoseconds % MINUTE, SECOND, 9)}s`;
  const minutes = nanoseconds / MINUTE;
  if (minutes === 0n) return seconds;
  const hours = minutes / 60n;
  return hours === 0n ? `${minutes}m${seconds}` : `${hours}h${minutes % 60n}m${seconds}`;
}

function decimal(value: bigint, unit: bigint, places: number): string {
  const fraction = value % unit;
  if (fraction === 0n) return String(value / unit);
  return `${value / unit}.${String(fraction).padStart(places, '0').replace(/0+$/, '')}`;
}
