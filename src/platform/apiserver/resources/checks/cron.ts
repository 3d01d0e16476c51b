/** Cron schedules as CronJobs take them: github.com/robfig/cron/v3 parser.go, ParseStandard. */

interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const FIELDS: readonly Bounds[] = [
  { least: 0, most: 59 },
  { least: 0, most: 23 },
  { least: 1, most: 31 },
  { least: 1, most: 12, names: MONTHS },
  { least: 0, most: 6, names: DAYS },
];
const DESCRIPTORS = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];

/** What is wrong with a schedule, in the parser's words; undefined where nothing is. */
export function scheduleFault(schedule: string): string | undefined {
  const spec = schedule.replace(/^(CRON_)?TZ=\S*\s*/, '');
  if (spec.startsWith('@')) return descriptorFault(spec);

  const fields = spec.split(/\s+/).filter((field) => field !== '');
  if (fields.length !== FIELDS.length) {
    return `expected exactly ${FIELDS.length} fields, found ${fields.length}: [${fields.join(' ')}]`;
  }
  for (const [index, field] of fields.entries()) {
    const bounds = FIELDS[index];
    for (const part of field.split(',')) {
      const fault = bounds === undefined ? undefined : rangeFault(part, bounds);
      if (fault !== undefined) return fault;
    }
  }
  return undefined;
}

function descriptorFault(spec: string): string | undefined {
  if (DESCRIPTORS.includes(spec)) return undefined;
  if (spec.startsWith('@every ')) {
    const duration = spec.slice('@every '.length);
    if (/^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$/.test(duration)) return undefined;
    return `failed to parse duration ${spec}: time: invalid duration "${duration}"`;
  }
  return `unrecognized descriptor: ${spec}`;
}

function rangeFault(part: string, { least, most, names = [] }: Bounds): string | undefined {
  const [range = '', step, ...more] = part.split('/');
  const [low = '', high, ...further] = range.split('-');
  const isAll = low === '*' || low === '?';
  const start = isAll ? least : numberIn(low, names);
  if (start === undefined) return notNumber(low);
  if (further.length > 0) return `too many hyphens: ${part}`;
  let end = isAll ? most : start;
  if (high !== undefined && !isAll) {
    const value = numberIn(high, names);
    if (value === undefined) return notNumber(high);
    end = value;
  }
  if (more.length > 0) return `too many slashes: ${part}`;
  const each = step === undefined ? 1 : numberIn(step, []);
  if (each === undefined) return notNumber(step ?? '');
  if (step !== undefined && high === undefined) end = most;

  if (start < least) return `beginning of range (${start}) below minimum (${least}): ${part}`;
  if (end > most) return `end of range (${end}) above maximum (${most}): ${part}`;
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${part}`;
  return each === 0 ? `step of range should be a positive number: ${part}` : undefined;
}

function numberIn(text: string, names: readonly string[]): number | undefined {
  const named = names.indexOf(text.toLowerCase());
  if (named >= 0) return names === MONTHS ? named + 1 : named;
  return /^[0-9]{1,9}$/.test(text) ? Number(text) : undefined;
}

function notNumber(text: string): string {
  return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
}
