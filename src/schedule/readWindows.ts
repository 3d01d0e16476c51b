/** The windows of a ScalingSchedule's document. */
import { isArray, isObject, type JsonArray, type JsonValue } from '../kubernetes/json.ts';
import { join } from '../kubernetes/pointer.ts';
import { didYouMean } from '../text/nearest.ts';
import { startOfDate } from './calendar.ts';
import { parseCron } from './cron.ts';
import type { Cron, Window } from './model.ts';
import { member, nameOf, type Part, type Problems } from './problems.ts';
import { readLength, readScale } from './values.ts';

const WINDOW = [
  'name',
  'start',
  'end',
  'duration',
  'minScale',
  'maxScale',
  'target',
  'warmUp',
  'holidays',
  'except',
  'only',
];
const HOLIDAYS = ['Skip', 'Only', 'Ignore'];
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

const MOST_WINDOWS = 32;
const LONGEST_NAME = 63;
const MOST_DATES = 366;
const DAY = 86_400_000;
const LONGEST_DURATION = 366 * DAY;
const LONGEST_WARM_UP = DAY;

/** Characters of the windows and holidays of one schedule; who writes more is read afresh. */
const LONGEST_KEPT = 1024;
const KEPT = 4096;

/** Schedules by the thousand share few windows: each list is read once, and held once. */
const known = new Map<string, readonly Window[]>();

/** @param holidays the schedule's, which each window leaves out, waits for or does not heed */
export function readWindows(spec: Part, holidays: readonly string[], problems: Problems): readonly Window[] {
  const text = textFor(spec.object.windows, holidays);
  const before = text === undefined ? undefined : known.get(text);
  if (before !== undefined) return before;
  const told = problems.list.length;
  const windows = readAfresh(spec, holidays, problems);
  // what is wrong is told each time; where very much is, more of it leaves the list as long as it was
  if (text !== undefined && told === 0 && problems.list.length === 0 && known.size < KEPT) known.set(text, windows);
  return windows;
}

/** The same for the same windows alone; undefined where something stands in them that no window has, or too much. */
function textFor(windows: JsonValue | undefined, holidays: readonly string[]): string | undefined {
  if (!isArray(windows) || !windows.every((window) => isObject(window) && Object.values(window).every(isFlat))) {
    return undefined;
  }
  const text = JSON.stringify([windows, holidays]);
  return text.length <= LONGEST_KEPT ? text : undefined;
}

