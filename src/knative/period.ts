/**
 * ISO 8601 durations as Knative Eventing reads them in `delivery.backoffDelay`, `timeout` and `retryAfterMax`: with
 * github.com/rickb777/date v1.13.0, package period (knative/eventing pkg/apis/duck/v1/delivery_types.go).
 *
 * That reader has limits of its own, which are kept here because they decide what a delivery waits: each part keeps one
 * decimal place only (`PT0.25S` waits 0.2 s), counts in an int16 of tenths and wraps around beyond 3276, and
 * a year is 365.2425 days.
 */

export type ParsedPeriod =
  | {
      readonly ok: true;
      /** How long it is, as Go's time.Duration would hold it; beyond 292 years it has wrapped around. */
      readonly nanoseconds: bigint;
      readonly seconds: number;
      /** A delivery timeout must not be zero. */
      readonly isZero: boolean;
      /** Retry-After's maximum must not be negative. */
      readonly isNegative: boolean;
      /** A part had more than one decimal place, and what followed was dropped. */
      readonly isTruncated: boolean;
    }
  | { readonly ok: false; readonly reason: string };

interface Fields {
  readonly years: bigint;
  readonly months: bigint;
  readonly days: bigint;
  readonly hours: bigint;
  readonly minutes: bigint;
  readonly seconds: bigint;
}

/** Reads `PT5S`, `P1DT12H`, `-PT0.5S`. A Go duration such as `5s` or `30m` is refused. */
export function parsePeriod(text: string): ParsedPeriod {
  if (text === 'P0') return periodOf(ZERO_FIELDS, false);
  const isNegative = text.startsWith('-');
  const unsigned = isNegative || text.startsWith('+') ? text.slice(1) : text;
  if (!unsigned.startsWith('P')) return refused(text);

  const body = unsigned.slice(1);
  const t = body.indexOf('T');
  const date = readParts(t < 0 ? body : body.slice(0, t), 'YMWD');
  const time = readParts(t < 0 ? '' : body.slice(t + 1), 'HMS');
  if (date === undefined || time === undefined || date.count + time.count === 0) return refused(text);

  const fields = normalised(
    {
      years: date.tenths('Y'),
      months: date.tenths('M'),
      days: int64(date.tenths('W') * 7n + date.tenths('D')),
      hours: time.tenths('H'),
      minutes: time.tenths('M'),
      seconds: time.tenths('S'),
    },
    isNegative,
  );
  return periodOf(fields, date.isTruncated || time.isTruncated);
}

const ZERO_FIELDS: Fields = { years: 0n, months: 0n, days: 0n, hours: 0n, minutes: 0n, seconds: 0n };

function refused(text: string): ParsedPeriod {
  return { ok: false, reason: `${JSON.stringify(text)} is no ISO 8601 duration such as PT5S, PT0.5S or P1DT12H` };
}

interface Parts {
  readonly count: number;
  readonly isTruncated: boolean;
  tenths(marker: string): bigint;
}

/** The numbers in front of each marker, in the markers' order; undefined where one is no number or something is left. */
function readParts(text: string, markers: string): Parts | undefined {
  const values = new Map<string, bigint>();
  let isTruncated = false;
  let rest = text;
  for (const marker of markers) {
    const end = rest.indexOf(marker);
    if (end <= 0) continue;
    const part = readTenths(rest.slice(0, end));
    if (part === undefined) return undefined;
    values.set(marker, part.tenths);
    isTruncated ||= part.isTruncated;
    rest = rest.slice(end + 1);
  }
  if (rest !== '') return undefined;
  return { count: values.size, isTruncated, tenths: (marker) => values.get(marker) ?? 0n };
}

const INTEGER = /^[+-]?[0-9]{1,19}$/;
const MAX_INT64 = 2n ** 63n - 1n;

