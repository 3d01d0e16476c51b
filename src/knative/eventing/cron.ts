/**
 * Cron expressions as Kubernetes' CronJob and Knative's PingSource read them: github.com/robfig/cron v3 parser.go, with
 * its own sentences. Names of months and weekdays, ranges, steps, `@hourly` and a `CRON_TZ=` in front are understood;
 * Sunday is 0 and never 7.
 */
import { parseDuration } from '../duration.ts';

/** The values at which a field matches. */
export interface CronField {
  readonly values: ReadonlySet<number>;
  /** Written as `*` or `?`: day of month and day of week then both have to match, otherwise one of them is enough. */
  readonly isAny: boolean;
}

export interface CronTimes {
  readonly second: CronField;
  readonly minute: CronField;
  readonly hour: CronField;
  readonly dayOfMonth: CronField;
  readonly month: CronField;
  readonly dayOfWeek: CronField;
}

export type ParsedCron =
  | {
      readonly ok: true;
      /** From `CRON_TZ=` or `TZ=`; undefined where the text names none. */
      readonly zone: string | undefined;
      /** Undefined for `@every`, which counts from the start of whoever runs it. */
      readonly times: CronTimes | undefined;
    }
  /** The library's whole sentence, such as `expected exactly 5 fields, found 4: [* * * *]`. */
  | { readonly ok: false; readonly reason: string };

/** `optional`: a sixth field in front may count seconds, as in a PingSource; a CronJob has five fields. */
export type Seconds = 'none' | 'optional';

interface Range {
  readonly min: number;
  readonly max: number;
  readonly names?: ReadonlyMap<string, number>;
}

const MONTHS = names('jan feb mar apr may jun jul aug sep oct nov dec', 1);
const WEEKDAYS = names('sun mon tue wed thu fri sat', 0);

const SECOND: Range = { min: 0, max: 59 };
const MINUTE: Range = { min: 0, max: 59 };
const HOUR: Range = { min: 0, max: 23 };
const DAY_OF_MONTH: Range = { min: 1, max: 31 };
const MONTH: Range = { min: 1, max: 12, names: MONTHS };
const DAY_OF_WEEK: Range = { min: 0, max: 6, names: WEEKDAYS };

const DESCRIPTORS: ReadonlyMap<string, string> = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
]);

const LONGEST = 512;

/** A cluster's sources come at few times. */
const MOST_KNOWN = 256;
const known: Readonly<Record<Seconds, Map<string, ParsedCron>>> = { none: new Map(), optional: new Map() };

/** Reads `0 8 * * 1-5`, `@daily`, `CRON_TZ=Europe/Lisbon 30 6 * * MON`. */
export function parseCron(text: string, seconds: Seconds = 'none'): ParsedCron {
  if (text.length > LONGEST) return refused(`a schedule of ${text.length} characters is none`);
  const before = known[seconds].get(text);
  if (before !== undefined) return before;
  const parsed = parse(text, seconds);
  if (known[seconds].size >= MOST_KNOWN) known[seconds].clear();
  known[seconds].set(text, parsed);
  return parsed;
}

function parse(text: string, seconds: Seconds): ParsedCron {
  if (text.length === 0) return refused('empty spec string');

  let spec = text;
  let zone: string | undefined;
  if (spec.startsWith('TZ=') || spec.startsWith('CRON_TZ=')) {
    const space = spec.indexOf(' ');
    zone = spec.slice(spec.indexOf('=') + 1, space < 0 ? spec.length : space);
    if (!isTimeZone(zone)) return refused(`provided bad location ${zone}: unknown time zone ${zone}`);
    spec = space < 0 ? '' : spec.slice(space).trim();
  }
  if (spec.startsWith('@')) return parseDescriptor(spec, zone);

  const fields = spec.split(/\s+/).filter((field) => field !== '');
  const most = seconds === 'optional' ? 6 : 5;
  if (fields.length < 5 || fields.length > most) {
    const wanted = most === 5 ? 'exactly 5' : '5 to 6';
    return refused(`expected ${wanted} fields, found ${fields.length}: [${fields.join(' ')}]`);
  }
  return parseFields(fields.length === 5 ? ['0', ...fields] : fields, zone);
}

