/** Random windows against somebody who looks at the clock each minute and remembers what came last. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import type { Cron, ScalingSchedule, Window } from '../../src/schedule/model.ts';
import { intervals, stateAt } from '../../src/schedule/state.ts';
import { aSchedule } from './builders.ts';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

/** Around each of them the clock of some zone is turned: by an hour, by half an hour, at midnight, by a whole day. */
const PLACES: readonly (readonly [zone: string, near: string])[] = [
  ['Europe/Lisbon', '2026-03-29'],
  ['Europe/Lisbon', '2026-10-25'],
  ['Australia/Lord_Howe', '2026-04-04'],
  ['Australia/Lord_Howe', '2026-10-03'],
  ['America/Santiago', '2026-09-06'],
  ['America/Santiago', '2026-04-05'],
  ['Africa/Casablanca', '2026-03-22'],
  ['Pacific/Apia', '2011-12-30'],
  ['America/New_York', '2026-11-01'],
  ['Asia/Kathmandu', '2026-07-01'],
  ['Africa/Cairo', '2026-04-24'],
];

const field = (least: number, most: number, singles: number) =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant('*') },
    {
      weight: 3,
      arbitrary: fc
        .array(fc.integer({ min: least, max: most }), { minLength: 1, maxLength: singles })
        .map((values) => values.join(',')),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }))
        .map(([one, other]) => `${Math.min(one, other)}-${Math.max(one, other)}`),
    },
    { weight: 1, arbitrary: fc.integer({ min: 2, max: 12 }).map((step) => `*/${step}`) },
  );

const cron = fc
  .tuple(field(0, 59, 3), field(0, 4, 3), field(1, 31, 6), fc.constant('*'), field(0, 6, 3))
  .map((fields) => fields.join(' '));

const dates = (near: string) =>
  fc.array(
    fc.integer({ min: -3, max: 3 }).map((days) => new Date(Date.parse(near) + days * DAY).toISOString().slice(0, 10)),
    { maxLength: 3 },
  );

const window = (near: string) =>
  fc.record(
    {
      start: cron,
      end: cron,
      duration: fc.constantFrom('1m', '17m', '1h', '90m', '25h'),
      warmUp: fc.constantFrom('1m', '15m', '2h'),
      except: dates(near),
      only: dates(near),
      minScale: fc.integer({ min: 0, max: 5 }),
    },
    { requiredKeys: ['start', 'minScale'] },
  );

function windowOf(
  { end, duration, ...rest }: { readonly end?: string; readonly duration?: string } & JsonObject,
  name: string,
): JsonObject {
  return { ...rest, name, ...(end === undefined ? { duration: duration ?? '45m' } : { end }) };
}

/** What the clock on the wall shows, from Intl itself, as milliseconds since 1970 on that clock. */
function wallClock(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  return (at) => Date.parse(`${format.format(at).replace(' ', 'T')}Z`);
}

interface Wall {
  readonly date: string;
  readonly day: Date;
}

function names(cron: Cron, { day }: Wall): boolean {
  const { minutes, hours, daysOfMonth, months, daysOfWeek, matchesEitherDay } = cron;
  const inMonth = daysOfMonth.has(day.getUTCDate());
  const inWeek = daysOfWeek.has(day.getUTCDay());
  return (
    minutes.includes(day.getUTCMinutes()) &&
    hours.includes(day.getUTCHours()) &&
    months.has(day.getUTCMonth() + 1) &&
    (matchesEitherDay ? inMonth || inWeek : inMonth && inWeek)
  );
}

/** Moments at which the clock shows a minute for the first time, or has jumped over it, with the minutes. */
function minutesShown(timeZone: string, from: number, to: number): { at: number; walls: Wall[] }[] {
  const clock = wallClock(timeZone);
  const shown: { at: number; walls: Wall[] }[] = [];
  let highest: number | undefined;
  for (let at = from; at < to; at += MINUTE) {
    const local = clock(at);
    const walls: Wall[] = [];
    for (let minute = highest === undefined ? local : highest + MINUTE; minute <= local; minute += MINUTE) {
      const day = new Date(minute);
      walls.push({ date: day.toISOString().slice(0, 10), day });
    }
    highest = Math.max(highest ?? local, local);
    shown.push({ at, walls });
  }
  return shown;
}

