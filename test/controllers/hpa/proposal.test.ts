/** How many Pods a metric asks for: values by hand after k8s.io/kubernetes pkg/controller/podautoscaler/replica_calculator.go. */
import { describe, expect, it } from '@jest/globals';
import type { PodMetric, PodSeen } from '../../../controllers/hpa/pods.ts';
import { MetricProblem, propose, type Target } from '../../../controllers/hpa/proposal.ts';

const NOW = Date.parse('2026-11-22T08:00:00Z');
const HOUR = 3_600_000;
const TOLERANCES = { up: 0.1, down: 0.1 };
const CPU_50: Target = { resource: 'cpu', wants: { percent: 50 } };

function aPod(name: string, change: Partial<PodSeen> = {}): PodSeen {
  return {
    name,
    phase: 'Running',
    isBeingDeleted: false,
    startTime: NOW - HOUR,
    ready: { status: 'True', changed: NOW - HOUR },
    requests: {},
    containers: [{ name: 'user-container', requests: { cpu: 1000, memory: 100_000 } }],
    ...change,
  };
}

function used(values: Readonly<Record<string, number>>, change: Partial<PodMetric> = {}): Map<string, PodMetric> {
  return new Map(
    Object.entries(values).map(([name, value]) => [name, { value, at: NOW, windowMs: 15_000, ...change }]),
  );
}

const PENDING = { phase: 'Pending', startTime: undefined, ready: undefined };
const YOUNG = { startTime: NOW - 60_000, ready: { status: 'False', changed: NOW - 60_000 } };

describe('a wanted use in percent of what is requested', () => {
  it.each<[what: string, pods: readonly PodSeen[], use: Record<string, number>, replicas: number, proposed: number]>([
    ['stays within the tolerance below', [aPod('a'), aPod('b')], { a: 450, b: 450 }, 2, 2],
    ['stays within the tolerance above', [aPod('a'), aPod('b')], { a: 550, b: 550 }, 2, 2],
    ['goes up beyond it', [aPod('a'), aPod('b')], { a: 600, b: 560 }, 2, 3],
    ['goes down beyond it', [aPod('a'), aPod('b'), aPod('c')], { a: 100, b: 200, c: 150 }, 3, 1],
    ['is zero for who does nothing', [aPod('a')], { a: 0 }, 1, 0],
    // 1500 of 2000: 1.5, and of the three 1500 of 3000: 1.0
    ['takes one without a metric for idle on the way up', [aPod('a'), aPod('b'), aPod('c')], { a: 800, b: 700 }, 3, 3],
    // 200 of 2000: 0.2; with the third at its request 1200 of 3000: 0.8, of three 2.4
    ['and for busy on the way down', [aPod('a'), aPod('b'), aPod('c')], { a: 100, b: 100 }, 3, 3],
    // 900 of 1000: 1.8; with the pending one 900 of 2000: 0.9, the other way
    ['does not go down for one that starts', [aPod('a'), aPod('b', PENDING)], { a: 900 }, 2, 2],
    ['counts not what a start takes', [aPod('a'), aPod('b', YOUNG)], { a: 500, b: 2000 }, 2, 2],
    ['does not count who is on its way out', [aPod('a'), aPod('b', { isBeingDeleted: true })], { a: 500, b: 0 }, 1, 1],
    ['does not count who failed', [aPod('a'), aPod('b', { phase: 'Failed' })], { a: 1000, b: 0 }, 1, 2],
  ])('%s', (_what, pods, use, replicas, proposed) => {
    const situation = { pods, metrics: used(use), replicas, tolerances: TOLERANCES, now: NOW };
    expect(propose(CPU_50, situation).replicas).toBe(proposed);
  });

  it('tells what is used on average, and in percent', () => {
    const situation = { pods: [aPod('a'), aPod('b')], metrics: used({ a: 601, b: 560 }), replicas: 2, now: NOW };
    expect(propose(CPU_50, { ...situation, tolerances: TOLERANCES })).toEqual({
      replicas: 3,
      average: 580,
      percent: 58,
    });
  });

  it.each([
    ['was ready before, and is not now', { status: 'False', changed: NOW - 1000 }, 2],
    ['was never ready', { status: 'False', changed: NOW - HOUR + 20_000 }, 1],
  ])('after the time of its start, one that %s', (_what, ready, proposed) => {
    const pods = [aPod('a', { ready })];
    const situation = { pods: [...pods, aPod('b')], metrics: used({ a: 1500, b: 500 }), replicas: 1, now: NOW };
    // 2000 of 2000 is twice as much as wanted; without the first it is what is wanted
    expect(propose(CPU_50, { ...situation, tolerances: TOLERANCES }).replicas).toBe(proposed === 1 ? 1 : 4);
  });

  it('is asked of a whole time since the Pod is ready, while it is young', () => {
    const ready = { status: 'True', changed: NOW - 10_000 };
    const pods = [aPod('a', { startTime: NOW - 60_000, ready })];
    const situation = { pods, metrics: used({ a: 2000 }), replicas: 1, tolerances: TOLERANCES, now: NOW };
    expect(() => propose(CPU_50, situation)).toThrow('pods might be unready');
    expect(propose(CPU_50, { ...situation, metrics: used({ a: 2000 }, { windowMs: 10_000 }) }).replicas).toBe(4);
  });
});

