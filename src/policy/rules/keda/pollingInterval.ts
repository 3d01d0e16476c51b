import { scaledJob, scaledObject } from '../../../kubernetes/kinds.ts';
import { defineRule } from '../../engine/rule.ts';
import { judgeBounds } from './bounds.ts';

/** KEDA looks every 30 seconds where the manifest does not say. */
export const pollingInterval = defineRule({
  id: 'keda/polling-interval',
  title: 'metrics are looked at as often as the environment asks for',
  why: 'Looks that follow too closely are load for the broker or the database that is asked; too far apart, and a backlog grows unseen.',
  howToFix: 'Set `pollingInterval` within the bounds of `keda.pollingInterval`, in seconds.',
  kinds: [scaledObject, scaledJob],
  action: 'deny',
  examples: {
    bad: `
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: orders}
spec:
  scaleTargetRef: {name: orders}
  pollingInterval: 1
  maxReplicaCount: 12
  triggers:
  - type: postgresql
    metadata: {query: "SELECT count(*) FROM jobs", targetQueryValue: "10"}
`,
    good: `
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: orders}
spec:
  scaleTargetRef: {name: orders}
  pollingInterval: 15
  maxReplicaCount: 12
  triggers:
  - type: postgresql
    metadata: {query: "SELECT count(*) FROM jobs", targetQueryValue: "10"}
`,
  },

  judge(subject, { policy }) {
    const field = { field: 'pollingInterval', absent: 30, absentNote: " seconds, KEDA's own default" };
    return judgeBounds(subject, policy.keda?.pollingInterval, policy.name, field);
  },
});
