/** A policy's ISO 8601 bounds, read once for each policy. */
import { parsePeriod } from '../../../knative/period.ts';
import type { IsoDurationBounds } from '../../model/bounds.ts';

export interface Period {
  readonly text: string;
  readonly nanoseconds: bigint;
}

export interface PeriodBounds {
  readonly min: Period | undefined;
  readonly max: Period | undefined;
}

const read = new WeakMap<IsoDurationBounds, PeriodBounds>();

export function boundsOf(bounds: IsoDurationBounds | undefined): PeriodBounds | undefined {
  if (bounds === undefined) return undefined;
  const known = read.get(bounds);
  if (known !== undefined) return known;

  const both = { min: periodOf(bounds.min), max: periodOf(bounds.max) };
  read.set(bounds, both);
  return both;
}

/** The few texts that people write come again and again. */
const periods = new Map<string, Period | undefined>();
const PERIODS_KEPT = 1024;
const LONGEST_KEPT = 32;

/** Reads an ISO 8601 duration; undefined where it is none. */
export function periodOf(text: string | undefined): Period | undefined {
  if (text === undefined) return undefined;
  if (periods.has(text)) return periods.get(text);

  const parsed = parsePeriod(text);
  const period = parsed.ok ? { text, nanoseconds: parsed.nanoseconds } : undefined;
  if (periods.size < PERIODS_KEPT && text.length <= LONGEST_KEPT) periods.set(text, period);
  return period;
}
