import { arrayAt, objectAt } from '../../../kubernetes/json.ts';
import { service } from '../../../kubernetes/kinds.ts';
import { withName } from '../../../kubernetes/object.ts';
import { defineRule } from '../../engine/rule.ts';

/** Two kinds are called Service. Kubernetes' own has no pods in it: one that describes pods is meant to be Knative's. */
export const coreServiceWithPods = defineRule({
  id: 'kinds/core-service-with-pods',
  title: "a Service that describes pods is Knative's",
  why: "The Service of apiVersion v1 only routes to pods that are there: what it says of containers is refused or dropped, nothing is started, and no rule for Knative's judges it.",
  howToFix: 'Write `apiVersion: serving.knative.dev/v1`.',
  kinds: [service],
  action: 'warn',
  examples: {
    bad: `
apiVersion: v1
kind: Service
metadata: {name: cart}
spec:
  template:
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
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
---
apiVersion: v1
kind: Service
metadata: {name: cart-metrics}
spec:
  selector: {app: cart}
  ports:
  - port: 9090
`,
  },

  judge({ object, name }) {
    const hasTemplate = objectAt(object, 'spec', 'template') !== undefined;
    if (!hasTemplate && arrayAt(object, 'spec', 'containers').length === 0) return [];
    const right = 'serving.knative.dev/v1';
    return [
      {
        path: '/apiVersion',
        message: `${withName('Service', name)} describes pods, which the Service of apiVersion v1 cannot; write apiVersion ${right}`,
        ...(hasTemplate ? { fix: [{ set: '/apiVersion', value: right }] } : {}),
      },
    ];
  },
});
