/** The days of a schedule as text: one row a day, blocks by the hour, the min-scale where it changes. Pure. */
import { endOfDay, startOfDay } from '../../schedule/calendar.ts';
import type { Interval, ScalingSchedule } from '../../schedule/model.ts';
import type { Zone } from '../../schedule/zones.ts';
import type { Colors } from '../io.ts';
import type { Author } from './author.ts';
import { podHours } from './podHours.ts';
import { dayText, localText, MINUTE, offsetText } from './times.ts';
import { authorText, causeText, heldText, targetText, titleText, windowText } from './words.ts';

export interface Drawing {
  readonly schedule: ScalingSchedule;
  readonly zone: Zone;
  /** Without gaps. */
  readonly intervals: readonly Interval[];
  /** What holds where the schedule holds nothing, where that is known. */
  readonly author: Author | undefined;
  /** What of the values below the drawing is not held as it is written. */
  readonly cuts: readonly string[];
  readonly now: Date;
  /** Of the terminal; undefined where there is none. */
  readonly columns: number | undefined;
  readonly colors: Colors;
}

/** `▸ Mon 2026-11-23  ` */
const LABEL = 18;
/** `  1234 ` */
const COST = 8;
const USUAL_COLUMNS = 80;
/** More than 15 minutes a block says nothing more. */
const MOST_PER_HOUR = 4;

