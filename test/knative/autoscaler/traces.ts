/** Random lives of a Revision: how it is configured, what load comes, and how many pods are ready when. */
import fc from 'fast-check';

export interface TraceStep {
  /** Milliseconds after the trace's begin. */
  readonly at: number;
  readonly report?: {
    readonly concurrency: number;
    readonly requests: number;
    readonly proxiedConcurrency: number;
    readonly proxiedRequests: number;
  };
  readonly ready?: number;
  /** A new stable window, as the annotation's text. */
  readonly window?: string;
  readonly decide?: boolean;
}

export interface Trace {
  readonly annotations: Readonly<Record<string, string>>;
  readonly config: Readonly<Record<string, string>>;
  readonly containerConcurrency: number;
  readonly unreachable: boolean;
  readonly arePodsAsked: boolean;
  readonly ready: number;
  readonly steps: readonly TraceStep[];
}

/** Written now and then only: most services have few of them. */
function sometimes(values: Readonly<Record<string, readonly string[]>>): fc.Arbitrary<Record<string, string>> {
  const entries = Object.entries(values).map(([key, texts]) => [key, fc.constantFrom(...texts)] as const);
  return fc.record(Object.fromEntries(entries), { requiredKeys: [] }) as fc.Arbitrary<Record<string, string>>;
}

const PREFIX = 'autoscaling.knative.dev/';
const annotations = sometimes({
  [`${PREFIX}metric`]: ['concurrency', 'rps', 'rps'],
  [`${PREFIX}target`]: ['1', '10', '0.5', '33', '150'],
  [`${PREFIX}target-utilization-percentage`]: ['50', '70', '100', '33.3'],
  [`${PREFIX}target-burst-capacity`]: ['-1', '0', '10', '200.5'],
  [`${PREFIX}window`]: ['6s', '10s', '30s', '61s', '2m'],
  [`${PREFIX}panic-window-percentage`]: ['1', '10', '50', '100', '33.3'],
  [`${PREFIX}panic-threshold-percentage`]: ['110', '150', '400', '1000'],
  [`${PREFIX}scale-down-delay`]: ['0s', '1s', '5s', '30s'],
  [`${PREFIX}activation-scale`]: ['2', '5'],
  [`${PREFIX}initial-scale`]: ['1', '3'],
  [`${PREFIX}metric-aggregation-algorithm`]: ['linear', 'weighted-exponential'],
});

const config = sometimes({
  'max-scale-up-rate': ['1.1', '2', '10'],
  'max-scale-down-rate': ['1.1', '3', '10'],
  'container-concurrency-target-percentage': ['50', '0.9', '100'],
  'container-concurrency-target-default': ['10', '1'],
  'requests-per-second-target-default': ['20'],
  'target-burst-capacity': ['0', '-1', '50'],
  'panic-window-percentage': ['20'],
  'stable-window': ['10s', '40s'],
  'scale-down-delay': ['4s'],
  'initial-scale': ['2'],
});

/** Loads that stay, grow, fall to nothing and come in bursts, in figures that give both whole and broken averages. */
const level = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 0, max: 20 }),
  fc.integer({ min: 0, max: 2000 }),
  fc.double({ min: 0, max: 300, noNaN: true, noDefaultInfinity: true }),
);
const phase = fc.record({
  seconds: fc.integer({ min: 1, max: 45 }),
  concurrency: level,
  requests: level,
  proxied: fc.constantFrom(0, 0, 0.5, 1),
  /** Seconds in which nobody reports at all. */
  isSilent: fc.constantFrom(false, false, false, true),
  ready: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined }),
  window: fc.option(fc.constantFrom('6s', '15s', '90s'), { nil: undefined, freq: 12 }),
  offset: fc.integer({ min: 0, max: 999 }),
});

type Phase = typeof phase extends fc.Arbitrary<infer T> ? T : never;

function stepsOf(phases: readonly Phase[]): TraceStep[] {
  const steps: TraceStep[] = [];
  let second = 0;
  for (const { seconds, concurrency, requests, proxied, isSilent, ready, window, offset } of phases) {
    if (ready !== undefined || window !== undefined) {
      steps.push({
        at: second * 1000,
        ...(ready === undefined ? {} : { ready }),
        ...(window === undefined ? {} : { window }),
      });
    }
    for (let left = seconds; left > 0; left--) {
      const at = second * 1000 + offset;
      const proxiedPart = { proxiedConcurrency: concurrency * proxied, proxiedRequests: requests * proxied };
      if (!isSilent) steps.push({ at, report: { concurrency, requests, ...proxiedPart } });
      if (second % 2 === 0) steps.push({ at, decide: true });
      second++;
    }
  }
  return steps;
}

export const trace: fc.Arbitrary<Trace> = fc
  .record({
    annotations,
    config,
    containerConcurrency: fc.constantFrom(0, 0, 0, 1, 10, 100),
    unreachable: fc.constantFrom(false, false, false, true),
    arePodsAsked: fc.boolean(),
    ready: fc.constantFrom(0, 0, 1, 2, 7),
    phases: fc.array(phase, { minLength: 1, maxLength: 6 }),
  })
  .map(({ phases, ...rest }) => ({ ...rest, steps: stepsOf(phases) }));
