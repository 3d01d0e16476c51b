/** What becomes of a Service under simple traffics whose outcome can be worked out by hand. */
import { describe, expect, it } from '@jest/globals';
import { autoscalerSettings } from '../../src/knative/autoscaler/settings.ts';
import { readAutoscalerConfig } from '../../src/knative/autoscaling/config.ts';
import type { Simulation } from '../../src/simulate/model.ts';
import { simulate } from '../../src/simulate/simulate.ts';

interface Given {
  readonly annotations?: Record<string, string>;
  readonly containerConcurrency?: number;
  readonly requestTime?: number;
  readonly startTime?: number;
}

/** @param phases seconds and their requests a second, one after the other */
function played(phases: readonly (readonly [number, number])[], given: Given = {}): Simulation {
  const { annotations = {}, containerConcurrency = 0, requestTime = 0.1, startTime = 3 } = given;
  const keys = Object.entries(annotations).map(([key, value]) => [`autoscaling.knative.dev/${key}`, value]);
  const settings = autoscalerSettings({
    annotations: Object.fromEntries(keys),
    config: readAutoscalerConfig({}).config,
    containerConcurrency,
    isReachable: true,
  });
  const rates = phases.flatMap(([seconds, rate]) => new Array<number>(seconds).fill(rate));
  return simulate(
    { begin: 0, rates: Float64Array.from(rates) },
    { settings, containerConcurrency, requestTime, startTime },
  );
}

describe('simulate', () => {
  it('keeps what the load needs at the target', () => {
    // 70 requests a second of 0.1 s each are 7 at once, 10 × 0.7 of which a pod should carry
    const { wanted, totals } = played([[300, 70]], { annotations: { target: '10' } });
    expect(wanted.at(-1)).toBe(1);
    const more = played([[300, 700]], { annotations: { target: '10' } });
    expect(more.wanted.at(-1)).toBe(10);
    expect([totals.waited, more.totals.waited]).toEqual([0, 0]);
  });

  it('goes to zero after the stable window and the grace period, and not before', () => {
    const { pods } = played([
      [60, 10],
      [300, 0],
    ]);
    const gone = pods.indexOf(0);
    // 60 s until the window is empty, 60 s called active, 30 s with the activator in the way
    expect(gone).toBeGreaterThanOrEqual(120);
    expect(gone).toBeLessThanOrEqual(155);
    expect(pods.at(-1)).toBe(0);
  });

  it('lets requests wait for the first pod, and counts the cold start', () => {
    const { totals, waiting, pods } = played(
      [
        [400, 0],
        [60, 5],
      ],
      { startTime: 4 },
    );
    expect(pods[399]).toBe(0);
    expect(totals.coldStarts).toBe(1);
    expect(totals.longestWait).toBe(4);
    expect(totals.waited).toBeCloseTo(20, 9);
    expect(waiting.at(-1)).toBe(0);
  });

  it('has no cold start where min-scale keeps a pod', () => {
    const { totals } = played(
      [
        [400, 0],
        [60, 5],
      ],
      { annotations: { 'min-scale': '1' } },
    );
    expect([totals.coldStarts, totals.waited, totals.mostPods]).toEqual([0, 0, 1]);
    expect(totals.podHours).toBeCloseTo(460 / 3600, 9);
  });

  it('lets what is beyond max-scale wait', () => {
    // 2 pods × 1 request of 0.5 s: 4 a second of the 10 that come
    const { totals, waiting } = played([[100, 10]], {
      annotations: { 'max-scale': '2', 'min-scale': '2' },
      containerConcurrency: 1,
      requestTime: 0.5,
    });
    expect(waiting.at(-1)).toBeCloseTo(600, 6);
    expect(totals.left).toBeCloseTo(600, 6);
    expect(totals.longestWait).toBe(60);
    expect(totals.mostPods).toBe(2);
  });

  it('panics in a surge, and holds what it reached for a stable window', () => {
    const { totals, wanted } = played(
      [
        [120, 10],
        [10, 2000],
        [50, 10],
      ],
      { annotations: { target: '10' } },
    );
    expect(totals.panic).toBeGreaterThanOrEqual(60);
    expect(wanted.at(-1)).toBeGreaterThanOrEqual(29);
  });

  it('loses nothing: what came was served or waits', () => {
    const { totals } = played([[50, 3.3]], {
      containerConcurrency: 1,
      requestTime: 1,
      annotations: { 'max-scale': '2' },
    });
    expect(totals.requests).toBeCloseTo(165, 6);
    expect(totals.left).toBeGreaterThan(0);
    expect(totals.left).toBeLessThan(totals.requests);
  });
});