function parseDescriptor(spec: string, zone: string | undefined): ParsedCron {
  const fields = DESCRIPTORS.get(spec);
  if (fields !== undefined) return parseFields(['0', ...fields.split(' ')], zone);
  if (!spec.startsWith('@every ')) return refused(`unrecognized descriptor: ${spec}`);

  const every = spec.slice('@every '.length);
  const duration = parseDuration(every);
  if (!duration.ok) return refused(`failed to parse duration ${spec}: ${duration.reason}`);
  return { ok: true, zone, times: undefined };
}

function parseFields(fields: readonly string[], zone: string | undefined): ParsedCron {
  const [second = '', minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = ''] = fields;
  try {
    const times = {
      second: parseField(second, SECOND),
      minute: parseField(minute, MINUTE),
      hour: parseField(hour, HOUR),
      dayOfMonth: parseField(dayOfMonth, DAY_OF_MONTH),
      month: parseField(month, MONTH),
      dayOfWeek: parseField(dayOfWeek, DAY_OF_WEEK),
    };
    return { ok: true, zone, times };
  } catch (error) {
    if (error instanceof CronError) return refused(error.message);
    throw error;
  }
}

class CronError extends Error {}

function parseField(field: string, range: Range): CronField {
  const values = new Set<number>();
  let isAny = false;
  for (const part of field.split(',')) {
    if (part === '') continue;
    if (addPart(values, part, range)) isAny = true;
  }
  return { values, isAny };
}

/** Adds what `number`, `number-number` or either with `/step` stands for; true where it is a whole `*`. */
function addPart(values: Set<number>, part: string, range: Range): boolean {
  const [bounds = '', stepText, ...moreSteps] = part.split('/');
  const [low = '', high, ...moreBounds] = bounds.split('-');
  const isStar = low === '*' || low === '?';

  let start = range.min;
  let end = range.max;
  if (!isStar) {
    start = numberOrName(low, range);
    end = high === undefined ? start : numberOrName(high, range);
    if (moreBounds.length > 0) throw new CronError(`too many hyphens: ${part}`);
  }

  let step = 1;
  if (stepText !== undefined) {
    if (moreSteps.length > 0) throw new CronError(`too many slashes: ${part}`);
    step = natural(stepText);
    if (high === undefined) end = range.max;
  }

  if (start < range.min) throw new CronError(`beginning of range (${start}) below minimum (${range.min}): ${part}`);
  if (end > range.max) throw new CronError(`end of range (${end}) above maximum (${range.max}): ${part}`);
  if (start > end) throw new CronError(`beginning of range (${start}) beyond end of range (${end}): ${part}`);
  if (step === 0) throw new CronError(`step of range should be a positive number: ${part}`);
  for (let value = start; value <= end; value += step) values.add(value);
  return isStar && step === 1;
}

function numberOrName(text: string, range: Range): number {
  return range.names?.get(text.toLowerCase()) ?? natural(text);
}

const INTEGER = /^[+-]?[0-9]+$/;

function natural(text: string): number {
  if (!INTEGER.test(text)) {
    throw new CronError(
      `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  }
  const value = Number(text);
  if (value < 0) throw new CronError(`negative number (${value}) not allowed: ${text}`);
  return value;
}

const zones = new Map<string, boolean>([
  ['', true],
  ['UTC', true],
  ['Local', true],
]);
const ZONES_KEPT = 2048;

/** True where the tz database knows the name; an offset such as `+01:00` is none. */
export function isTimeZone(name: string): boolean {
  const known = zones.get(name);
  if (known !== undefined) return known;

  const isKnown = ZONE_NAME.test(name) && name.length <= 64 && formats(name);
  if (zones.size < ZONES_KEPT) zones.set(name, isKnown);
  return isKnown;
}

/** Intl takes any case, and offsets; Go looks for a file of exactly this name. */
const ZONE_NAME = /^[A-Z][A-Za-z0-9+_-]*(\/[A-Z][A-Za-z0-9+_-]*)*$/;

function formats(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}

function refused(reason: string): ParsedCron {
  return { ok: false, reason };
}

function names(list: string, first: number): ReadonlyMap<string, number> {
  return new Map(list.split(' ').map((name, index) => [name, first + index]));
}
