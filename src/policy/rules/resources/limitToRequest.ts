import { podHolders } from '../../../kubernetes/podTemplate.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import { BOUNDED_RESOURCES } from '../../model/resources.ts';
import { boundsOf, claimsOf, exceedsRatio, nameOf, pathOf } from './amounts.ts';
import { settleRatio } from './settle.ts';

/** A limit at most some times its request. */
export const limitToRequest = defineRule({
  id: 'resources/limit-to-request',
  title: 'a limit stays within a few times its request',
  why: 'Nodes are filled by requests and burnt by limits: where limits are far above, one busy hour evicts pods that did nothing wrong.',
  howToFix: 'Raise the request to what the container really uses, or lower the limit.',
  kinds: podHolders,
  action: 'warn',
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
          requests: {cpu: 200m, memory: 128Mi}
          limits: {cpu: "2", memory: 4Gi}
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
          requests: {cpu: 200m, memory: 1Gi}
          limits: {cpu: "2", memory: 4Gi}
`,
  },

  judge(subject, { policy }) {
    const violations: Violation[] = [];
    if (policy.resources?.limitToRequest === undefined) return violations;
    for (const container of subject.template?.containers ?? []) {
      const claims = claimsOf(container);
      if (claims === undefined) continue;
      for (const resource of BOUNDED_RESOURCES) {
        const bounds = boundsOf(policy.resources)[resource];
        if (bounds?.ratio === undefined) continue;
        const claim = claims[resource];
        const request = claim.request?.nanos;
        const limit = claim.limit?.nanos;
        if (request === undefined || limit === undefined || !exceedsRatio(request, limit, bounds.ratio)) continue;
        violations.push({
          path: pathOf(claim, 'limits'),
          message: `${nameOf(resource)} limit of ${container.name} is ${claim.limit?.text}, more than ${bounds.ratio} times its request ${claim.request?.text}; ${policy.name} allows at most ${bounds.ratio} times`,
          fix: settleRatio(claim, bounds),
        });
      }
    }
    return violations;
  },
});
