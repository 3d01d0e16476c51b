/** When an interval of measurements is over, and how long its verdict lets a step be taken. */
import type { RolloutStatus } from './status.ts';
import { since, type Turn } from './turn.ts';

/** Where the next one begins; NaN where none does. */
export function intervalStart({ analysis, routedSince }: RolloutStatus): number {
  return analysis === undefined ? since(routedSince) : Math.max(since(analysis.at), since(routedSince));
}

/** It is over, and nobody has judged it yet. */
export function isIntervalOver(status: RolloutStatus, { rollout, now }: Turn): boolean {
  return rollout.analysis !== undefined && now.getTime() >= intervalStart(status) + rollout.analysis.interval;
}

/** An answer may take its time (controllers/rollout/measure/prometheus.ts): shorter intervals would be over with each. */
const LEAST_FRESH_MS = 10_000;

/**
 * The last verdict is of a time that is over: no controller has run for long, say, or the Route has sent requests elsewhere
 * since, be it for a moment, as Git or a person wrote spec.traffic.
 */
export function isVerdictOld({ analysis, routedSince }: RolloutStatus, { rollout, now }: Turn): boolean {
  if (rollout.analysis === undefined) return false;
  if (since(analysis?.at) <= since(routedSince)) return true;
  return now.getTime() >= since(analysis?.at) + Math.max(rollout.analysis.interval, LEAST_FRESH_MS);
}
