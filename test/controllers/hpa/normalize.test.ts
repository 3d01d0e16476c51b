/** What of a wish is done at once: values by hand after k8s.io/kubernetes pkg/controller/podautoscaler/horizontal.go. */
import { describe, expect, it } from '@jest/globals';
import { type Behavior, type Memory, newMemory, normalize, remember } from '../../../controllers/hpa/normalize.ts';
import type { ScalingRules } from '../../../controllers/hpa/rules.ts';

const NOW = Date.parse('2026-11-22T08:00:00Z');
const SECOND = 1000;

const UP: ScalingRules = {
  stabilizationSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
};
const DOWN: ScalingRules = {
  stabilizationSeconds: undefined,
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
};

function memory(...recommendations: [secondsAgo: number, replicas: number][]): Memory {
  const at = recommendations.map(([ago, replicas]) => ({ at: NOW - ago * SECOND, replicas }));
  return { recommendations: at, ups: [], downs: [] };
}

describe('without a word of its own', () => {
  it.each([
    ['goes as far as is wanted', { current: 3, desired: 5, min: 1, max: 10 }, memory(), 5, 'DesiredWithinRange'],
    ['to twice as many at most', { current: 3, desired: 20, min: 1, max: 50 }, memory(), 6, 'ScaleUpLimit'],
    ['or to four', { current: 1, desired: 20, min: 1, max: 50 }, memory(), 4, 'ScaleUpLimit'],
    ['never above the most', { current: 3, desired: 20, min: 1, max: 5 }, memory(), 5, 'TooManyReplicas'],
    ['never below the least', { current: 3, desired: 0, min: 2, max: 5 }, memory(), 2, 'TooFewReplicas'],
    ['down after five minutes', { current: 8, desired: 2, min: 1, max: 9 }, memory([301, 8]), 2, 'DesiredWithinRange'],
    ['and not before', { current: 8, desired: 2, min: 1, max: 9 }, memory([299, 8]), 8, 'DesiredWithinRange'],
    [
      'to what was most of late',
      { current: 8, desired: 2, min: 1, max: 9 },
      memory([9, 4], [400, 8]),
      4,
      'DesiredWithinRange',
    ],
  ])('%s', (_what, wish, kept, replicas, reason) => {
    const normalized = normalize(wish, undefined, kept, NOW);
    expect([normalized.replicas, normalized.limited.reason]).toEqual([replicas, reason]);
    expect(normalized.limited.isLimited).toBe(reason !== 'DesiredWithinRange');
  });

  it('says that it waits to go down, and remembers what was wanted and not what came of it', () => {
    const kept = newMemory(8, NOW);
    const wish = { current: 8, desired: 2, min: 1, max: 9 };
    expect(normalize(wish, undefined, kept, NOW).able.reason).toBe('ScaleDownStabilized');
    expect(normalize(wish, undefined, kept, NOW + 300 * SECOND).replicas).toBe(8);
    const after = normalize(wish, undefined, kept, NOW + 301 * SECOND);
    expect([after.replicas, after.able.reason]).toEqual([2, 'ReadyForNewScale']);
  });
});

describe('with rules of its own', () => {
  const wish = { current: 10, desired: 30, min: 1, max: 100 };
  const behavior = (up: Partial<ScalingRules>, down: Partial<ScalingRules> = {}): Behavior => ({
    scaleUp: { ...UP, ...up },
    scaleDown: { ...DOWN, ...down },
  });

  it.each<[what: string, up: Partial<ScalingRules>, replicas: number, reason: string]>([
    ['the greatest change counts', {}, 20, 'ScaleUpLimit'],
    ['or the least', { selectPolicy: 'Min' }, 14, 'ScaleUpLimit'],
    ['or none', { selectPolicy: 'Disabled' }, 10, 'ScaleUpLimit'],
    ['a part of one Pod is one', { policies: [{ type: 'Percent', value: 1, periodSeconds: 15 }] }, 11, 'ScaleUpLimit'],
    ['with room for all', { policies: [{ type: 'Pods', value: 50, periodSeconds: 15 }] }, 30, 'DesiredWithinRange'],
  ])('up: %s', (_what, up, replicas, reason) => {
    const normalized = normalize(wish, behavior(up), memory(), NOW);
    expect([normalized.replicas, normalized.limited.reason]).toEqual([replicas, reason]);
  });

  it.each<[what: string, down: Partial<ScalingRules>, replicas: number, reason: string]>([
    ['at once where nothing else is said', { stabilizationSeconds: 0 }, 1, 'TooFewReplicas'],
    [
      'by Pods',
      { stabilizationSeconds: 0, policies: [{ type: 'Pods', value: 3, periodSeconds: 60 }] },
      7,
      'ScaleDownLimit',
    ],
    [
      'by percent, rounded down',
      { stabilizationSeconds: 0, policies: [{ type: 'Percent', value: 25, periodSeconds: 60 }] },
      7,
      'ScaleDownLimit',
    ],
    ['by nothing', { stabilizationSeconds: 0, selectPolicy: 'Disabled' }, 10, 'ScaleDownLimit'],
    ['five minutes later', {}, 10, 'DesiredWithinRange'],
  ])('down: %s', (_what, down, replicas, reason) => {
    const normalized = normalize({ ...wish, desired: 0 }, behavior({}, down), memory([60, 10]), NOW);
    expect([normalized.replicas, normalized.limited.reason]).toEqual([replicas, reason]);
  });

  it('what was added within a period counts against it', () => {
    const rules = behavior({ policies: [{ type: 'Pods', value: 4, periodSeconds: 60 }] });
    const kept = memory();
    const steps = [0, 15, 45, 60, 61].map((seconds) => {
      const now = NOW + seconds * SECOND;
      const current = 10 + kept.ups.reduce((total, { change }) => total + change, 0);
      const { replicas } = normalize({ ...wish, current }, rules, kept, now);
      remember(kept, rules, { from: current, to: replicas }, now);
      return replicas;
    });
    expect(steps).toEqual([14, 14, 14, 18, 18]);
  });

  it('a window upwards waits for the least of what was asked for in it', () => {
    const rules = behavior({ stabilizationSeconds: 60 });
    const up = { ...wish, desired: 14 };
    const first = normalize(up, rules, memory([30, 11]), NOW);
    expect([first.replicas, first.able.reason]).toEqual([11, 'ScaleUpStabilized']);
    expect(normalize(up, rules, memory([61, 11]), NOW).replicas).toBe(14);
  });
});