/** Read back from JSON it is the same: numbers that are infinite are not. */
function isFlat(value: JsonValue | undefined): boolean {
  if (isArray(value)) return value.every((item) => typeof item === 'string');
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

function readAfresh(spec: Part, holidays: readonly string[], problems: Problems): Window[] {
  const path = join(spec.path, 'windows');
  const list = problems.items(spec, 'windows');
  if (member(spec.object, 'windows') === undefined || (list.length === 0 && Array.isArray(spec.object.windows))) {
    problems.add(
      spec.path,
      'windows are missing; write windows: [{name: weekdays, start: "0 8 * * 1-5", end: "0 18 * * 1-5", minScale: 10}]',
    );
  }
  if (list.length > MOST_WINDOWS) {
    problems.add(path, `${list.length} windows are more than ${MOST_WINDOWS}, the most that a schedule has`);
    return [];
  }

  const windows: Window[] = [];
  const names = new Set<string>();
  for (const [index, item] of list.entries()) {
    const window = readWindow(item, join(path, index), holidays, problems);
    if (window === undefined) continue;
    if (names.has(window.name)) {
      problems.add(join(path, index, 'name'), `window ${window.name} is there twice; names tell windows apart`);
    }
    names.add(window.name);
    windows.push(window);
  }
  return windows;
}

function readWindow(
  item: JsonValue,
  path: string,
  holidays: readonly string[],
  problems: Problems,
): Window | undefined {
  if (!isObject(item)) {
    problems.add(path, `a window is ${nameOf(item)}, and should be an object with name, start, end and minScale`);
    return undefined;
  }
  const part = { object: item, path };
  problems.known(part, WINDOW);
  const name = readName(part, problems);
  const title = name === undefined ? 'the window' : `window ${name}`;
  const start = readCron(part, 'start', '"0 8 * * 1-5"', problems);
  if (member(item, 'start') === undefined) problems.add(path, `${title} has no start; write start: "0 8 * * 1-5"`);
  const end = readEnd(part, title, problems);
  const scale = readScale(part, title, problems);
  const warmUp = readWarmUp(part, problems);
  const dates = readHolidays(part, title, holidays, problems);
  if (name === undefined || start === undefined || end === undefined) return undefined;
  return { name, start, end, scale, ...dates, warmUp };
}

function readName(part: Part, problems: Problems): string | undefined {
  const name = problems.needed(part, 'name', 'weekdays');
  if (name === undefined || (NAME.test(name) && name.length <= LONGEST_NAME)) return name;
  problems.add(
    join(part.path, 'name'),
    `name is ${nameOf(name)}, and should be lower case letters, digits and dashes, at most ${LONGEST_NAME}, as in business-hours`,
  );
  return undefined;
}

function readCron(part: Part, key: string, example: string, problems: Problems): Cron | undefined {
  const text = problems.text(part, key, example);
  if (text === undefined) return undefined;
  const { cron, problem } = parseCron(text);
  if (problem !== undefined) problems.add(join(part.path, key), problem);
  return cron;
}

/** `end` or `duration`. */
function readEnd(part: Part, title: string, problems: Problems): Cron | number | undefined {
  const hasEnd = member(part.object, 'end') !== undefined;
  const hasDuration = member(part.object, 'duration') !== undefined;
  if (hasEnd && hasDuration) {
    problems.add(join(part.path, 'duration'), `${title} has both an end and a duration; one of them says when it ends`);
    return undefined;
  }
  if (hasEnd) return readCron(part, 'end', '"0 18 * * 1-5"', problems);
  if (!hasDuration) {
    problems.add(part.path, `${title} has no end; write end: "0 18 * * 1-5", or duration: 10h`);
    return undefined;
  }

  const length = readLength(part, 'duration', '10h', problems);
  if (length === undefined || (length > 0 && length <= LONGEST_DURATION)) return length;
  const right = length === 0 ? 'more than none' : 'at most 366 days (8784h)';
  problems.add(join(part.path, 'duration'), `duration is ${nameOf(part.object.duration)}, and should be ${right}`);
  return undefined;
}

function readWarmUp(part: Part, problems: Problems): number {
  const length = readLength(part, 'warmUp', '10m', problems) ?? 0;
  if (length <= LONGEST_WARM_UP) return length;
  problems.add(join(part.path, 'warmUp'), `warmUp is ${nameOf(part.object.warmUp)}, and should be at most 24h`);
  return 0;
}

function readHolidays(
  part: Part,
  title: string,
  holidays: readonly string[],
  problems: Problems,
): Pick<Window, 'only' | 'except'> {
  const only = readDates(problems.items(part, 'only'), join(part.path, 'only'), problems);
  const except = readDates(problems.items(part, 'except'), join(part.path, 'except'), problems);
  const mode = problems.text(part, 'holidays', 'Skip') ?? 'Skip';
  if (!HOLIDAYS.includes(mode)) {
    problems.add(
      join(part.path, 'holidays'),
      `holidays is ${nameOf(mode)}, and should be Skip (the window does not hold on them), Only or Ignore${didYouMean(mode, HOLIDAYS)}`,
    );
  }
  if (mode === 'Only' && holidays.length === 0) {
    problems.add(join(part.path, 'holidays'), `${title} holds on holidays only, and spec.holidays names none`);
  }
  if (mode === 'Only') return { only: union(only, holidays), except };
  return { only, except: mode === 'Skip' ? union(except, holidays) : except };
}

/** What YAML's readers make of a date without quotes. */
const MIDNIGHT = /T00:00:00Z$/;

/** Dates as `2026-12-25`. */
export function readDates(list: JsonArray, path: string, problems: Problems): string[] {
  if (list.length > MOST_DATES) {
    problems.add(
      path,
      `${list.length} dates are more than ${MOST_DATES}, the most that a list has; leave out those that have passed`,
    );
    return [];
  }
  const dates = new Set<string>();
  for (const [index, item] of list.entries()) {
    const date = typeof item === 'string' ? item.replace(MIDNIGHT, '') : '';
    if (startOfDate(date) !== undefined) dates.add(date);
    else problems.add(join(path, index), `${nameOf(item)} is no date; write it as "2026-12-25"`);
  }
  return [...dates];
}

function union(left: readonly string[], right: readonly string[]): string[] {
  return [...new Set([...left, ...right])];
}
