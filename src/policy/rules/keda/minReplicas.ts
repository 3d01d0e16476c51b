import { numberAt } from '../../../kubernetes/json.ts';
import { horizontalPodAutoscaler, scaledJob, scaledObject } from '../../../kubernetes/kinds.ts';
import type { Edit } from '../../engine/edit.ts';
import { defineRule } from '../../engine/rule.ts';
import type { Subject } from '../../engine/subject.ts';
import { judgeBounds } from './bounds.ts';

/** Left out, KEDA takes 0 and a HorizontalPodAutoscaler 1. */
export const minReplicas = defineRule({
  id: 'keda/min-replicas',
  title: 'workloads keep as many replicas as the environment asks for',
  why: 'Replicas that are always there cost money day and night; none at all make the first event wait for a pod.',
  howToFix:
    'Set `minReplicaCount` (`minReplicas` of a HorizontalPodAutoscaler) within the bounds of `keda.minReplicaCount`.',
  kinds: [scaledObject, scaledJob, horizontalPodAutoscaler],
  action: 'deny',
  examples: {
    bad: `
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: orders}
spec:
  scaleTargetRef: {name: orders}
  minReplicaCount: 40
  maxReplicaCount: 50
  triggers:
  - type: cpu
    metricType: Utilization
    metadata: {value: "70"}
`,
    good: `
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: orders}
spec:
  scaleTargetRef: {name: orders}
  minReplicaCount: 2
  maxReplicaCount: 20
  triggers:
  - type: cpu
    metricType: Utilization
    metadata: {value: "70"}
`,
  },

  judge(subject, { policy }) {
    const bounds = policy.keda?.minReplicaCount;
    if (subject.key === horizontalPodAutoscaler.key) {
      // It cannot go to zero, so that a smallest value below 1 holds by itself.
      const absentNote = ", Kubernetes' own default";
      const alongWith = (min: number) => raiseTo(subject, min, 'maxReplicas');
      return judgeBounds(subject, bounds, policy.name, { field: 'minReplicas', absent: 1, absentNote, alongWith });
    }
    const absentNote = ", KEDA's own default";
    const alongWith = (min: number) => raiseTo(subject, min, 'maxReplicaCount');
    return judgeBounds(subject, bounds, policy.name, { field: 'minReplicaCount', absent: 0, absentNote, alongWith });
  },
});

function raiseTo(subject: Subject, min: number, field: string): Edit[] {
  const value = numberAt(subject.object, 'spec', field);
  return value !== undefined && value < min ? [{ set: `/spec/${field}`, value: min }] : [];
}
