/**
 * Time zones of the tz database as Node's ICU holds it (`process.versions.tz`). What Intl knows is asked for once: each
 * zone's changes of its clock are found year by year, as they are needed, and kept.
 */
import { nearest } from '../text/nearest.ts';
import { type LocalMinute, MINUTE } from './calendar.ts';

/** A moment from which a zone's clock shows another time. Offsets are milliseconds ahead of UTC. */
export interface Transition {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

interface Span {
  /** The offset at the span's start. */
  readonly offset: number;
  readonly transitions: readonly Transition[];
}

/** A time without a transition; it may be longer. */
interface Calm {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  readonly offset: number;
}

const DAY = 86_400_000;
/**
 * No clock was ever turned again, nor will be, before 6 days and 23 hours had passed (Brazil in 2000, Gaza in 2040), as
 * all transitions of tz 2026c say: a look at this pace sees every one.
 */
const PACE = 6 * DAY;
/** What is looked through at once. */
const SPAN = 61 * PACE;
/** No zone is further than 14 hours from UTC, none ever turned its clock by more than a day. */
const REACH = 2 * DAY;
/** More than ten thousand schedules' clocks need; a caller that walks the centuries must not fill the memory. */
const SPANS_KEPT = 512;

export class Zone {
  readonly name: string;
  readonly #format: Intl.DateTimeFormat;
  readonly #spans = new Map<number, Span>();
  #calm: Calm = { from: 0, to: 0, offset: 0 };

  /** @throws RangeError where the tz database has no such zone */
  constructor(name: string) {
    this.name = name;
    this.#format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  }

  /** Milliseconds by which the zone's clock is ahead of UTC. */
  offsetAt(at: number): number {
    return this.#calmAt(at).offset;
  }

  /**
   * The last minute that the zone's clock has reached by then. Where the clock was turned back, that stays the minute
   * before it was, until it comes there again.
   */
  reachedBy(at: number): LocalMinute {
    const { from, offset } = this.#calmAt(at);
    let reached = Math.floor((at + offset) / MINUTE);
    if (at - from >= REACH) return reached;
    for (const transition of this.transitions(at - REACH, at)) {
      reached = Math.max(reached, Math.ceil((transition.at + transition.before) / MINUTE) - 1);
    }
    return reached;
  }

  /**
   * When the zone's clock first shows the minute or a later one: of a doubled minute the first, and the gap's end for one
   * that the clock skips. A later minute never has an earlier moment.
   */
  momentOf(local: LocalMinute): number {
    const wall = local * MINUTE;
    const calm = this.#calm;
    const usual = wall - calm.offset;
    if (usual - calm.from >= REACH && usual < calm.to) return usual;

    let offset = this.offsetAt(wall - REACH);
    for (const transition of this.transitions(wall - REACH, wall + REACH)) {
      if (wall - offset < transition.at) break;
      if (wall - transition.after <= transition.at) return transition.at;
      offset = transition.after;
    }
    return wall - offset;
  }

  /** The transitions after `from` and up to `to`, in their order. */
  transitions(from: number, to: number): readonly Transition[] {
    const first = Math.floor(from / SPAN);
    const last = Math.floor(to / SPAN);
    const found: Transition[] = [];
    for (let number = first; number <= last; number++) {
      const { transitions } = this.#span(number);
      for (const transition of transitions) {
        if (transition.at > from && transition.at <= to) found.push(transition);
      }
    }
    return found;
  }

  /** Who asks for one moment mostly asks for others near it. */
  #calmAt(at: number): Calm {
    if (at >= this.#calm.from && at < this.#calm.to) return this.#calm;
    const number = Math.floor(at / SPAN);
    const { offset, transitions } = this.#span(number);
    let calm: Calm = { from: number * SPAN, to: (number + 1) * SPAN, offset };
    for (const transition of transitions) {
      if (transition.at > at) {
        calm = { ...calm, to: transition.at };
        break;
      }
      calm = { ...calm, from: transition.at, offset: transition.after };
    }
    this.#calm = calm;
    return calm;
  }

  #span(number: number): Span {
    const known = this.#spans.get(number);
    if (known !== undefined) return known;
    const span = this.#search(number * SPAN);
    if (this.#spans.size >= SPANS_KEPT) this.#spans.clear();
    this.#spans.set(number, span);
    return span;
  }

  #search(start: number): Span {
    const transitions: Transition[] = [];
    const first = this.#ask(start);
    let before = first;
    for (let at = start + PACE; at <= start + SPAN; at += PACE) {
      const after = this.#ask(at);
      if (after === before) continue;
      transitions.push({ at: this.#firstWith(after, at - PACE, at), before, after });
      before = after;
    }
    // what changes at the very end belongs to the next span, which begins with it
    const last = transitions.at(-1);
    if (last !== undefined && last.at === start + SPAN) transitions.pop();
    return { offset: first, transitions };
  }

  /** Halves the time between two moments until it finds the second from which the offset holds. */
  #firstWith(offset: number, without: number, having: number): number {
    let low = without / 1000;
    let high = having / 1000;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.#ask(middle * 1000) === offset) high = middle;
      else low = middle;
    }
    return high * 1000;
  }

