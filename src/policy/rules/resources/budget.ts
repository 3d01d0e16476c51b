import { annotationPath } from '../../../knative/autoscaling/annotations.ts';
import { effectiveMaxScale, effectiveMinScale } from '../../../knative/autoscaling/effective.ts';
import { defineRule } from '../../engine/rule.ts';
import { scaledKinds, scalingOf } from '../autoscaling/scaling.ts';
import { settleScale } from '../autoscaling/settle.ts';
import { format, nameOf } from './amounts.ts';
import { strainsOf } from './podRequests.ts';

/**
 * One service at full scale within the budget of the environment: the requests of a pod times max-scale.
 *
 * A max-scale beyond the environment's own bound counts as that bound, which autoscaling/max-scale holds it to, so that
 * one mistake is one finding.
 */
export const budget = defineRule({
  id: 'resources/budget',
  title: 'one service at full scale stays within the budget of the environment',
  why: 'Bounds on one container and on the number of pods do not bound their product: twenty pods of the largest size are another cluster.',
  howToFix: 'Lower the requests of the container, or max-scale, until their product is within the budget.',
  kinds: scaledKinds,
  action: 'deny',
  examples: {
    bad: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    metadata:
      annotations: {autoscaling.knative.dev/max-scale: "20"}
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
        resources:
          requests: {cpu: "2", memory: 1Gi}
          limits: {cpu: "4", memory: 2Gi}
`,
    good: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    metadata:
      annotations: {autoscaling.knative.dev/max-scale: "10"}
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
        resources:
          requests: {cpu: "2", memory: 1Gi}
          limits: {cpu: "4", memory: 2Gi}
`,
  },

  judge(subject, { policy }) {
    const { template } = subject;
    if (template === undefined || policy.resources?.budget === undefined) return [];
    const scaling = scalingOf(subject, policy);
    if (scaling === undefined) return [];

    const scale = effectiveMaxScale(scaling);
    const pods = Math.min(scale.value, policy.autoscaling?.maxScale?.max ?? Number.POSITIVE_INFINITY);
    const broken = strainsOf(template, policy.resources).filter((strain) => strain.pods < pods);
    if (broken.length === 0) return [];

    const held = Math.min(...broken.map((strain) => strain.pods));
    const sums = broken.map(({ resource, request, budget: most }) => {
      const sum = Number.isFinite(pods) ? format(resource, request * BigInt(pods)) : 'unlimited';
      return `${sum} ${nameOf(resource)} (${format(resource, request)} a pod), where ${policy.name} gives one service ${format(resource, most)}`;
    });
    const remedy = held < 1 ? 'one pod alone requests too much' : `lower its requests, or max-scale to ${held}`;
    // Fewer pods than the author wants at least is for the author to decide.
    const isFixable = held >= Math.max(effectiveMinScale(scaling).value, 1);
    return [
      {
        path: annotationPath(scaling.path, scale.key),
        message: `at max-scale ${Number.isFinite(pods) ? pods : 'unlimited'} the service takes ${sums.join(', and ')}; ${remedy}`,
        ...(isFixable ? { fix: settleScale(scaling, 'max', held) } : {}),
      },
    ];
  },
});
