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

  const periods = { min: periodOf(bounds.min), max: periodOf(bounds.max) };
  read.set(bounds, periods);
  return periods;
}

function periodOf(text: string | undefined): Period | undefined {
  if (text === undefined) return undefined;
  const period = parsePeriod(text);
  return period.ok ? { text, nanoseconds: period.nanoseconds } : undefined;
}
