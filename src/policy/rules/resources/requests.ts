import { podHolders } from '../../../kubernetes/podTemplate.ts';
import { defineRule } from '../../engine/rule.ts';
import { judgeSide } from './bounds.ts';

/**
 * Requests of every container, init containers too, within the environment's bounds.
 *
 * A container with a limit and no request requests its limit, as the API server fills it in.
 */
export const requests = defineRule({
  id: 'resources/requests',
  title: 'every container requests CPU and memory within the bounds of the environment',
  why: 'The scheduler places pods by their requests: a container without one lands on a node that is already full, and one with a huge one waits for a node that does not exist.',
  howToFix:
    'Set `resources.requests` of the container to what it uses on an ordinary day, within the bounds that the message names.',
  kinds: podHolders,
  action: 'deny',
  examples: {
    bad: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
        resources:
          requests: {cpu: "3", memory: 512Mi}
          limits: {cpu: "4", memory: 1Gi}
`,
    good: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
        resources:
          requests: {cpu: "1", memory: 512Mi}
          limits: {cpu: "4", memory: 1Gi}
`,
  },
  judge: (subject, context) => judgeSide('requests', subject, context),
});
