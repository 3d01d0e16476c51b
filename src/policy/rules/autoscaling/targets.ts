/** What one pod should carry: target, its utilization, burst capacity and containerConcurrency. */
import {
  TARGET,
  TARGET_BURST_CAPACITY,
  TARGET_UTILIZATION_PERCENTAGE,
} from '../../../knative/autoscaling/annotations.ts';
import {
  effectiveTarget,
  effectiveTargetBurstCapacity,
  effectiveTargetUtilization,
} from '../../../knative/autoscaling/effective.ts';
import { join } from '../../../kubernetes/pointer.ts';
import type { Rule } from '../../engine/rule.ts';
import { boundRule } from '../boundRule.ts';
import { isRefused } from '../knative/errors.ts';
import { annotationRule } from './annotationRule.ts';
import { floatAt, type Scaling, scaledKinds, scalingOf } from './scaling.ts';

const same = (bound: number) => bound;

/** The number that is written counts here; that containerConcurrency may cap it is autoscaling/target-above-concurrency's. */
function targetOf(scaling: Scaling, metric: string) {
  if (scaling.metric !== metric) return undefined;
  const target = effectiveTarget(scaling);
  const value = floatAt(scaling, TARGET) ?? target.value;
  return value === undefined ? undefined : { ...target, value };
}

export const target = annotationRule<number, number>({
  name: 'target',
  annotation: TARGET,
  title: 'the concurrency target stays within the bounds of the environment',
  why: 'The target is how many requests one pod carries at once: too high and customers wait in one pod, too low and the service takes pods that it does not need.',
  bad: '5000',
  good: '100',
  classes: 'kpa',
  bounds: ({ target }) => target,
  parse: same,
  effective: (scaling) => targetOf(scaling, 'concurrency'),
});

export const rpsTarget = annotationRule<number, number>({
  name: 'rps-target',
  annotation: TARGET,
  title: 'the target in requests a second stays within the bounds of the environment',
  why: 'Requests a second are another measure than requests at once: a bound for the one says nothing about the other.',
  bad: '50000',
  good: '200',
  beside: 'autoscaling.knative.dev/metric: rps',
  classes: 'kpa',
  bounds: ({ rpsTarget }) => rpsTarget,
  parse: same,
  effective: (scaling) => targetOf(scaling, 'rps'),
});

export const targetUtilization = annotationRule<number, number>({
  name: 'target-utilization',
  annotation: TARGET_UTILIZATION_PERCENTAGE,
  title: 'target-utilization-percentage stays within the bounds of the environment',
  why: 'At 100 percent nothing is left while the next pod starts, and every request in between waits.',
  bad: '100',
  good: '70',
  classes: 'kpa',
  bounds: ({ targetUtilization }) => targetUtilization,
  parse: same,
  effective: effectiveTargetUtilization,
});

/** -1 keeps the activator in the way whatever the load: it counts as the largest of all. */
export const targetBurstCapacity = annotationRule<number, number>({
  name: 'target-burst-capacity',
  annotation: TARGET_BURST_CAPACITY,
  title: 'target-burst-capacity stays within the bounds of the environment',
  why: 'It decides when requests go through the activator, which buffers a burst and costs each request a hop.',
  bad: '-1',
  good: '200',
  environment: 'edge',
  classes: 'kpa',
  bounds: ({ targetBurstCapacity }) => targetBurstCapacity,
  parse: burstCapacity,
  effective(scaling) {
    const capacity = effectiveTargetBurstCapacity(scaling);
    return { ...capacity, value: burstCapacity(capacity.value) };
  },
  say: (value) => (value === Number.POSITIVE_INFINITY ? '-1, which is unlimited' : undefined),
});

function burstCapacity(value: number): number {
  return value === -1 ? Number.POSITIVE_INFINITY : value;
}

/** A field of the template, not an annotation; 0 is no limit, which is what Knative fills in. */
export const containerConcurrency: Rule = boundRule<number, number>({
  id: 'autoscaling/container-concurrency',
  title: 'containerConcurrency stays within the bounds of the environment',
  why: 'It is the hard limit of requests in one pod: without one a pod takes all that comes until it breaks.',
  howToFix: 'Set `spec.template.spec.containerConcurrency` to a value within the bounds that the message names.',
  kinds: scaledKinds,
  action: 'deny',
  examples: { bad: example(0), good: example(100), environment: 'edge' },
  label: 'containerConcurrency',
  bounds: ({ policy }) => policy.autoscaling?.containerConcurrency,
  parse: unlimited,
  read(subject, context) {
    const scaling = scalingOf(subject, context.policy);
    return scaling === undefined ? undefined : unlimited(scaling.containerConcurrency);
  },
  tell(subject, context, value) {
    const scaling = scalingOf(subject, context.policy);
    const path = join(scaling?.specPath ?? '', 'containerConcurrency');
    if (scaling === undefined || isRefused(subject, context, path)) return undefined;
    return { text: value === Number.POSITIVE_INFINITY ? 'unlimited' : `${value}`, path };
  },
  fix(subject, { policy }, bound) {
    const scaling = scalingOf(subject, policy);
    return scaling === undefined ? undefined : [{ set: join(scaling.specPath, 'containerConcurrency'), value: bound }];
  },
});

function unlimited(concurrency: number): number {
  return concurrency === 0 ? Number.POSITIVE_INFINITY : concurrency;
}

function example(concurrency: number): string {
  return `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    spec:
      containerConcurrency: ${concurrency}
      containers:
      - image: registry.example.com/shop/cart:1.4.2
`;
}
