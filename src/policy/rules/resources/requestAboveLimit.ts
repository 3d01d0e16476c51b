import { podHolders } from '../../../kubernetes/podTemplate.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import { BOUNDED_RESOURCES } from '../../model/resources.ts';
import { boundsOf, type ClaimBounds, claimsOf, nameOf, pathOf, type Range } from './amounts.ts';
import { settleOrder } from './settle.ts';

/**
 * A request at most its limit.
 *
 * The API server refuses the pod otherwise (kubernetes pkg/apis/core/validation, "must be less than or equal to"), and
 * for a Knative Service it does so only when the Revision's pods are made: the Service is accepted and never gets ready.
 */
export const requestAboveLimit = defineRule({
  id: 'resources/request-above-limit',
  title: 'a request is at most its limit',
  why: 'Kubernetes makes no pod of a container that requests more than its own limit; Knative accepts the Service, and it never gets ready.',
  howToFix: 'Lower the request to the limit, or raise the limit.',
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
          requests: {memory: 1Gi}
          limits: {memory: 512Mi}
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
          requests: {memory: 512Mi}
          limits: {memory: 1Gi}
`,
  },

  judge(subject, { policy }) {
    const violations: Violation[] = [];
    const bounds = policy.resources === undefined ? undefined : boundsOf(policy.resources);
    for (const container of subject.template?.containers ?? []) {
      const claims = claimsOf(container);
      if (claims === undefined) continue;
      for (const resource of BOUNDED_RESOURCES) {
        const claim = claims[resource];
        const request = claim.request?.nanos;
        const limit = claim.limit?.nanos;
        if (request === undefined || limit === undefined || request <= limit) continue;
        violations.push({
          path: pathOf(claim, 'requests'),
          message: `${nameOf(resource)} request of ${container.name} is ${claim.request?.text}, above its own limit ${claim.limit?.text}; no pod can be made of it`,
          fix: settleOrder(claim, bounds?.[resource] ?? UNBOUNDED),
        });
      }
    }
    return violations;
  },
});

const ANY: Range = { bounds: undefined, default: undefined, min: undefined, max: undefined };
const UNBOUNDED: ClaimBounds = { requests: ANY, limits: ANY, ratio: undefined };
