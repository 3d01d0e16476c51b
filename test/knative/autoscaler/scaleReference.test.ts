/**
 * The way from a wish to a number of Pods beside Knative's own code (knative/serving v0.50.0
 * pkg/reconciler/autoscaling/kpa/{scaler,kpa}.go, by tools/knative-reference): thousands of random moments told to both,
 * every decision compared.
 */
import { beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { saysOf } from '../../../controllers/serving/instances/says.ts';
import {
  activeChange,
  activeThreshold,
  type ScaleState,
  scaleStep,
} from '../../../src/knative/autoscaler/scaleTarget.ts';
import { readAutoscalerConfig } from '../../../src/knative/autoscaling/config.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { type Answer, buildReference, runReference } from '../../../tools/knative-reference/run.ts';
import { describeWithReference, REFERENCE_TIMEOUT_MS } from '../referenceRun.ts';

/** The same moments every time; others: `WEIR_SEED=7 npm test -- test/knative/autoscaler`. */
const SEED = Number(process.env.WEIR_SEED ?? 20261122);
const MOMENTS = Number(process.env.WEIR_MOMENTS ?? 20_000);
const PREFIX = 'autoscaling.knative.dev/';
const NOW = Date.parse('2026-11-22T08:00:00Z');
/** Knative's code reads the clock itself, a little after its ages were made. */
const CLOCK_MS = 250;

function sometimes(values: Readonly<Record<string, readonly string[]>>): fc.Arbitrary<Record<string, string>> {
  const entries = Object.entries(values).map(([key, texts]) => [key, fc.constantFrom(...texts)] as const);
  return fc.record(Object.fromEntries(entries), { requiredKeys: [] }) as fc.Arbitrary<Record<string, string>>;
}

/** Half a second away from every limit, all of which are whole seconds. */
const age = fc.oneof(
  fc.constantFrom(0, 5, 6, 29, 30, 31, 59, 60, 61, 89, 90, 629, 630, 631),
  fc.integer({ min: 0, max: 700 }),
);
const ageMs = age.map((seconds) => seconds * 1000 + 500);

const moment = fc.record({
  annotations: sometimes({
    [`${PREFIX}min-scale`]: ['0', '1', '2', '5'],
    [`${PREFIX}minScale`]: ['3'],
    [`${PREFIX}max-scale`]: ['0', '1', '4', '20'],
    [`${PREFIX}initial-scale`]: ['0', '1', '3', '7'],
    [`${PREFIX}window`]: ['6s', '30s', '90s'],
    [`${PREFIX}target-burst-capacity`]: ['-1', '0', '50'],
    [`${PREFIX}scale-to-zero-pod-retention-period`]: ['0s', '10s', '1m30s'],
    'serving.knative.dev/progress-deadline': ['30s', '2m'],
  }),
  config: sometimes({
    'enable-scale-to-zero': ['true', 'false'],
    'scale-to-zero-grace-period': ['6s', '60s'],
    'scale-to-zero-pod-retention-period': ['20s'],
    'stable-window': ['6s', '40s'],
    'min-scale': ['1'],
    'max-scale': ['3', '10'],
    'initial-scale': ['2'],
    'allow-zero-initial-scale': ['true'],
  }),
  progressDeadline: fc.constantFrom('', '', '', '60s'),
  reachability: fc.constantFrom('Reachable', 'Reachable', 'Unreachable', ''),
  active: fc.constantFrom('True', 'True', 'False', 'False', 'Unknown', ''),
  activeAge: ageMs,
  isInitialized: fc.boolean(),
  isProxying: fc.boolean(),
  proxyAge: ageMs,
  isActivatorSeen: fc.constantFrom(true, true, true, false),
  desired: fc.constantFrom(-1, 0, 0, 0, 1, 2, 3, 8, 50),
  ready: fc.constantFrom(0, 0, 1, 2, 3, 7),
});

type Moment = typeof moment extends fc.Arbitrary<infer T> ? T : never;

interface Decided {
  readonly want: number | undefined;
  readonly applies: boolean | undefined;
  /** -1 where nobody looks again. */
  readonly again: number | undefined;
  readonly isInitialized: boolean | undefined;
  readonly active: string | undefined;
  readonly reason: string;
}

/** A configuration that Knative refuses as a whole says nothing. */
function isPossible({ config }: Moment): boolean {
  return readAutoscalerConfig(config).problems.length === 0;
}

function podAutoscalerOf(given: Moment): JsonObject {
  const lastTransitionTime = new Date(NOW - given.activeAge).toISOString();
  const conditions = [
    ...(given.active === '' ? [] : [{ type: 'Active', status: given.active, lastTransitionTime }]),
    ...(given.isInitialized ? [{ type: 'ScaleTargetInitialized', status: 'True' }] : []),
  ];
  return {
    metadata: { annotations: given.annotations },
    spec: given.reachability === '' ? {} : { reachability: given.reachability },
    status: { conditions },
  };
}

function ours(given: Moment): Decided {
  const progressDeadlineMs = given.progressDeadline === '' ? 600_000 : 60_000;
  const autoscaler = readAutoscalerConfig(given.config).config;
  const says = saysOf(podAutoscalerOf(given), { autoscaler, progressDeadlineMs });
  const state: ScaleState = {
    ...says,
    isProxying: given.isProxying,
    proxyingSince: given.isProxying ? NOW - given.proxyAge : undefined,
    isActivatorSeen: given.isActivatorSeen || says.settings.targetBurstCapacity === -1,
  };
  const { want, apply, again = -1 } = scaleStep(given.desired, says.settings, state, NOW);
  const { activity, reason = '' } = activeChange(want, given.ready, says.settings, state);
  return {
    want,
    applies: apply !== undefined,
    again,
    isInitialized: says.isInitialized || given.ready >= activeThreshold(says.settings, false),
    active: activity === 'active' ? 'True' : activity === 'inactive' ? 'False' : 'Unknown',
    reason,
  };
}

function theirs({ want, applies, again = -1, isInitialized, active, reason = '' }: Answer): Decided {
  return { want, applies, again, isInitialized, active, reason };
}

function isNear(left = -1, right = -1): boolean {
  return left === right || (left >= 0 && right >= 0 && Math.abs(left - right) <= CLOCK_MS);
}

describeWithReference('the scaler and Knative', () => {
  beforeAll(async () => {
    await buildReference();
  }, REFERENCE_TIMEOUT_MS);

  it(
    `decide alike in ${MOMENTS} random moments`,
    async () => {
      const moments = fc.sample(moment, { numRuns: MOMENTS, seed: SEED }).filter(isPossible);
      const answers = await runReference(
        moments.map(({ isProxying, ...given }) => ({
          op: 'scale',
          ...given,
          mode: isProxying ? 'Proxy' : 'Serve',
          proxyAge: isProxying ? given.proxyAge : -1,
        })),
      );
      const seen = new Map<string, number>();
      for (const [index, given] of moments.entries()) {
        const answer = answers[index] ?? {};
        if (answer.want === undefined) throw new Error(JSON.stringify({ given, answer }));
        const mine = ours(given);
        const told = theirs(answer);
        const aligned = isNear(mine.again, told.again) ? { ...told, again: mine.again } : told;
        if (JSON.stringify(mine) !== JSON.stringify(aligned)) expect({ given, ...mine }).toEqual({ given, ...aligned });
        const kind = `${told.want === 0 || told.want === -1 ? told.want : 'more'} ${told.applies} ${told.active} ${told.reason}`;
        seen.set(kind, (seen.get(kind) ?? 0) + 1);
      }
      // every way out was taken, and none by one case alone
      expect(moments.length).toBeGreaterThan(MOMENTS * 0.9);
      expect(seen.size).toBeGreaterThanOrEqual(10);
      expect(Math.min(...seen.values())).toBeGreaterThan(10);
    },
    REFERENCE_TIMEOUT_MS,
  );
});
