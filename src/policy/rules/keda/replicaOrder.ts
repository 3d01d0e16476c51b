import { numberAt } from '../../../kubernetes/json.ts';
import { horizontalPodAutoscaler, scaledJob, scaledObject } from '../../../kubernetes/kinds.ts';
import { titleOf, withName } from '../../../kubernetes/object.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';

/** What KEDA's webhook and the API server refuse: kedacore/keda apis/keda/v1alpha1 scaledobject_types.go, checkReplicaCountBoundsAreValid. */
export const replicaOrder = defineRule({
  id: 'keda/replica-order',
  title: 'idle, smallest and largest replica counts do not contradict each other',
  why: 'KEDA refuses a ScaledObject whose smallest count is above its largest, or whose idle count is not below its smallest.',
  howToFix: 'Write idleReplicaCount < minReplicaCount <= maxReplicaCount.',
  kinds: [scaledObject, scaledJob, horizontalPodAutoscaler],
  action: 'deny',
  examples: {
    bad: `
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: orders}
spec:
  scaleTargetRef: {name: orders}
  minReplicaCount: 10
  maxReplicaCount: 5
  triggers: [{type: cron, metadata: {timezone: Etc/UTC, start: 0 8 * * *, end: 0 18 * * *, desiredReplicas: "5"}}]
`,
    good: `
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: orders}
spec:
  scaleTargetRef: {name: orders}
  minReplicaCount: 1
  maxReplicaCount: 5
  triggers: [{type: cron, metadata: {timezone: Etc/UTC, start: 0 8 * * *, end: 0 18 * * *, desiredReplicas: "5"}}]
`,
  },

  judge({ object, key, name, reference }) {
    const isHpa = key === horizontalPodAutoscaler.key;
    const minField = isHpa ? 'minReplicas' : 'minReplicaCount';
    const maxField = isHpa ? 'maxReplicas' : 'maxReplicaCount';
    const min = numberAt(object, 'spec', minField) ?? (isHpa ? 1 : 0);
    const max = numberAt(object, 'spec', maxField) ?? (isHpa ? undefined : 100);

    const violations: Violation[] = [];
    if (max !== undefined && min > max) {
      const message = `${titleOf(reference)} has ${minField} ${min} above its ${maxField} ${max}; let the first be at most the second`;
      violations.push({ path: `/spec/${minField}`, message });
    }
    const idle = key === scaledObject.key ? numberAt(object, 'spec', 'idleReplicaCount') : undefined;
    if (idle !== undefined && idle >= min) {
      const message = `${withName('ScaledObject', name)} has idleReplicaCount ${idle}, which has to be below its minReplicaCount ${min}; with 0 for both, leave it out`;
      violations.push({ path: '/spec/idleReplicaCount', message });
    }
    return violations;
  },
});
