import { numberAt } from '../../../kubernetes/json.ts';
import { horizontalPodAutoscaler, scaledJob, scaledObject } from '../../../kubernetes/kinds.ts';
import { pointer } from '../../../kubernetes/pointer.ts';
import type { Edit } from '../../engine/edit.ts';
import { defineRule } from '../../engine/rule.ts';
import type { Subject } from '../../engine/subject.ts';
import { judgeBounds } from './bounds.ts';

/** KEDA takes 100 where maxReplicaCount is left out (kedacore/keda apis/keda/v1alpha1); an HPA has to name maxReplicas. */
export const maxReplicas = defineRule({
  id: 'keda/max-replicas',
  title: 'workloads scale no further than the environment allows',
  why: 'A backlog of a million messages asks for as many pods as it may have; without a bound one consumer takes the cluster.',
  howToFix:
    'Set `maxReplicaCount` (`maxReplicas` of a HorizontalPodAutoscaler) within the bounds of `keda.maxReplicaCount`; more than a topic has partitions helps nobody.',
  kinds: [scaledObject, scaledJob, horizontalPodAutoscaler],
  action: 'deny',
  examples: {
    bad: `
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: orders}
spec:
  scaleTargetRef: {name: orders}
  maxReplicaCount: 500
  triggers:
  - type: kafka
    metadata: {bootstrapServers: "kafka:9092", consumerGroup: orders, topic: orders, lagThreshold: "50"}
`,
    good: `
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: orders}
spec:
  scaleTargetRef: {name: orders}
  maxReplicaCount: 12
  triggers:
  - type: kafka
    metadata: {bootstrapServers: "kafka:9092", consumerGroup: orders, topic: orders, lagThreshold: "50"}
`,
  },

  judge(subject, { policy }) {
    const bounds = policy.keda?.maxReplicaCount;
    if (subject.key !== horizontalPodAutoscaler.key) {
      const alongWith = (max: number) => cutTo(subject, max, 'minReplicaCount', 'idleReplicaCount');
      const absentNote = ", KEDA's own default";
      return judgeBounds(subject, bounds, policy.name, {
        field: 'maxReplicaCount',
        absent: 100,
        absentNote,
        alongWith,
      });
    }
    if (numberAt(subject.object, 'spec', 'maxReplicas') === undefined) return []; // the API server refuses it by itself
    const alongWith = (max: number) => cutTo(subject, max, 'minReplicas');
    return judgeBounds(subject, bounds, policy.name, { field: 'maxReplicas', absent: 0, absentNote: '', alongWith });
  },
});

/** A maximum that is cut takes the smaller ones along that would now be above it. */
function cutTo(subject: Subject, max: number, ...fields: readonly string[]): Edit[] {
  const edits: Edit[] = [];
  for (const field of fields) {
    const value = numberAt(subject.object, 'spec', field);
    // KEDA wants idleReplicaCount below minReplicaCount.
    const most = field === 'idleReplicaCount' ? max - 1 : max;
    if (value !== undefined && value > most) edits.push({ set: pointer('spec', field), value: Math.max(most, 0) });
  }
  return edits;
}
