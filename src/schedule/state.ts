/** What a schedule says at a moment: a function of the clock alone, so that nobody has to have watched what came before. */
import type { Interval, ScalingSchedule, State, Window } from './model.ts';
import { type Stretch, stretchAt } from './windows.ts';
import { zoneNamed } from './zones.ts';

/** A state and the time throughout which it holds at least, in milliseconds. */
interface Span {
  readonly cause: State['cause'];
  readonly window: Window | undefined;
  readonly from: number;
  readonly to: number;
}

/** A change of a window that another one hides is no change of the state; so many of them are looked through. */
const MOST_HIDDEN = 8;

/** A tick asks each schedule again and again, and hears the same until the next transition. */
const last = new WeakMap<ScalingSchedule, { readonly from: number; readonly to: number; readonly state: State }>();

/**
 * What the schedule says at the moment, why, since when and until when.
 *
 * A window is active when its last start is later than its last end. Of two that are active the one with the larger
 * min-scale counts, then the one that is written first.
 */
export function stateAt(schedule: ScalingSchedule, at: Date): State {
  const time = at.getTime();
  const known = last.get(schedule);
  if (known !== undefined && known.from <= time && time < known.to) return known.state;

  const { cause, window, from, to } = wholeSpan(schedule, time);
  const state: State = {
    scale: scaleOf(schedule, cause, window),
    cause,
    window: window?.name,
    since: cause === 'override' ? undefined : moment(from),
    until: moment(to),
  };
  last.set(schedule, { from, to, state });
  return state;
}

/** Every state from the one moment up to the other, without gaps: each begins where the one before it ends. */
export function intervals(schedule: ScalingSchedule, from: Date, to: Date): Interval[] {
  const found: Interval[] = [];
  for (let at = from; at < to; ) {
    const state = stateAt(schedule, at);
    const end = state.until === undefined || state.until > to ? to : state.until;
    const before = found.at(-1);
    // a very long state is told in parts
    if (before !== undefined && isSame(before.state, state)) {
      found[found.length - 1] = { from: before.from, to: end, state: { ...before.state, until: state.until } };
    } else {
      found.push({ from: at, to: end, state });
    }
    at = end;
  }
  return found;
}

function isSame(left: State, right: State): boolean {
  return left.cause === right.cause && left.window === right.window;
}

function wholeSpan(schedule: ScalingSchedule, at: number): Span {
  const first = spanAt(schedule, at);
  // nothing hides behind a single window
  if (schedule.windows.length < 2) return first;
  let { from, to } = first;
  for (let hidden = 0; hidden < MOST_HIDDEN && Number.isFinite(from); hidden++) {
    const before = spanAt(schedule, from - 1);
    if (before.cause !== first.cause || before.window !== first.window) break;
    from = before.from;
  }
  for (let hidden = 0; hidden < MOST_HIDDEN && Number.isFinite(to); hidden++) {
    const after = spanAt(schedule, to);
    if (after.cause !== first.cause || after.window !== first.window) break;
    to = after.to;
  }
  return { ...first, from, to };
}

function spanAt(schedule: ScalingSchedule, at: number): Span {
  const { isSuspended, until, override } = schedule;
  if (isSuspended) return span('suspended', Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);

  const end = until?.getTime() ?? Number.POSITIVE_INFINITY;
  if (at >= end) return span('ended', end, Number.POSITIVE_INFINITY);

  const overridden = override?.until.getTime() ?? Number.NEGATIVE_INFINITY;
  if (at < overridden) return span('override', Number.NEGATIVE_INFINITY, Math.min(overridden, end));

  const { winner, from, to } = windowsAt(schedule, at);
  const cause = winner !== undefined ? 'window' : schedule.fallback !== undefined ? 'default' : 'author';
  return { cause, window: winner, from: Math.max(from, overridden), to: Math.min(to, end) };
}

function span(cause: State['cause'], from: number, to: number): Span {
  return { cause, window: undefined, from, to };
}

/** The window that counts at the moment, and the time in which no window begins or ends. */
function windowsAt(schedule: ScalingSchedule, at: number): { winner: Window | undefined; from: number; to: number } {
  const zone = zoneNamed(schedule.timeZone);
  let winner: Window | undefined;
  let from = Number.NEGATIVE_INFINITY;
  let to = Number.POSITIVE_INFINITY;
  if (zone === undefined) return { winner, from, to };

  for (const window of schedule.windows) {
    const stretch: Stretch = stretchAt(window, zone, at);
    from = Math.max(from, stretch.from);
    to = Math.min(to, stretch.to);
    if (stretch.isActive && (winner === undefined || minScaleOf(window) > minScaleOf(winner))) winner = window;
  }
  return { winner, from, to };
}

function minScaleOf({ scale }: Window): number {
  return scale.minScale ?? -1;
}

function scaleOf(schedule: ScalingSchedule, cause: State['cause'], window: Window | undefined): State['scale'] {
  if (cause === 'window') return window?.scale;
  if (cause === 'override') return schedule.override?.scale;
  return cause === 'default' ? schedule.fallback : undefined;
}

/** Dates end 8.64e15 milliseconds from 1970. */
function moment(time: number): Date | undefined {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