export function draw(drawing: Drawing): string {
  const { schedule, zone, intervals, columns = USUAL_COLUMNS } = drawing;
  const first = intervals[0];
  const last = intervals.at(-1);
  if (first === undefined || last === undefined) return '';
  const perHour = Math.max(1, Math.min(MOST_PER_HOUR, Math.floor((columns - LABEL - COST) / 24)));
  const total = podHours(intervals, drawing.author?.scale);

  const rows: string[] = [];
  const notes: string[] = [];
  const end = zone.reachedBy(last.to.getTime() - 1);
  for (let day = startOfDay(zone.reachedBy(first.from.getTime())); day <= end; day = endOfDay(day)) {
    const row = rowOf(day, perHour, total.highest, drawing);
    rows.push(row.text);
    if (row.note !== undefined) notes.push(row.note);
  }

  if (isCrowded(intervals, 60 / perHour)) {
    notes.push(`a block is ${60 / perHour} minutes; where more changes within one, it shows one of the values`);
  }

  const { bold, dim } = drawing.colors;
  const title = `${bold(titleText(schedule))} · ${targetText(schedule.target)} · ${schedule.timeZone} (${offsetText(first.from, zone)})`;
  return [
    title,
    '',
    dim(scaleOfHours(perHour)),
    ...rows,
    ...notes,
    '',
    ...legend(drawing),
    '',
    ...cutLines(drawing),
    ...footer(drawing),
  ]
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

/** Every third hour, and above the last column what it counts. */
function scaleOfHours(perHour: number): string {
  const step = perHour === 1 ? 6 : 3;
  let line = ' '.repeat(LABEL);
  for (let hour = 0; hour < 24; hour += step)
    line += String(hour)
      .padStart(2, '0')
      .padEnd(step * perHour);
  return `${line}pod-hours`;
}

/** Whether a block of so many minutes can have two whole intervals in it, of which it can show one. */
function isCrowded(intervals: readonly Interval[], minutes: number): boolean {
  return intervals.some(({ from }, index) => {
    const next = intervals[index + 1];
    return next !== undefined && next.to.getTime() - from.getTime() <= minutes * MINUTE;
  });
}

interface Cell {
  readonly text: string;
  readonly interval: Interval | undefined;
}

function rowOf(
  day: number,
  perHour: number,
  highest: number,
  { zone, intervals, author, now, colors }: Drawing,
): { text: string; note: string | undefined } {
  const begin = zone.momentOf(day);
  const end = zone.momentOf(endOfDay(day));
  const within = cut(intervals, begin, end);
  const cells = cellsOf(day, perHour, zone, within);

  let blocks = '';
  for (let index = 0; index < cells.length; ) {
    let next = index + 1;
    while (next < cells.length && cells[next]?.interval === cells[index]?.interval) next++;
    blocks += segment(cells[index]?.interval, next - index, highest, author, colors);
    index = next;
  }

  const isToday = begin <= now.getTime() && now.getTime() < end;
  const turned = zone.transitions(begin - 1, end - 1)[0];
  const label = `${isToday ? '▸' : ' '} ${dayText(day)}${turned === undefined ? '  ' : ' *'}`;
  const cost = Math.round(podHours(within, author?.scale).scheduled);
  const note =
    turned === undefined
      ? undefined
      : colors.dim(
          `* ${dayText(day)} has ${(end - begin) / (60 * MINUTE)} hours: the clock goes from ${clock(turned.at + turned.before)} to ${clock(turned.at + turned.after)}`,
        );
  const shown = isToday ? colors.bold(label) : /^. S/.test(label) ? colors.dim(label) : label;
  return { text: `${shown.padEnd(LABEL + shown.length - label.length)}${blocks}${String(cost).padStart(COST)}`, note };
}

function clock(local: number): string {
  return new Date(local).toISOString().slice(11, 16);
}

function cut(intervals: readonly Interval[], begin: number, end: number): Interval[] {
  const found: Interval[] = [];
  for (const { from, to, state } of intervals) {
    const first = Math.max(from.getTime(), begin);
    const last = Math.min(to.getTime(), end);
    if (first < last) found.push({ from: new Date(first), to: new Date(last), state });
  }
  return found;
}

/** What holds in the middle of each block; an hour that the clock skips has none, and a doubled one is shown once. */
function cellsOf(day: number, perHour: number, zone: Zone, within: readonly Interval[]): Cell[] {
  const length = 60 / perHour;
  const cells: Cell[] = [];
  for (let index = 0; index < 24 * perHour; index++) {
    const local = day + index * length;
    const begin = zone.momentOf(local);
    const end = zone.momentOf(local + length);
    const middle = (begin + end) / 2;
    // what is shorter than a block would not be seen
    const short = within.find(({ from, to }) => from.getTime() > begin && to.getTime() < end);
    const held = within.find(({ from, to }) => from.getTime() <= middle && middle < to.getTime());
    cells.push({ text: '', interval: begin === end ? undefined : (short ?? held) });
  }
  return cells;
}

function segment(
  interval: Interval | undefined,
  length: number,
  highest: number,
  author: Author | undefined,
  colors: Colors,
): string {
  if (interval === undefined) return ' '.repeat(length);
  const { cause, scale } = interval.state;
  const value = scale?.minScale ?? author?.scale.minScale;
  const label = value === undefined ? '?' : `${value}`;
  const text = (label.length <= length ? label : '').padEnd(length, block(value, highest));
  if (cause === 'window') return colors.green(text);
  return cause === 'override' ? colors.yellow(text) : colors.dim(text);
}

function block(value: number | undefined, highest: number): string {
  if (value === undefined || value === 0 || highest === 0) return '·';
  const share = value / highest;
  if (share === 1) return '█';
  return share > 0.5 ? '▓' : share > 0.25 ? '▒' : '░';
}

/** Each thing that may hold, with its values and when it does. */
function legend({ schedule, intervals, author, zone, colors }: Drawing): string[] {
  const lines: (readonly [string, string, string])[] = schedule.windows.map((window) => [
    causeText({ cause: 'window', window: window.name }),
    heldText(window.scale),
    windowText(window),
  ]);
  const { override, until, isSuspended, fallback } = schedule;
  const causes = new Set(intervals.map(({ state }) => state.cause));
  if (override !== undefined && causes.has('override')) {
    lines.push(['override', heldText(override.scale), `until ${localText(override.until, zone)}`]);
  }
  if (fallback !== undefined) lines.push(['default', heldText(fallback), 'outside of the windows']);
  const authors = authorsText(author);
  if (causes.has('author')) lines.push(['no window', authors, '']);
  if (isSuspended) lines.push(['suspended', authors, 'spec.suspend is true']);
  if (until !== undefined && causes.has('ended')) lines.push(['ended', authors, `since ${localText(until, zone)}`]);

  const widths = [0, 1].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines.map(([name, values, when]) => {
    return `${name.padEnd(widths[0] ?? 0)}  ${values.padEnd(widths[1] ?? 0)}  ${colors.dim(when)}`;
  });
}

function cutLines({ cuts }: Drawing): string[] {
  return cuts.length === 0 ? [] : [...cuts, ''];
}

function authorsText(author: Author | undefined): string {
  if (author === undefined) return 'what the author wrote';
  return author.filledInBy === undefined ? `the author's ${authorText(author)}` : authorText(author);
}

function footer({ intervals, author }: Drawing): string[] {
  const { scheduled, always, highest, hasUnknown } = podHours(intervals, author?.scale);
  const unknown = hasUnknown ? ['the author’s own min-scale is not known here (?), and counts as none'] : [];
  if (always === 0) return [...unknown, 'no pod is kept at any time'];
  const share = Math.round((1 - scheduled / always) * 100);
  const compared = share === 0 ? 'as much' : `${share} % less`;
  return [
    ...unknown,
    `${number(scheduled)} pod-hours, against ${number(always)} with min-scale ${highest} at all times: ${compared}`,
  ];
}

function number(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
