import { defineRule, type Violation } from '../../engine/rule.ts';
import { judgePeriod } from './deliveryBackoff.ts';
import { deliveryPlaces } from './deliveryPlaces.ts';
import { deliveryKinds } from './deliveryRetry.ts';
import { boundsOf } from './periods.ts';

/** How long one attempt may take (pkg/apis/duck/v1/delivery_types.go, feature delivery-timeout). */
export const deliveryTimeout = defineRule({
  id: 'eventing/delivery-timeout',
  title: 'one attempt takes no longer than the environment allows',
  why: 'An attempt that hangs holds its place in line: on an ordered Kafka partition every later event waits for it.',
  howToFix:
    'Set `timeout` in the delivery within the bounds of `eventing.delivery.timeout`; longer work answers at once and goes on by itself.',
  kinds: deliveryKinds,
  action: 'deny',
  examples: {
    bad: `
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: report}
spec:
  broker: orders
  filter: {attributes: {type: order.created.v1}}
  subscriber: {ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: report}}
  delivery: {retry: 5, timeout: PT1H}
`,
    good: `
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: report}
spec:
  broker: orders
  filter: {attributes: {type: order.created.v1}}
  subscriber: {ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: report}}
  delivery: {retry: 5, timeout: PT1M}
`,
  },

  judge(subject, { policy, inventory }) {
    const bounds = boundsOf(policy.eventing?.delivery?.timeout);
    if (bounds === undefined) return [];
    const violations: Violation[] = [];
    for (const place of deliveryPlaces(subject, inventory)) {
      judgePeriod(place, 'timeout', bounds, policy.name, violations);
    }
    return violations;
  },
});
