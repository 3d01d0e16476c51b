/** Who says how a Revision fares. */
import type { Analysis } from '../../../src/rollout/model.ts';
import type { IntervalResult } from '../../../src/rollout/observed.ts';

export interface Question {
  readonly namespace: string;
  readonly service: string;
  /** The candidate. */
  readonly revision: string;
  readonly stable: string;
  /** Milliseconds since 1970, as `to`. */
  readonly from: number;
  readonly to: number;
  readonly analysis: Analysis;
}

/** Never throws: what nobody answers is an answer, too. */
export type MeasureInterval = (question: Question, signal: AbortSignal) => Promise<IntervalResult>;

/** The same sentence for each metric. */
export function unanswered({ revision, from, to, analysis }: Question, message: string): IntervalResult {
  const metrics = analysis.metrics.map(({ name }) => ({ name, value: { type: 'error', message } as const }));
  return { revision, from, to, requests: undefined, metrics };
}