type Shown = readonly { readonly at: number; readonly walls: readonly Wall[] }[];

/** Whether the clock shows a minute of the expression, on a date that counts. */
function namedIn(cron: Cron, shown: Shown, counts: (wall: Wall) => boolean): boolean[] {
  return shown.map(({ walls }) => walls.some((wall) => counts(wall) && names(cron, wall)));
}

/** Minute by minute, whether the window holds. */
function walk({ start, end, only, except, warmUp }: Window, shown: Shown): boolean[] {
  const counts = ({ date }: Wall): boolean => (only.length === 0 || only.includes(date)) && !except.includes(date);
  const starts = namedIn(start, shown, counts);
  const ends = typeof end === 'number' ? [] : namedIn(end, shown, () => true);
  const steps = new Array<number>(shown.length + 1).fill(0);
  let nextEnd = shown.length;
  for (let index = shown.length - 1; index >= 0; index--) {
    if (ends[index] === true) nextEnd = index;
    if (starts[index] !== true) continue;
    const to = typeof end === 'number' ? Math.min(shown.length, index + end / MINUTE) : nextEnd;
    if (to <= index) continue;
    const from = Math.max(0, index - warmUp / MINUTE);
    steps[from] = (steps[from] ?? 0) + 1;
    steps[to] = (steps[to] ?? 0) - 1;
  }
  let depth = 0;
  return shown.map((_, index) => {
    depth += steps[index] ?? 0;
    return depth > 0;
  });
}

/** What began before, and what warms up for later, is seen as well. */
const BEFORE = 70 * DAY;

const seen = new Map<string, Shown>();

function expected(schedule: ScalingSchedule, from: number, to: number): (string | undefined)[] {
  const place = `${schedule.timeZone} ${from}`;
  const shown = seen.get(place) ?? minutesShown(schedule.timeZone, from - BEFORE, to + DAY);
  seen.set(place, shown);
  const held = schedule.windows.map((each) => walk(each, shown));
  const wanted: (string | undefined)[] = [];
  for (const [at, minute] of shown.entries()) {
    if (minute.at < from || minute.at >= to) continue;
    let winner: Window | undefined;
    for (const [index, each] of schedule.windows.entries()) {
      if (held[index]?.[at] !== true) continue;
      if (winner === undefined || (each.scale.minScale ?? -1) > (winner.scale.minScale ?? -1)) winner = each;
    }
    wanted.push(winner?.name);
  }
  return wanted;
}

const schedules = fc.constantFrom(...PLACES).chain(([timeZone, near]) =>
  fc.record({
    timeZone: fc.constant(timeZone),
    near: fc.constant(near),
    windows: fc.array(window(near), { minLength: 1, maxLength: 2 }),
  }),
);

describe('random schedules', () => {
  it('hold what somebody sees who looks each minute', () => {
    fc.assert(
      fc.property(schedules, ({ timeZone, near, windows }) => {
        const schedule = aSchedule({
          timeZone,
          windows: windows.map((each, index) => windowOf(each, `w${index}`)),
        });
        const from = Date.parse(near) - 1.5 * DAY;
        const to = Date.parse(near) + 2 * DAY;
        const wanted = expected(schedule, from, to);
        const told = wanted.map((_, index) => stateAt({ ...schedule }, new Date(from + index * MINUTE)).window);
        expect(told).toEqual(wanted);

        // the same in one piece, without gaps
        const whole = intervals(schedule, new Date(from), new Date(to));
        expect(whole[0]?.from.getTime()).toBe(from);
        expect(whole.at(-1)?.to.getTime()).toBe(to);
        for (const [index, interval] of whole.entries()) {
          const next = whole[index + 1];
          if (next === undefined) break;
          expect(next.from).toEqual(interval.to);
          expect(next.state.window).not.toBe(interval.state.window);
        }
        const spread = whole.flatMap(({ from, to, state }) =>
          new Array<string | undefined>((to.getTime() - from.getTime()) / MINUTE).fill(state.window),
        );
        expect(spread).toEqual(wanted);
      }),
      { numRuns: 12, endOnFailure: true },
    );
  }, 300_000);
});
