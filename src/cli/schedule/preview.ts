/** `weir schedule preview`: the coming days of a ScalingSchedule. */
import { startOfDay } from '../../schedule/calendar.ts';
import type { Interval } from '../../schedule/model.ts';
import { intervals } from '../../schedule/state.ts';
import type { Zone } from '../../schedule/zones.ts';
import type { CommandContext } from '../command.ts';
import { EXIT, Failure } from '../failure.ts';
import { outputFormat } from '../outputFormat.ts';
import type { Author } from './author.ts';
import { boundedIntervals } from './bounded.ts';
import { draw } from './draw.ts';
import { findSchedule } from './source.ts';
import { type EnvironmentOptions, surroundingsOf } from './surroundings.ts';
import { HOUR, readTime, zoneOf } from './times.ts';

export interface PreviewOptions extends EnvironmentOptions {
  readonly from?: string;
  readonly to?: string;
  readonly output: string;
}

const FORMATS = ['text', 'json'] as const;
const DAYS = 7;
const DAY = 24 * HOUR;
/** Longer than this nobody reads, and a window for each minute would fill the memory. */
const MOST_DAYS = 400;

export async function preview(subject: string, options: PreviewOptions, context: CommandContext): Promise<number> {
  const { io } = context;
  const output = outputFormat(options.output, FORMATS);
  const source = await findSchedule(subject, options, io);
  const { schedule } = source;
  const zone = zoneOf(schedule.timeZone);
  const now = io.now();
  const { from, to } = range(options, zone, now);
  const surroundings = await surroundingsOf(subject, source, options, now, io);
  const { author } = surroundings;
  const { intervals: found, cuts } = boundedIntervals(intervals(schedule, from, to), surroundings);

  if (output === 'json') {
    io.stdout.write(
      `${JSON.stringify(
        found.map((interval) => entryOf(interval, author)),
        null,
        2,
      )}\n`,
    );
  } else {
    const { stdout } = io;
    io.stdout.write(
      draw({
        schedule,
        zone,
        intervals: found,
        author,
        cuts,
        now,
        columns: stdout.columns,
        colors: context.colors(stdout),
      }),
    );
  }
  return EXIT.clean;
}

function range({ from: first, to: last }: PreviewOptions, zone: Zone, now: Date): { from: Date; to: Date } {
  const today = zone.momentOf(startOfDay(zone.reachedBy(now.getTime())));
  const from = first === undefined ? new Date(today) : readTime(first, '--from', zone, 'start');
  const to =
    last === undefined
      ? new Date(zone.momentOf(startOfDay(zone.reachedBy(from.getTime())) + (DAYS * DAY) / 60_000))
      : readTime(last, '--to', zone, 'end');
  if (to <= from) throw new Failure(`--to ${last ?? to.toISOString()} is not after --from ${first ?? 'today'}`);
  if (to.getTime() - from.getTime() > MOST_DAYS * DAY) {
    throw new Failure(
      `from ${first ?? 'today'} to ${last ?? to.toISOString()} is more than ${MOST_DAYS} days; choose a shorter time`,
    );
  }
  return { from, to };
}

/** Null where nobody knows the value: the author's, of a Service that is not in sight. */
function entryOf({ from, to, state }: Interval, author: Author | undefined): Record<string, string | number | null> {
  const scale = { ...author?.scale, ...state.scale };
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    minScale: scale.minScale ?? null,
    maxScale: scale.maxScale ?? null,
    window: state.window ?? null,
  };
}
