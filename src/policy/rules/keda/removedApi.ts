import { defineKind, horizontalPodAutoscaler } from '../../../kubernetes/kinds.ts';
import { withName } from '../../../kubernetes/object.ts';
import { defineRule } from '../../engine/rule.ts';

const oldScaledObject = defineKind('keda.k8s.io', 'ScaledObject');

/** autoscaling/v2beta1 went with Kubernetes 1.25, v2beta2 with 1.26, the group keda.k8s.io with KEDA 2. */
export const kedaRemovedApi = defineRule({
  id: 'keda/removed-api',
  title: 'autoscalers are of an API version that is still served',
  why: 'The API server knows no such resource: the apply fails, and with Argo CD the whole application stays out of sync.',
  howToFix: 'Write `autoscaling/v2` for a HorizontalPodAutoscaler and `keda.sh/v1alpha1` for a ScaledObject.',
  kinds: [horizontalPodAutoscaler, oldScaledObject],
  action: 'deny',
  examples: {
    bad: `
apiVersion: autoscaling/v2beta2
kind: HorizontalPodAutoscaler
metadata: {name: worker}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: worker}
  maxReplicas: 10
`,
    good: `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: worker}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: worker}
  maxReplicas: 10
`,
  },

  judge({ key, name, reference }) {
    const { apiVersion, kind } = reference;
    if (key === oldScaledObject.key) {
      return [{ path: '/apiVersion', message: gone(kind, name, apiVersion, 'keda.sh/v1alpha1') }];
    }
    if (apiVersion !== 'autoscaling/v2beta1' && apiVersion !== 'autoscaling/v2beta2') return [];
    const message = gone(kind, name, apiVersion, 'autoscaling/v2');
    // The metrics of v2beta1 have another shape; those of v2beta2 are v2's.
    if (apiVersion === 'autoscaling/v2beta1') return [{ path: '/apiVersion', message }];
    return [{ path: '/apiVersion', message, fix: [{ set: '/apiVersion', value: 'autoscaling/v2' }] }];
  },
});

function gone(kind: string, name: string, apiVersion: string, right: string): string {
  return `${withName(kind, name)} is of ${apiVersion}, which is not served any more; write apiVersion ${right}`;
}
