import { KPA_ONLY_ANNOTATIONS } from '../../../knative/autoscaling/annotations.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import { isRefused } from '../knative/errors.ts';
import { find, scaledKinds, scalingOf } from './scaling.ts';

/**
 * Settings of the Knative Pod Autoscaler on a service of the HPA class, which reads min-scale, max-scale, initial-scale,
 * metric, target and window alone (knative/serving pkg/reconciler/autoscaling/hpa).
 */
export const classKeys = defineRule({
  id: 'autoscaling/class-keys',
  title: 'a service of the HPA class has no settings of the Knative Pod Autoscaler',
  why: 'The HorizontalPodAutoscaler does not know them: the service behaves as if they were not there, and the manifest says otherwise.',
  howToFix:
    'Remove the annotation; for the HPA class, `autoscaling.knative.dev/window` is the stabilization window in both directions.',
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
      annotations:
        autoscaling.knative.dev/class: hpa.autoscaling.knative.dev
        autoscaling.knative.dev/metric: cpu
        autoscaling.knative.dev/scale-down-delay: 15m
    spec:
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
      annotations:
        autoscaling.knative.dev/class: hpa.autoscaling.knative.dev
        autoscaling.knative.dev/metric: cpu
        autoscaling.knative.dev/window: 5m
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
`,
  },

  judge(subject, context) {
    const violations: Violation[] = [];
    const scaling = scalingOf(subject, context.policy);
    if (scaling === undefined || !scaling.isHpa) return violations;
    for (const annotation of KPA_ONLY_ANNOTATIONS) {
      const found = find(scaling, annotation);
      if (found === undefined || isRefused(subject, context, found.path)) continue;
      violations.push({
        path: found.path,
        message: `annotation "${found.key}" means nothing to the HPA class; remove it`,
        fix: [{ remove: found.path }],
      });
    }
    return violations;
  },
});
