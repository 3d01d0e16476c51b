/** The metrics of an interval, out of the sentence in which the status keeps them (src/rollout/analysis.ts). */

export interface MeasuredMetric {
  readonly name: string;
  /** `1.25 %`, `480ms`, or a bare number; undefined where there was none. */
  readonly value: string | undefined;
  /** As `value`. */
  readonly max: string | undefined;
  readonly isWithin: boolean | undefined;
  /** The value's part of the limit; undefined where that says nothing, as of a limit of 0. */
  readonly share: number | undefined;
}

const JUDGED = /^([a-z0-9][-a-z0-9]*) is (\S+(?: %)?), (above|within) (\S+(?: %)?)$/;

/** What is no measurement, such as that there were too few requests, stays in the message. */
export function metricsIn(message: string): MeasuredMetric[] {
  const found: MeasuredMetric[] = [];
  for (const sentence of message.split('; ')) {
    const [, name, value, how, max] = JUDGED.exec(sentence) ?? [];
    if (name === undefined || value === undefined || max === undefined) continue;
    found.push({ name, value, max, isWithin: how === 'within', share: shareOf(value, max) });
  }
  return found;
}

/** What of the message is none of them. */
export function restOf(message: string): string {
  return message
    .split('; ')
    .filter((sentence) => !JUDGED.test(sentence))
    .join('; ');
}

function shareOf(value: string, max: string): number | undefined {
  const share = Number.parseFloat(value) / Number.parseFloat(max);
  return Number.isFinite(share) && share >= 0 ? share : undefined;
}
