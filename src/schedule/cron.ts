/**
 * Cron expressions as Kubernetes' CronJob reads them: five fields; names of months and weekdays, lists, ranges, steps,
 * `?` and `@daily`. Facts from robfig/cron v3, parser.go and spec.go: Sunday is 0 and never 7; `7/2` runs to the end of
 * the field; where day of month and day of week are both restricted, either is enough, and only a whole `*` or `?`
 * restricts nothing: with a step it does.
 */
import { didYouMean } from '../text/nearest.ts';
import { nextMatch } from './calendar.ts';
import type { Cron } from './model.ts';

export type ParsedCron =
  | { readonly cron: Cron; readonly problem?: undefined }
  /** A sentence: what is wrong, and what would be right. */
  | { readonly cron?: undefined; readonly problem: string };

interface Field {
  readonly title: string;
  readonly least: number;
  readonly most: number;
  /** The first name stands for `least`. */
  readonly names: readonly string[];
}

interface Values {
  readonly values: ReadonlySet<number>;
  /** A whole `*` is in it. */
  readonly isAny: boolean;
}

const FIELDS: readonly [Field, Field, Field, Field, Field] = [
  { title: 'minute', least: 0, most: 59, names: [] },
  { title: 'hour', least: 0, most: 23, names: [] },
  { title: 'day of month', least: 1, most: 31, names: [] },
  { title: 'month', least: 1, most: 12, names: 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ') },
  { title: 'day of week', least: 0, most: 6, names: 'sun mon tue wed thu fri sat'.split(' ') },
];

const DESCRIPTORS: ReadonlyMap<string, string> = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
]);

const LONGEST = 256;
const KEPT = 4096;

/** Schedules by the thousand share few expressions: each is read once. */
const known = new Map<string, ParsedCron>();

/** Reads `0 8 * * 1-5`, `0,30 6-9 * * mon,fri`, `@daily`. */
export function parseCron(text: string): ParsedCron {
  const before = known.get(text);
  if (before !== undefined) return before;
  const parsed = read(text);
  if (known.size < KEPT && text.length <= LONGEST) known.set(text, parsed);
  return parsed;
}

class CronError extends Error {}

function read(text: string): ParsedCron {
  try {
    const cron = readFields(text);
    if (nextMatch(cron, 0) !== undefined) return { cron };
    return { problem: `"${text}" never comes: no month that it names has such a day` };
  } catch (error) {
    if (error instanceof CronError) return { problem: error.message };
    throw error;
  }
}

function readFields(text: string): Cron {
  const fields = fieldsOf(text);
  const [minute, hour, dayOfMonth, month, dayOfWeek] = FIELDS.map((field, index) =>
    readField(fields[index] ?? '', field),
  );
  if (!minute || !hour || !dayOfMonth || !month || !dayOfWeek) throw new CronError(`"${text}" is no cron expression`);
  return {
    text,
    minutes: ascending(minute.values),
    hours: ascending(hour.values),
    daysOfMonth: dayOfMonth.values,
    months: month.values,
    daysOfWeek: dayOfWeek.values,
    matchesEitherDay: !dayOfMonth.isAny && !dayOfWeek.isAny,
  };
}

function fieldsOf(text: string): string[] {
  if (text.length > LONGEST) throw new CronError(`a cron expression of ${text.length} characters is none`);
  const spec = text.trim();
  if (/^(CRON_)?TZ=/.test(spec)) {
    throw new CronError(`"${text}" names a time zone; write it into spec.timeZone, for all windows alike`);
  }
  if (spec.startsWith('@every')) {
    throw new CronError(
      `"${text}" counts from when a program started; name the minutes and hours, as in "*/30 * * * *"`,
    );
  }
  const descriptor = DESCRIPTORS.get(spec);
  if (descriptor !== undefined) return descriptor.split(' ');
  if (spec.startsWith('@')) throw new CronError(`"${text}" is unknown${didYouMean(spec, DESCRIPTORS.keys())}`);

  const fields = spec.split(/\s+/).filter((field) => field !== '');
  if (fields.length === FIELDS.length) return fields;
  throw new CronError(
    `"${text}" has ${fields.length} ${fields.length === 1 ? 'field' : 'fields'}, and a cron expression has 5: minute, hour, day of month, month, day of week, as in "0 8 * * 1-5"`,
  );
}

function readField(text: string, field: Field): Values {
  const values = new Set<number>();
  let isAny = false;
  for (const part of text.split(',')) {
    if (part !== '' && addPart(values, part, field)) isAny = true;
  }
  if (values.size === 0) throw new CronError(`${field.title} "${text}" names nothing; write * for any`);
  return { values, isAny };
}

/** Adds what `value`, `value-value`, `*` or each with `/step` stands for; true where it is a whole `*`. */
function addPart(values: Set<number>, part: string, field: Field): boolean {
  const { title, least, most } = field;
  const [bounds = '', stepText, ...moreSteps] = part.split('/');
  const [low = '', high, ...moreBounds] = bounds.split('-');
  const isStar = low === '*' || low === '?';
  if (moreSteps.length > 0 || (!isStar && moreBounds.length > 0)) {
    throw new CronError(`${title} "${part}" is no range; write it as in "${least}-${most}/2"`);
  }

  const start = isStar ? least : numberOf(low, part, field);
  let end = isStar ? most : high === undefined ? start : numberOf(high, part, field);
  if (stepText !== undefined && high === undefined) end = most;
  const step = stepText === undefined ? 1 : Number(/^\+?\d{1,9}$/.test(stepText) ? stepText : 0);
  if (step === 0) throw new CronError(`${title} "${part}" steps by "${stepText}"; a step is a number from 1 on`);
  if (start > end) {
    throw new CronError(`${title} "${part}" ends before it begins; write it as "${low}-${most},${least}-${high}"`);
  }
  for (let value = start; value <= end; value += step) values.add(value);
  return isStar && step === 1;
}

function numberOf(text: string, part: string, { title, least, most, names }: Field): number {
  const named = names.indexOf(text.toLowerCase());
  if (named >= 0) return least + named;

  const value = /^\+?\d{1,9}$/.test(text) ? Number(text) : undefined;
  if (value !== undefined && value >= least && value <= most) return value;
  const range = `${least} to ${most}${names.length === 0 ? '' : ` or ${names[0]} to ${names.at(-1)}`}`;
  const hint = value === 7 && most === 6 ? '; Sunday is 0' : value === undefined ? didYouMean(text, names) : '';
  const where = part === text ? '' : ` in "${part}"`;
  throw new CronError(`${title} "${text}"${where} is not within ${range}${hint}`);
}

function ascending(values: ReadonlySet<number>): number[] {
  return [...values].sort((left, right) => left - right);
}