/** A number as tenths. The first digit behind the point (or comma) is all that counts; what follows is not even read. */
function readTenths(text: string): { tenths: bigint; isTruncated: boolean } | undefined {
  const point = text.includes('.') ? text.indexOf('.') : text.indexOf(',');
  const whole = point < 0 ? text : text.slice(0, point);
  const decimals = point < 0 ? '' : text.slice(point + 1);
  const digits = whole + (decimals === '' ? '0' : decimals.charAt(0));
  if (!INTEGER.test(withoutLeadingZeros(digits))) return undefined;

  const tenths = BigInt(digits.replace(/^\+/, ''));
  if (tenths > MAX_INT64 || tenths < -MAX_INT64 - 1n) return undefined;
  return { tenths, isTruncated: /[1-9]/.test(decimals.slice(1)) };
}

function withoutLeadingZeros(digits: string): string {
  return digits.replace(/^([+-]?)0+(?=[0-9])/, '$1');
}

/** Moves whole minutes, hours and years up and fractions down, then cuts each part to an int16, as the library does. */
function normalised(given: Fields, isSigned: boolean): Fields {
  let negative = isSigned;
  let { years, months, days, hours, minutes, seconds } = given;
  if (!negative) {
    negative = [years, months, days, hours, minutes, seconds].some((field) => field < 0n);
    years = size(years);
    months = size(months);
    days = size(days);
    hours = size(hours);
    minutes = size(minutes);
    seconds = size(seconds);
  }

  minutes += (seconds / 600n) * 10n;
  seconds %= 600n;
  hours += (minutes / 600n) * 10n;
  minutes %= 600n;
  if (hours > 32204n) {
    days += (hours / 240n) * 10n;
    hours %= 240n;
  }
  if (days > 32760n) {
    const scaled = int64(days * 1_000_000n);
    months += scaled / MONTH_DAYS_E6;
    days = (scaled % MONTH_DAYS_E6) / 1_000_000n;
  }
  years += (months / 120n) * 10n;
  months %= 120n;

  if (years % 10n !== 0n && (months !== 0n || days !== 0n || hours !== 0n || minutes !== 0n || seconds !== 0n)) {
    months += (years % 10n) * 12n;
    years -= years % 10n;
  }
  if (months % 10n !== 0n && (days !== 0n || hours !== 0n || minutes !== 0n || seconds !== 0n)) {
    days += ((months % 10n) * MONTH_DAYS_E6) / 1_000_000n;
    months -= months % 10n;
  }
  if (days % 10n !== 0n && (hours !== 0n || minutes !== 0n || seconds !== 0n)) {
    hours += (days % 10n) * 24n;
    days -= days % 10n;
  }
  if (hours % 10n !== 0n && (minutes !== 0n || seconds !== 0n)) {
    minutes += (hours % 10n) * 60n;
    hours -= hours % 10n;
  }
  if (minutes % 10n !== 0n && seconds !== 0n) {
    seconds += (minutes % 10n) * 60n;
    minutes -= minutes % 10n;
  }

  const sign = negative ? -1n : 1n;
  return {
    years: int16(years * sign),
    months: int16(months * sign),
    days: int16(days * sign),
    hours: int16(hours * sign),
    minutes: int16(minutes * sign),
    seconds: int16(seconds * sign),
  };
}

const MONTH_DAYS_E6 = 30_436_875n;
const YEAR_DAYS_E6 = 365_242_500n;

function periodOf(fields: Fields, isTruncated: boolean): ParsedPeriod {
  const days = fields.years * YEAR_DAYS_E6 + fields.months * MONTH_DAYS_E6 + fields.days * 1_000_000n;
  const tenths = fields.hours * 3600n + fields.minutes * 60n + fields.seconds;
  // A ten-millionth of a day is 8640 µs.
  const nanoseconds = int64(days * 8_640_000n + tenths * 100_000_000n);

  const all = [fields.years, fields.months, fields.days, fields.hours, fields.minutes, fields.seconds];
  return {
    ok: true,
    nanoseconds,
    seconds: Number(nanoseconds) / 1e9,
    isZero: all.every((field) => field === 0n),
    isNegative: all.some((field) => field < 0n),
    isTruncated,
  };
}

function size(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function int16(value: bigint): bigint {
  return BigInt.asIntN(16, value);
}

function int64(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}
