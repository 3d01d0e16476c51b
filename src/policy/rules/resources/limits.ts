import { podHolders } from '../../../kubernetes/podTemplate.ts';
import { defineRule } from '../../engine/rule.ts';
import { judgeSide } from './bounds.ts';

/** Limits of every container, init containers too, within the environment's bounds. */
export const limits = defineRule({
  id: 'resources/limits',
  title: 'every container has CPU and memory limits within the bounds of the environment',
  why: 'A container without a memory limit that leaks takes its whole node down, and every other service on it.',
  howToFix:
    'Set `resources.limits` of the container to what it may use at its worst, within the bounds that the message names.',
  kinds: podHolders,
  action: 'deny',
  examples: {
    bad: `
apiVersion: apps/v1
kind: Deployment
metadata: {name: event-display}
spec:
  selector: {matchLabels: {app: event-display}}
  template:
    metadata: {labels: {app: event-display}}
    spec:
      imagePullSecrets: [{name: regcred}]
      containers:
      - name: event-display
        image: registry.example.com/shop/event-display:2.1.0
        securityContext: {runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, seccompProfile: {type: RuntimeDefault}}
        resources:
          requests: {cpu: 100m, memory: 64Mi}
`,
    good: `
apiVersion: apps/v1
kind: Deployment
metadata: {name: event-display}
spec:
  selector: {matchLabels: {app: event-display}}
  template:
    metadata: {labels: {app: event-display}}
    spec:
      imagePullSecrets: [{name: regcred}]
      containers:
      - name: event-display
        image: registry.example.com/shop/event-display:2.1.0
        securityContext: {runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, seccompProfile: {type: RuntimeDefault}}
        resources:
          requests: {cpu: 100m, memory: 64Mi}
          limits: {cpu: 500m, memory: 128Mi}
`,
  },
  judge: (subject, context) => judgeSide('limits', subject, context),
});
