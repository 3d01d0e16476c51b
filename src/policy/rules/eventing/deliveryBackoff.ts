import { stringAt } from '../../../kubernetes/json.ts';
import { join } from '../../../kubernetes/pointer.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import type { DeliveryPolicy } from '../../model/eventing.ts';
import { type DeliveryPlace, deliveryPlaces } from './deliveryPlaces.ts';
import { deliveryKinds } from './deliveryRetry.ts';
import { boundsOf, type PeriodBounds, periodOf } from './periods.ts';

/** The wait between attempts: `backoffDelay * 2^n` or `backoffDelay * n` (pkg/apis/duck/v1/delivery_types.go). */
export const deliveryBackoff = defineRule({
  id: 'eventing/delivery-backoff',
  title: 'the wait between attempts is what the environment asks for',
  why: 'Attempts that follow at once hit a consumer that is already down; waits that are too long hold an event up for days.',
  howToFix: 'Set `backoffPolicy` and `backoffDelay` in the delivery within the bounds of `eventing.delivery`.',
  kinds: deliveryKinds,
  action: 'deny',
  examples: {
    bad: `
apiVersion: messaging.knative.dev/v1
kind: Subscription
metadata: {name: audit}
spec:
  channel: {apiVersion: messaging.knative.dev/v1, kind: Channel, name: orders}
  subscriber: {ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: audit}}
  delivery: {retry: 5, backoffPolicy: exponential, backoffDelay: PT10M}
`,
    good: `
apiVersion: messaging.knative.dev/v1
kind: Subscription
metadata: {name: audit}
spec:
  channel: {apiVersion: messaging.knative.dev/v1, kind: Channel, name: orders}
  subscriber: {ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: audit}}
  delivery: {retry: 5, backoffPolicy: exponential, backoffDelay: PT1S}
`,
  },

  judge(subject, { policy, inventory }) {
    const wanted = policy.eventing?.delivery;
    if (wanted === undefined) return [];
    const delayBounds = boundsOf(wanted.backoffDelay);

    const violations: Violation[] = [];
    for (const place of deliveryPlaces(subject, inventory)) {
      judgePolicy(place, wanted, policy.name, violations);
      if (delayBounds !== undefined) judgePeriod(place, 'backoffDelay', delayBounds, policy.name, violations);
    }
    return violations;
  },
});

function judgePolicy(place: DeliveryPlace, wanted: DeliveryPolicy, environment: string, violations: Violation[]): void {
  const allowed = wanted.backoffPolicy?.allowed;
  const backoffPolicy = stringAt(place.delivery, 'backoffPolicy');
  if (allowed === undefined || (backoffPolicy !== 'linear' && backoffPolicy !== 'exponential')) return;
  if (allowed.includes(backoffPolicy)) return;

  const path = join(place.path, 'backoffPolicy');
  const right = wanted.backoffPolicy?.default ?? allowed[0];
  violations.push({
    path,
    message: `${place.owner} has backoffPolicy ${backoffPolicy}, and ${environment} allows ${allowed.join(' and ')}`,
    ...(right === undefined ? {} : { fix: [{ set: path, value: right }] }),
  });
}

/** Judges one duration of a delivery against the environment's bounds; what is no duration, Knative refuses by itself. */
export function judgePeriod(
  place: DeliveryPlace,
  field: 'backoffDelay' | 'timeout',
  { min, max }: PeriodBounds,
  environment: string,
  violations: Violation[],
): void {
  const period = periodOf(stringAt(place.delivery, field));
  if (period === undefined) return;
  const { text } = period;

  const path = join(place.path, field);
  if (min !== undefined && period.nanoseconds < min.nanoseconds) {
    const message = `${place.owner} has ${field} ${text}, and ${environment} asks for at least ${min.text}`;
    violations.push({ path, message, fix: [{ set: path, value: min.text }] });
  } else if (max !== undefined && period.nanoseconds > max.nanoseconds) {
    const message = `${place.owner} has ${field} ${text}, and ${environment} allows at most ${max.text}`;
    violations.push({ path, message, fix: [{ set: path, value: max.text }] });
  }
}