describe('a wanted use in numbers', () => {
  const MEMORY: Target = { resource: 'memory', wants: { average: 100_000 } };

  it.each<[what: string, pods: readonly PodSeen[], use: Record<string, number>, replicas: number, proposed: number]>([
    ['stays within the tolerance', [aPod('a')], { a: 109_000 }, 1, 1],
    ['goes up', [aPod('a')], { a: 210_000 }, 1, 3],
    ['counts memory from the start', [aPod('a', YOUNG)], { a: 210_000 }, 1, 3],
    // 20 %, and with the other at its target 60 % of two
    ['takes one without a metric for as big as it may be', [aPod('a'), aPod('b')], { a: 20_000 }, 2, 2],
  ])('%s', (_what, pods, use, replicas, proposed) => {
    const situation = { pods, metrics: used(use), replicas, tolerances: TOLERANCES, now: NOW };
    expect(propose(MEMORY, situation).replicas).toBe(proposed);
  });

  it('needs no request', () => {
    const pods = [aPod('a', { containers: [{ name: 'user-container', requests: {} }] })];
    const situation = { pods, metrics: used({ a: 210_000 }), replicas: 1, tolerances: TOLERANCES, now: NOW };
    expect(propose(MEMORY, situation)).toEqual({ replicas: 3, average: 210_000 });
  });
});

describe('what cannot be told', () => {
  const bare = aPod('a', { containers: [{ name: 'user-container', requests: {} }] });
  it.each<[pods: readonly PodSeen[], use: Record<string, number>, target: Target, why: string]>([
    [[aPod('a')], {}, CPU_50, 'no metrics returned from resource metrics API'],
    [[], { a: 1 }, CPU_50, 'no pods returned by selector'],
    [[aPod('a', PENDING)], { a: 1 }, CPU_50, 'did not receive metrics for targeted pods'],
    [[bare], { a: 1 }, CPU_50, 'missing request for cpu in container user-container of Pod a'],
    [[aPod('a')], { a: 1 }, { ...CPU_50, container: 'other' }, 'container other not found in Pod a'],
  ])('%#', (pods, use, target, why) => {
    const situation = { pods, metrics: used(use), replicas: 1, tolerances: TOLERANCES, now: NOW };
    expect(() => propose(target, situation)).toThrow(MetricProblem);
    expect(() => propose(target, situation)).toThrow(why);
  });
});

it('takes the request of the Pod where it has one, and of sidecars with the others', () => {
  const both = [
    { name: 'user-container', requests: { cpu: 500 } },
    { name: 'sidecar', requests: { cpu: 500 } },
  ];
  const situation = { metrics: used({ a: 1000 }), replicas: 1, tolerances: TOLERANCES, now: NOW };
  expect(propose(CPU_50, { ...situation, pods: [aPod('a', { containers: both })] }).percent).toBe(100);
  const whole = aPod('a', { containers: both, requests: { cpu: 4000 } });
  expect(propose(CPU_50, { ...situation, pods: [whole] }).percent).toBe(25);
  expect(propose({ ...CPU_50, container: 'sidecar' }, { ...situation, pods: [whole] }).percent).toBe(200);
});
