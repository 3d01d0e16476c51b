import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RequestStats } from '../../../src/platform/network/stats.ts';
import { buildReference, runReference } from '../../../tools/knative-reference/run.ts';
import { describeWithReference, REFERENCE_TIMEOUT_MS } from '../../knative/referenceRun.ts';

type Type = 'in' | 'out' | 'proxied-in' | 'proxied-out' | 'report';

interface Step {
  readonly at: number;
  readonly type: Type;
}

/** Some moments lie before the one told last, as clocks do that are read side by side. */
const traces = fc
  .array(
    fc.record({
      after: fc.integer({ min: -5, max: 800 }),
      type: fc.constantFrom<Type>('in', 'in', 'out', 'proxied-in', 'proxied-out', 'report'),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((moments) => {
    let at = 0;
    return moments.map(({ after, type }): Step => {
      at = Math.max(0, at + after);
      return { at, type };
    });
  });

describe('counts of requests', () => {
  it('weigh how many there were by how long', () => {
    const steps: Step[] = [
      { at: 0, type: 'in' },
      { at: 500, type: 'proxied-in' },
      { at: 1000, type: 'out' },
      { at: 2000, type: 'report' },
      { at: 2000, type: 'report' },
    ];
    expect(ours(steps)).toEqual([
      { concurrency: 1.25, proxiedConcurrency: 0.75, requests: 2, proxiedRequests: 1 },
      { concurrency: 0, proxiedConcurrency: 0, requests: 0, proxiedRequests: 0 },
    ]);
  });
});

describeWithReference('counts of requests and Knative', () => {
  beforeAll(async () => {
    await buildReference();
  }, REFERENCE_TIMEOUT_MS);

  it('come to the same over 2,000 random traces', async () => {
    const cases = fc.sample(traces, { numRuns: 2000, seed: 8 });
    const answers = await runReference(cases.map((steps) => ({ op: 'stats', steps })));
    let count = 0;
    for (const [index, steps] of cases.entries()) {
      const theirs = answers[index]?.reports ?? [];
      const reports = ours(steps);
      expect({ steps, reports: theirs.map(rounded) }).toEqual({ steps, reports: reports.map(rounded) });
      count += reports.length;
    }
    expect(count).toBeGreaterThan(2000);
  });
});

/** Without the last digits: Go adds nanoseconds, and here milliseconds are divided. */
function rounded(report: unknown): object {
  return Object.fromEntries(
    Object.entries(report as Record<string, number>).map(([name, value]) => [name, Number(value.toPrecision(12))]),
  );
}

function ours(steps: readonly Step[]): object[] {
  const stats = new RequestStats(0);
  const reports: object[] = [];
  for (const { at, type } of steps) {
    if (type === 'report') {
      const { seconds, ...report } = stats.report(at);
      reports.push(report);
    } else if (type.endsWith('in')) {
      stats.in(at, type === 'proxied-in');
    } else {
      stats.out(at, type === 'proxied-out');
    }
  }
  return reports;
}
