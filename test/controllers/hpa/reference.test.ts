/**
 * The algorithm beside Kubernetes' own code (k8s.io/kubernetes v1.36.3 pkg/controller/podautoscaler): 1,200 random moments,
 * whose answers tools/hpa-reference has written down.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { type Behavior, normalize } from '../../../controllers/hpa/normalize.ts';
import { MetricProblem, propose, type Target } from '../../../controllers/hpa/proposal.ts';
import type { ScalingRules } from '../../../controllers/hpa/rules.ts';
import {
  cases,
  type EventCase,
  type NormalizeCase,
  type PodCase,
  type ProposeCase,
  type RulesCase,
} from '../../../tools/hpa-reference/cases.ts';

const GOLDEN = path.join(import.meta.dirname, 'testdata/kubernetes.json');
const NOW = Date.parse('2026-11-22T08:00:00Z');
const answers = JSON.parse(readFileSync(GOLDEN, 'utf8')) as readonly unknown[];

function proposed({ pods, resource, percent, average, replicas, up, down }: ProposeCase): unknown {
  const target: Target = { resource, wants: average > 0 ? { average } : { percent } };
  const metrics = new Map(
    pods
      .filter(({ used }) => used >= 0)
      .map(({ name, used, usedAge, windowMs }) => [name, { value: used, at: NOW - usedAge, windowMs }]),
  );
  const seen = pods.map((pod) => podSeen(pod, resource));
  try {
    return propose(target, { pods: seen, metrics, replicas, tolerances: { up, down }, now: NOW });
  } catch (error) {
    if (error instanceof MetricProblem) return { error: error.message };
    throw error;
  }
}

function podSeen({ name, phase, deleted, startAge, ready, readyAge, requests }: PodCase, resource: 'cpu' | 'memory') {
  return {
    name,
    phase,
    isBeingDeleted: deleted,
    startTime: startAge === null ? undefined : NOW - startAge,
    ready: ready === '' ? undefined : { status: ready, changed: NOW - readyAge },
    requests: {},
    containers: requests.map((request, index) => ({
      name: `c${index}`,
      requests: request < 0 ? {} : { [resource]: request },
    })),
  };
}

function normalized(moment: NormalizeCase): unknown {
  const { current, desired, min, max, scaleUp, scaleDown, recommendations, ups, downs } = moment;
  const memory = {
    recommendations: recommendations.map(({ age, count }) => ({ at: NOW - age, replicas: count })),
    ups: eventsOf(ups),
    downs: eventsOf(downs),
  };
  const behavior: Behavior | undefined =
    scaleUp === null || scaleDown === null ? undefined : { scaleUp: rulesOf(scaleUp), scaleDown: rulesOf(scaleDown) };
  const { replicas, able, limited } = normalize({ current, desired, min, max }, behavior, memory, NOW);
  return {
    replicas,
    AbleToScale: ['True', able.reason, able.message],
    ScalingLimited: [limited.isLimited ? 'True' : 'False', limited.reason, limited.message],
  };
}

function eventsOf(events: readonly EventCase[]) {
  return events.map(({ age, count }) => ({ at: NOW - age, change: count }));
}

function rulesOf({ seconds, select, policies }: RulesCase): ScalingRules {
  return {
    stabilizationSeconds: seconds ?? undefined,
    selectPolicy: select,
    policies: policies.map(({ type, value, period }) => ({ type, value, periodSeconds: period })),
  };
}

it('says what Kubernetes says, of each moment', () => {
  const all = cases();
  expect(answers).toHaveLength(all.length);
  const differences = all.flatMap((moment, index) => {
    const ours = moment.op === 'propose' ? proposed(moment) : normalized(moment);
    const isSame = JSON.stringify(sorted(ours)) === JSON.stringify(sorted(answers[index]));
    return isSame ? [] : [{ moment, ours, kubernetes: answers[index] }];
  });
  expect(differences).toEqual([]);
});

it('asks of moments in which much is different', () => {
  const texts = new Set(answers.map((answer) => JSON.stringify(answer)));
  expect(texts.size).toBeGreaterThan(600);
});

function sorted(value: unknown): unknown {
  return Object.fromEntries(Object.entries(value ?? {}).sort(([left], [right]) => (left < right ? -1 : 1)));
}
