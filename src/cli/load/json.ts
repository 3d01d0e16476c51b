/** A load as JSON, for a program that compares one with the next. Pure. */
import type { Measured } from './measured.ts';
import { BOUNDS } from './tally.ts';

export function jsonOf({ url, plan, by, tally, seconds, loop, elapsedMs }: Measured): unknown {
  const { latencies } = tally;
  const { rates, p99s } = seconds;
  return {
    kind: 'Load',
    url,
    requestsPerSecond: plan.rate,
    seconds: plan.seconds,
    elapsedSeconds: rounded(elapsedMs / 1000),
    requests: {
      due: loop.due,
      sent: loop.sent,
      answered: tally.answered,
      unanswered: tally.unanswered,
      failed: tally.failed,
      underWay: loop.underWay,
      waitedForConnection: loop.waited,
      sentLate: loop.behind,
    },
    answersPerSecond: elapsedMs === 0 ? 0 : rounded((tally.answered * 1000) / elapsedMs),
    bytes: tally.bytes,
    latency: {
      unit: 'ms',
      mean: rounded(latencies.mean),
      p50: rounded(latencies.percentile(50)),
      p90: rounded(latencies.percentile(90)),
      p95: rounded(latencies.percentile(95)),
      p99: rounded(latencies.percentile(99)),
      'p99.9': rounded(latencies.percentile(99.9)),
      max: rounded(latencies.max),
      histogram: latencies.counts.flatMap((count, index) => (count === 0 ? [] : [{ to: BOUNDS[index], count }])),
    },
    statuses: Object.fromEntries(tally.statuses),
    errors: [...tally.said].map(([status, said]) => ({ status, said })),
    by: { header: by, answers: entriesOf(tally.by, 'value') },
    problems: entriesOf(tally.problems, 'problem'),
    timeline: [...rates].map((answersPerSecond, second) => ({
      second,
      answersPerSecond: rounded(answersPerSecond),
      p99: rounded(p99s[second] ?? 0),
    })),
  };
}

/** As a list: what a server sends must not become the name of a field. */
function entriesOf(counts: ReadonlyMap<string, number>, as: string): unknown[] {
  return [...counts].map(([name, count]) => ({ [as]: name, count }));
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
