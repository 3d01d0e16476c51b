/** The way from a wish to a number of pods, to zero and to the condition Active, case by case. */
import { describe, expect, it } from '@jest/globals';
import {
  type Activity,
  activatorCount,
  activeChange,
  type ScaleState,
  scaleStep,
  servingMode,
} from '../../../src/knative/autoscaler/scaleTarget.ts';
import { type AutoscalerSettings, autoscalerSettings } from '../../../src/knative/autoscaler/settings.ts';
import { readAutoscalerConfig } from '../../../src/knative/autoscaling/config.ts';

const NOW = 1_000_000_000;

function settings(annotations: Record<string, string> = {}, config: Record<string, string> = {}, isReachable = true) {
  const keys = Object.entries(annotations).map(([key, value]) => [`autoscaling.knative.dev/${key}`, value]);
  const read = readAutoscalerConfig(config);
  expect(read.problems).toEqual([]);
  return autoscalerSettings({
    annotations: Object.fromEntries(keys),
    config: read.config,
    containerConcurrency: 0,
    isReachable,
  });
}

function state(change: Partial<ScaleState> = {}): ScaleState {
  return {
    activity: 'active',
    activeChanged: NOW,
    isInitialized: true,
    isProxying: false,
    proxyingSince: undefined,
    isActivatorSeen: true,
    progressDeadline: 600_000,
    ...change,
  };
}

function ago(seconds: number): number {
  return NOW - seconds * 1000;
}

describe('the bounds', () => {
  it.each<{ desired: number; annotations: Record<string, string>; isInitialized: boolean; pods: number }>`
    desired | annotations                                | isInitialized | pods
    ${3}    | ${{}}                                      | ${true}       | ${3}
    ${3}    | ${{ 'min-scale': '5' }}                    | ${true}       | ${5}
    ${0}    | ${{ 'min-scale': '2' }}                    | ${true}       | ${2}
    ${90}   | ${{ 'max-scale': '20' }}                   | ${true}       | ${20}
    ${90}   | ${{ 'max-scale': '0' }}                    | ${true}       | ${90}
    ${1}    | ${{ 'initial-scale': '4' }}                | ${false}      | ${4}
    ${1}    | ${{ 'initial-scale': '4' }}                | ${true}       | ${1}
    ${1}    | ${{ 'initial-scale': '4', minScale: '6' }} | ${false}      | ${6}
  `('$desired pods with $annotations are $pods', ({ desired, annotations, isInitialized, pods }) => {
    expect(scaleStep(desired, settings(annotations), state({ isInitialized }), NOW)).toEqual({
      want: pods,
      apply: pods,
    });
  });

  it('mean nothing to a Revision that no Route names: it goes to zero', () => {
    const given = settings({ 'min-scale': '3', 'initial-scale': '4' }, {}, false);
    const idle = state({ activity: 'inactive', activeChanged: ago(31), isInitialized: false });
    expect(scaleStep(0, given, idle, NOW)).toEqual({ want: 0, apply: 0 });
  });

  it('leave what is not known yet as it is, but for a Revision that comes up', () => {
    expect(scaleStep(-1, settings({ 'min-scale': '3' }), state(), NOW)).toEqual({ want: -1 });
    const coming = state({ activity: 'activating', isInitialized: false });
    expect(scaleStep(-1, settings({ 'min-scale': '3' }), coming, NOW)).toEqual({ want: 3, apply: 3 });
  });
});

