/**
 * What an interval of measurements says. Only what was measured counts: no value, no answer and too few requests are
 * inconclusive, which neither fails a rollout nor lets it go on.
 */
import { cut } from '../text/cut.ts';
import type { Analysis, Metric } from './model.ts';
import type { IntervalResult, MetricResult } from './observed.ts';

export interface Verdict {
  readonly verdict: 'Passed' | 'Failed' | 'Inconclusive';
  /** Somebody answered every question, be it that there is no value yet. */
  readonly isAnswered: boolean;
  /** Says what each metric is against its limit. */
  readonly message: string;
}

const MOST_MESSAGE = 512;

export function judge(analysis: Analysis, result: IntervalResult): Verdict {
  const judged = analysis.metrics.map((metric) => judgeMetric(metric, result.metrics));
  const isAnswered = judged.every(({ outcome }) => outcome !== 'unanswered');
  const message = cut(judged.map(({ sentence }) => sentence).join('; '), MOST_MESSAGE);

  const few = tooFew(analysis, result);
  if (few !== undefined)
    return { verdict: 'Inconclusive', isAnswered, message: cut(`${few}; ${message}`, MOST_MESSAGE) };
  if (judged.some(({ outcome }) => outcome === 'failed')) return { verdict: 'Failed', isAnswered, message };
  const isWhole = judged.every(({ outcome }) => outcome === 'passed');
  return { verdict: isWhole ? 'Passed' : 'Inconclusive', isAnswered, message };
}

function tooFew({ minimumRequests }: Analysis, { requests }: IntervalResult): string | undefined {
  if (minimumRequests === 0) return undefined;
  if (requests === undefined || !Number.isFinite(requests)) return 'how many requests there were is not known';
  // rates are estimates: 99.6 of 100 are as many
  if (Math.round(requests) >= minimumRequests) return undefined;
  const count = Math.max(0, Math.round(requests));
  return `${count} ${count === 1 ? 'request is' : 'requests are'} fewer than ${minimumRequests}`;
}

interface Judged {
  readonly outcome: 'passed' | 'failed' | 'none' | 'unanswered';
  readonly sentence: string;
}

function judgeMetric(metric: Metric, results: readonly MetricResult[]): Judged {
  const { name, max } = metric;
  const found = results.find((each) => each.name === name)?.value;
  if (found === undefined) return { outcome: 'unanswered', sentence: `${name} was not measured` };
  if (found.type === 'error') return { outcome: 'unanswered', sentence: `${name}: ${found.message}` };
  if (found.type === 'none') return { outcome: 'none', sentence: `${name}: ${found.message}` };
  const { value } = found;
  if (!isPossible(metric, value)) return { outcome: 'none', sentence: `${name} is ${value}, which it cannot be` };
  const outcome = value > max ? 'failed' : 'passed';
  const limit = outcome === 'failed' ? 'above' : 'within';
  return { outcome, sentence: `${name} is ${valueText(metric, value)}, ${limit} ${valueText(metric, max)}` };
}

/** A quotient of nothing is NaN; a share beyond 1 and a negative time are nobody's measurement. */
function isPossible({ name, query }: Metric, value: number): boolean {
  if (!Number.isFinite(value)) return false;
  if (query !== undefined) return true;
  return value >= 0 && (name !== 'error-rate' || value <= 1);
}

/** `1.25 %`, `480ms`, or the bare number of a query. */
export function valueText({ name, query }: Metric, value: number): string {
  if (query === undefined && name === 'error-rate') return `${rounded(value * 100)} %`;
  if (query === undefined && name === 'p95-latency') return `${rounded(value * 1000)}ms`;
  return rounded(value);
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(4)));
}