  /** Intl writes `1/1/2026, GMT+01:00`, `GMT` alone for none, and seconds where there are any. */
  #ask(at: number): number {
    const text = this.#format.format(at);
    const found = OFFSET.exec(text);
    if (found === null) return 0;
    const [, sign, hours = '0', minutes = '0', seconds = '0'] = found;
    const offset = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
    return sign === '-' ? -offset : offset;
  }
}

const OFFSET = /GMT([+-])(\d{2}):(\d{2})(?::(\d{2}))?/;

/** Intl takes any case, and offsets such as `+01:00`; the tz database's files have exactly these names. */
const ZONE_NAME = /^[A-Z][A-Za-z0-9+_-]*(\/[A-Z][A-Za-z0-9+_-]*)*$/;
const LONGEST_NAME = 64;
const ZONES_KEPT = 1024;

const zones = new Map<string, Zone | undefined>();

/** The zone of that name; undefined where the tz database has none. */
export function zoneNamed(name: string): Zone | undefined {
  if (zones.has(name)) return zones.get(name);
  const zone = makeZone(name);
  // who sends made-up names must not push out the true ones
  if (zone !== undefined || zones.size < ZONES_KEPT) zones.set(name, zone);
  return zone;
}

function makeZone(name: string): Zone | undefined {
  if (name.length > LONGEST_NAME || !ZONE_NAME.test(name)) return undefined;
  try {
    const zone = new Zone(name);
    return hasAnotherCase(name) ? undefined : zone;
  } catch {
    return undefined;
  }
}

let byLowerCase: ReadonlyMap<string, string> | undefined;

function knownNames(): ReadonlyMap<string, string> {
  byLowerCase ??= new Map(
    [...Intl.supportedValuesOf('timeZone'), 'UTC', 'Etc/UTC'].map((name) => [name.toLowerCase(), name]),
  );
  return byLowerCase;
}

function hasAnotherCase(name: string): boolean {
  const known = knownNames().get(name.toLowerCase());
  return known !== undefined && known !== name;
}

/** The name that was probably meant: `Europe/Lisbon` for `europe/lisboa`, `Lisbon` and `WET/Lisbon`. */
export function nearestZone(name: string): string | undefined {
  const names = [...knownNames().values()];
  const sameCity = name.length > LONGEST_NAME ? undefined : cityOf(name);
  return nearest(name, names) ?? names.find((known) => cityOf(known) === sameCity);
}

function cityOf(name: string): string {
  return name
    .slice(name.lastIndexOf('/') + 1)
    .toLowerCase()
    .replaceAll(' ', '_');
}