describe('the way to zero', () => {
  const proxied = { isProxying: true };
  it.each<{ what: string; change: Partial<ScaleState>; annotations?: Record<string, string>; step: object }>([
    {
      what: 'begins after a stable window',
      change: { activeChanged: ago(20) },
      step: { want: 1, apply: 1, again: 40_000 },
    },
    { what: 'is first called inactive', change: { activeChanged: ago(60) }, step: { want: 0 } },
    {
      what: 'wakes itself where the activator is there already',
      change: { activeChanged: ago(60), ...proxied },
      step: { want: 0, again: 3000 },
    },
    {
      what: 'waits for the activator',
      change: { activity: 'inactive', activeChanged: ago(90), isActivatorSeen: false },
      step: { want: 0 },
    },
    {
      what: 'waits for the grace period',
      change: { activity: 'inactive', activeChanged: ago(10), proxyingSince: ago(10), ...proxied },
      step: { want: 0, again: 20_000 },
    },
    {
      what: 'is short where the activator was in the way long before',
      change: { activity: 'inactive', activeChanged: ago(10), proxyingSince: ago(30), ...proxied },
      step: { want: 0, apply: 0 },
    },
    {
      what: 'ends after the grace period',
      change: { activity: 'inactive', activeChanged: ago(30), proxyingSince: ago(1), ...proxied },
      step: { want: 0, apply: 0 },
    },
    {
      what: 'keeps the last pod for its retention',
      change: { activity: 'inactive', activeChanged: ago(40), proxyingSince: ago(40), ...proxied },
      annotations: { 'scale-to-zero-pod-retention-period': '1m' },
      step: { want: 0, again: 20_000 },
    },
    {
      what: 'waits for a Revision that comes up',
      change: { activity: 'activating', activeChanged: ago(600) },
      step: { want: -1, again: 630_000 },
    },
    {
      what: 'gives up a Revision that does not come up',
      change: { activity: 'activating', activeChanged: ago(631) },
      step: { want: 0, apply: 0 },
    },
  ])('$what', ({ change, annotations, step }) => {
    expect(scaleStep(0, settings(annotations), state(change), NOW)).toEqual(step);
  });

  it('is closed where the cluster says so', () => {
    const given = settings({}, { 'enable-scale-to-zero': 'false' });
    expect(scaleStep(0, given, state({ activity: 'inactive' }), NOW)).toEqual({ want: 1, apply: 1 });
  });
});

describe('the condition Active', () => {
  // the table above computeActiveCondition in Knative's kpa.go
  it.each<{ want: number; ready: number; min: string; before: Activity; isInitialized?: boolean; after: Activity }>`
    want  | ready | min    | before          | isInitialized | after
    ${0}  | ${3}  | ${'0'} | ${'active'}     | ${true}       | ${'inactive'}
    ${0}  | ${0}  | ${'0'} | ${'activating'} | ${true}       | ${'inactive'}
    ${2}  | ${0}  | ${'0'} | ${'inactive'}   | ${true}       | ${'activating'}
    ${2}  | ${1}  | ${'2'} | ${'active'}     | ${true}       | ${'activating'}
    ${2}  | ${2}  | ${'2'} | ${'activating'} | ${true}       | ${'active'}
    ${-1} | ${0}  | ${'0'} | ${'inactive'}   | ${true}       | ${'inactive'}
    ${-1} | ${0}  | ${'0'} | ${'activating'} | ${true}       | ${'activating'}
    ${-1} | ${0}  | ${'1'} | ${'active'}     | ${true}       | ${'activating'}
    ${-1} | ${1}  | ${'0'} | ${'inactive'}   | ${true}       | ${'inactive'}
    ${-1} | ${1}  | ${'1'} | ${'activating'} | ${true}       | ${'active'}
    ${-1} | ${3}  | ${'1'} | ${'active'}     | ${true}       | ${'active'}
  `(
    '$before wants $want, has $ready of at least $min: $after',
    ({ want, ready, min, before, isInitialized = true, after }) => {
      const change = activeChange(want, ready, settings({ 'min-scale': min }), { activity: before, isInitialized });
      expect(change.activity).toBe(after);
    },
  );

  it('waits for the initial scale until it was there once', () => {
    const given = settings({ 'initial-scale': '3' });
    expect(activeChange(3, 2, given, { activity: 'activating', isInitialized: false }).reason).toBe('Queued');
    expect(activeChange(3, 2, given, { activity: 'activating', isInitialized: true }).activity).toBe('active');
  });

  it('of a Revision that begins at zero is inactive at once', () => {
    const given = settings({ 'initial-scale': '0' }, { 'allow-zero-initial-scale': 'true' });
    const change = activeChange(-1, 0, given, { activity: 'activating', isInitialized: false });
    expect(change).toMatchObject({ activity: 'inactive', reason: 'NoTraffic' });
  });

  it('says of a Revision that was given up that its time was over', () => {
    expect(activeChange(0, 0, settings(), { activity: 'activating', isInitialized: true }).reason).toBe('TimedOut');
  });
});

describe('the activator', () => {
  it.each([
    [0, 10, 'Proxy'],
    [-1, 10, 'Proxy'],
    [1, -1, 'Proxy'],
    [1, 0, 'Serve'],
  ] as const)('with %s pods and %s to spare: %s', (want, excess, mode) => {
    expect(servingMode(want, excess)).toBe(mode);
  });

  it.each<[Record<string, string>, number]>([
    [{ 'target-burst-capacity': '0' }, 2],
    [{}, 13],
    [{ 'target-burst-capacity': '-1' }, 10],
  ])('with %j and 10 pods is %s times there', (annotations, count) => {
    const given: AutoscalerSettings = settings(annotations);
    expect(activatorCount(10, given)).toBe(count);
  });
});
