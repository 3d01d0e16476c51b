/** What the platform's people are told of Knative. */
import type { RuleGroup } from './rule.ts';
import { DERIVED, REVISION, SERVICE, SHAPE } from './shape.ts';

const revision = REVISION.join(', ');
const service = SERVICE.join(', ');
const { pods } = SHAPE;

/** Fifteen requests in five minutes: below that one failed request would be an outage. */
const LEAST_REQUESTS = 0.05;

const SERVICE_NAMED = '{{ $labels.namespace }}/{{ $labels.service }}';
const REVISION_NAMED = '{{ $labels.namespace }}/{{ $labels.revision }}';

export const knativeAlerts: RuleGroup = {
  name: 'knative-alerts',
  rules: [
    {
      alert: 'KnativeColdStartSlow',
      expr: `${DERIVED.coldStartP95} > 3`,
      for: '10m',
      severity: 'warning',
      summary: `Cold starts of ${SERVICE_NAMED} take {{ $value | humanizeDuration }} (p95)`,
      description:
        'One request in twenty waited longer than 3 s in the activator, beyond what the service itself takes. It should be below 3 s.',
    },
    {
      alert: 'KnativePanicModeStuck',
      expr: `max by (${revision}) (${SHAPE.panic}) > 0`,
      for: '15m',
      severity: 'warning',
      summary: `The autoscaler has been in panic mode for ${REVISION_NAMED} for a quarter of an hour`,
      description:
        'Panic mode ends one stable window (60 s) after the load is below twice what the pods bear. While it lasts nothing is scaled down.',
    },
    {
      alert: 'KnativeScalingFails',
      expr: `max by (${revision}) (${pods.requested}) > max by (${revision}) (${pods.ready})`,
      for: '10m',
      severity: 'critical',
      summary: `${REVISION_NAMED} does not get the pods that the autoscaler asks for`,
      description:
        'Fewer pods are ready than were asked for, and that for ten minutes. They should be there within one.',
    },
    {
      alert: 'KnativeErrorRateHigh',
      expr: `max by (${service}) (
  (${DERIVED.errorRatio} > 0.05)
  and on (${service}, seen_by)
  (${DERIVED.serviceRequests} > ${LEAST_REQUESTS})
)`,
      for: '5m',
      severity: 'critical',
      summary: `${SERVICE_NAMED} fails {{ $value | humanizePercentage }} of its requests`,
      description:
        'More than 5 % of the requests of the last five minutes were answered by 5xx, by the service or by the activator.',
    },
    {
      alert: 'KnativeScaleToZeroStuck',
      expr: `max by (${revision}) (${pods.requested}) == 0
and on (${revision})
sum by (${revision}) ({__name__=~"${[pods.ready, pods.notReady, pods.pending, pods.terminating].join('|')}"}) > 0`,
      for: '15m',
      severity: 'warning',
      summary: `${REVISION_NAMED} does not go to zero`,
      description:
        'The autoscaler wants no pod, and there have been some for a quarter of an hour: longer than the grace period (30 s) and the usual retention.',
    },
    {
      alert: 'KnativeDeadLettersGrow',
      expr: `sum by (${service}) (${SHAPE.deadLetters}) > 0`,
      for: '1m',
      severity: 'warning',
      summary: `{{ $value | humanize }} events became dead letters in ${SERVICE_NAMED} within ten minutes`,
      description:
        'Events reached the dead letter sink: no retry brought them to their subscriber. No metric counts them, so what the sink is sent is counted.',
    },
    {
      alert: 'KnativeMetricsMissing',
      expr: `(
  count by (job) (up{job=~"knative-.+"} == 0)
  /
  count by (job) (up{job=~"knative-.+"})
) > 0.5`,
      for: '15m',
      severity: 'warning',
      summary: '{{ $labels.job }} shows no metrics',
      description:
        'More than half of its pods cannot be scraped, so that the other alerts are blind. Since Knative 1.19 there are no metrics unless config-observability asks for them.',
    },
  ],
};
