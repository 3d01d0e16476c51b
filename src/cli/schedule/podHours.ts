/** What a schedule costs: the pods that are kept at least, by the hour. */
import type { Interval, Scale } from '../../schedule/model.ts';
import { HOUR } from './times.ts';

export interface PodHours {
  readonly scheduled: number;
  /** With the highest value at all times. */
  readonly always: number;
  readonly highest: number;
  /** Some of the time nobody knows the value: it counts as none. */
  readonly hasUnknown: boolean;
}

export function podHours(intervals: readonly Interval[], author: Scale | undefined): PodHours {
  const values = intervals.map(({ state }) => state.scale?.minScale ?? author?.minScale);
  const highest = values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
  let scheduled = 0;
  let hours = 0;
  for (const [index, { from, to }] of intervals.entries()) {
    const length = (to.getTime() - from.getTime()) / HOUR;
    hours += length;
    scheduled += length * (values[index] ?? 0);
  }
  return { scheduled, always: highest * hours, highest, hasUnknown: values.includes(undefined) };
}
