import { TARGET } from '../../../knative/autoscaling/annotations.ts';
import { defineRule } from '../../engine/rule.ts';
import { isRefused } from '../knative/errors.ts';
import { floatAt, placeOf, scaledKinds, scalingOf } from './scaling.ts';
import { edit } from './settle.ts';

/** The smaller of both counts (knative/serving pkg/reconciler/autoscaling/resources/target.go). */
export const targetAboveConcurrency = defineRule({
  id: 'autoscaling/target-above-concurrency',
  title: 'the concurrency target is at most containerConcurrency',
  why: 'A pod never takes more than containerConcurrency, so that a target above it is a number that means nothing and misleads whoever reads it.',
  howToFix: 'Lower the target to containerConcurrency, or raise containerConcurrency.',
  kinds: scaledKinds,
  action: 'warn',
  examples: {
    bad: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    metadata:
      annotations: {autoscaling.knative.dev/target: "100"}
    spec:
      containerConcurrency: 10
      containers:
      - image: registry.example.com/shop/cart:1.4.2
`,
    good: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    metadata:
      annotations: {autoscaling.knative.dev/target: "10"}
    spec:
      containerConcurrency: 10
      containers:
      - image: registry.example.com/shop/cart:1.4.2
`,
  },

  judge(subject, context) {
    const scaling = scalingOf(subject, context.policy);
    if (scaling === undefined || !scaling.isKpa || scaling.metric !== 'concurrency') return [];
    const { containerConcurrency } = scaling;
    const target = floatAt(scaling, TARGET);
    if (containerConcurrency <= 0 || target === undefined || target <= containerConcurrency) return [];

    const path = placeOf(scaling, TARGET);
    if (isRefused(subject, context, path)) return [];
    return [
      {
        path,
        message: `target is ${target}, above containerConcurrency ${containerConcurrency}, which is what counts; set it to ${containerConcurrency}`,
        fix: [edit(scaling, TARGET, containerConcurrency)],
      },
    ];
  },
});
