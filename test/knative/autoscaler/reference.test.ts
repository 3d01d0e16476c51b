/**
 * Weir's autoscaler beside Knative's own code (knative/serving v0.50.0 pkg/autoscaler/scaling, by tools/knative-reference):
 * the same random loads told to both, every decision compared.
 */
import { beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Autoscaler } from '../../../src/knative/autoscaler/autoscaler.ts';
import { RevisionLoad } from '../../../src/knative/autoscaler/load.ts';
import { type AutoscalerSettings, autoscalerSettings } from '../../../src/knative/autoscaler/settings.ts';
import { readAutoscalerConfig } from '../../../src/knative/autoscaling/config.ts';
import { type Answer, buildReference, runReference } from '../../../tools/knative-reference/run.ts';
import { describeWithReference, REFERENCE_TIMEOUT_MS } from '../referenceRun.ts';
import { type Trace, trace } from './traces.ts';

/** The same traces every time; others: `WEIR_SEED=7 npm test -- test/knative/autoscaler`. */
const SEED = Number(process.env.WEIR_SEED ?? 20261122);
const TRACES = Number(process.env.WEIR_TRACES ?? 3000);
const AVERAGING = 'autoscaling.knative.dev/metric-aggregation-algorithm';
/** Knative's answers stay apart in memory: so many traces are asked at once. */
const AT_ONCE = 500;

interface Told {
  readonly desiredPods: number;
  readonly excessBurstCapacity: number;
  readonly valid: boolean;
}

function settingsOf(given: Trace, window: string | undefined): AutoscalerSettings {
  const windowAnnotation = window === undefined ? {} : { 'autoscaling.knative.dev/window': window };
  return autoscalerSettings({
    annotations: { ...given.annotations, ...windowAnnotation },
    config: readAutoscalerConfig(given.config).config,
    containerConcurrency: given.containerConcurrency,
    isReachable: !given.unreachable,
  });
}

/** @param began the clock of the reference when it began: parts of Knative's code read the clock themselves */
function ours(given: Trace, began: number): { first: Told; decisions: Told[] } {
  const settings = settingsOf(given, undefined);
  const load = new RevisionLoad(settings);
  const autoscaler = new Autoscaler(settings, given.ready, began);
  const { desiredPods, excessBurstCapacity } = autoscaler.decided;
  const decisions: Told[] = [];
  let { metric } = settings;
  let ready = given.ready;
  for (const step of given.steps) {
    const at = began + step.at;
    ready = step.ready ?? ready;
    if (step.window !== undefined) {
      const changed = settingsOf(given, step.window);
      load.resize(changed, began);
      autoscaler.update(changed);
      metric = changed.metric;
    }
    if (step.report !== undefined) load.record(at, step.report);
    if (step.decide !== true) continue;
    const observed = load.observed(metric, at, given.arePodsAsked);
    const decided = autoscaler.decide(observed, ready, at);
    const valid = observed !== undefined;
    decisions.push(
      valid
        ? { desiredPods: decided.desiredPods, excessBurstCapacity: decided.excessBurstCapacity, valid }
        : { desiredPods: 0, excessBurstCapacity: 0, valid },
    );
  }
  return { first: { desiredPods, excessBurstCapacity, valid: true }, decisions };
}

function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

/** How far the last digits of a weighted average reach. */
const LAST_DIGITS = 1e-12;

/**
 * Knative's answer, with ours in place of each decision that the last digits of a weighted average turn: its weights
 * are powers, which Go itself rounds otherwise on other processors (math.Pow, with and without fused multiplication).
 * Plain averages have no such excuse.
 */
function withinLastDigit(given: Trace, theirs: Answer): object {
  if (given.annotations[AVERAGING] !== 'weighted-exponential') {
    return { first: theirs.first, decisions: theirs.decisions };
  }
  const began = theirs.began ?? 0;
  const [less, exact, more] = [1 - LAST_DIGITS, 1, 1 + LAST_DIGITS].map(
    (by) => ours(scaled(given, by), began).decisions,
  );
  const decisions = theirs.decisions?.map((decision, index) => {
    const isNear = isSame(decision, less?.[index]) || isSame(decision, more?.[index]);
    return isNear ? exact?.[index] : decision;
  });
  return { first: theirs.first, decisions };
}

function scaled(given: Trace, by: number): Trace {
  const steps = given.steps.map(({ report, ...step }) =>
    report === undefined
      ? step
      : { ...step, report: { ...report, concurrency: report.concurrency * by, requests: report.requests * by } },
  );
  return { ...given, steps };
}

describeWithReference('the autoscaler and Knative', () => {
  beforeAll(async () => {
    await buildReference();
  }, REFERENCE_TIMEOUT_MS);

  it(
    `decide alike on ${TRACES} random loads`,
    async () => {
      const traces = fc.sample(trace, { numRuns: TRACES, seed: SEED });
      let rounded = 0;
      let decided = 0;
      const scales = new Set<number>();
      for (let from = 0; from < traces.length; from += AT_ONCE) {
        const some = traces.slice(from, from + AT_ONCE);
        const answers = await runReference(some.map((one) => ({ op: 'kpa', ...one })));
        answers.forEach((answer: Answer, index) => {
          const given = some[index];
          if (given === undefined || answer.began === undefined) throw new Error(JSON.stringify(answer));
          const mine = ours(given, answer.began);
          const theirs = { first: answer.first, decisions: answer.decisions };
          if (!isSame(mine, theirs)) {
            rounded++;
            expect({ trace: from + index, ...mine }).toEqual({
              trace: from + index,
              ...withinLastDigit(given, answer),
            });
          }
          decided += mine.decisions.length;
          for (const { desiredPods } of mine.decisions) scales.add(desiredPods);
        });
      }
      expect(rounded).toBeLessThan(TRACES / 100);
      // the loads move it: a comparison of nothing but zeros would say nothing
      expect(decided).toBeGreaterThan(TRACES * 20);
      expect(scales.size).toBeGreaterThan(200);
    },
    REFERENCE_TIMEOUT_MS,
  );
});
