/** What dashboards and alerts have in common, read out of the one shape. */
import type { RuleGroup } from './rule.ts';
import { DERIVED, SERVICE, SHAPE } from './shape.ts';

const service = SERVICE.join(', ');

/**
 * Over half an hour, since a service that sleeps is woken rarely; the mean of rates is as good as a rate for the shape of
 * a distribution.
 */
function p95Over30m(buckets: string): string {
  return `histogram_quantile(0.95, sum by (${service}, le) (avg_over_time(${buckets}[30m])))`;
}

/** The share of 5xx where there are requests at all; 0 where none failed. */
function errorRatio(requests: string): string {
  return `(
  sum by (${service}) (${requests}{class="5xx"})
  or
  0 * sum by (${service}) (${requests})
)
/
(sum by (${service}) (${requests}) > 0)`;
}

const QUEUE_PROXY = { seen_by: 'queue-proxy' } as const;
const ACTIVATOR = { seen_by: 'activator' } as const;

export const derived: RuleGroup = {
  name: 'knative-services',
  rules: [
    {
      // No metric says how long a cold start took. A request that waits for a pod waits in the activator, and there with
      // it stays the time of the service itself: what the service takes without the activator is taken off.
      record: DERIVED.coldStartP95,
      expr: `clamp_min(
  (${p95Over30m(SHAPE.activatorSeconds)} >= 0)
  - on (${service})
  (
    (${p95Over30m(SHAPE.requestSeconds)} >= 0)
    or on (${service})
    0 * (${p95Over30m(SHAPE.activatorSeconds)} >= 0)
  ),
  0
)`,
    },
    {
      record: DERIVED.serviceRequests,
      expr: `sum by (${service}) (${SHAPE.requests})`,
      labels: QUEUE_PROXY,
    },
    {
      record: DERIVED.serviceRequests,
      expr: `sum by (${service}) (${SHAPE.activatorRequests})`,
      labels: ACTIVATOR,
    },
    { record: DERIVED.errorRatio, expr: errorRatio(SHAPE.requests), labels: QUEUE_PROXY },
    // what the activator answers by itself, such as 503 while no pod comes up, no queue-proxy ever sees
    { record: DERIVED.errorRatio, expr: errorRatio(SHAPE.activatorRequests), labels: ACTIVATOR },
  ],
};
