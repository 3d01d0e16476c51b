import { scaledObject } from '../../../kubernetes/kinds.ts';
import { defineRule } from '../../engine/rule.ts';
import { judgeBounds } from './bounds.ts';

/** KEDA waits 300 seconds where the manifest does not say; it counts only on the way to zero. */
export const cooldownPeriod = defineRule({
  id: 'keda/cooldown-period',
  title: 'workloads go to zero after as long as the environment asks for',
  why: 'A short cooldown stops a workload between two messages and starts it again; a long one pays for pods that do nothing.',
  howToFix: 'Set `cooldownPeriod` within the bounds of `keda.cooldownPeriod`, in seconds.',
  kinds: [scaledObject],
  action: 'deny',
  examples: {
    bad: `
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: orders}
spec:
  scaleTargetRef: {name: orders}
  cooldownPeriod: 5
  maxReplicaCount: 12
  triggers:
  - type: kafka
    metadata: {bootstrapServers: "kafka:9092", consumerGroup: orders, topic: orders}
`,
    good: `
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: orders}
spec:
  scaleTargetRef: {name: orders}
  cooldownPeriod: 120
  maxReplicaCount: 12
  triggers:
  - type: kafka
    metadata: {bootstrapServers: "kafka:9092", consumerGroup: orders, topic: orders}
`,
  },

  judge(subject, { policy }) {
    const field = { field: 'cooldownPeriod', absent: 300, absentNote: " seconds, KEDA's own default" };
    return judgeBounds(subject, policy.keda?.cooldownPeriod, policy.name, field);
  },
});
