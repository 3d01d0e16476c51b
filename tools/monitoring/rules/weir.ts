/** Weir itself. Its metrics are those of src/process/metrics/catalogue.ts. */
import { newWithin10m } from './promql.ts';
import type { RuleGroup } from './rule.ts';

export const DENIALS = 'weir:denials:increase10m';
export const REVIEW_P99 = 'weir:admission_duration_seconds:p99';

/** The job's names, which targets.ts takes from the pods' labels. */
const WEBHOOK = 'weir-webhook';
const CONTROLLER = 'weir-controller';

/** Ours, in the names of the API server's metrics. */
const OURS = 'name=~".+\\\\.weir\\\\.dev"';

export const weirRecords: RuleGroup = {
  name: 'weir',
  rules: [
    {
      record: DENIALS,
      expr: 'sum by (environment) (increase(weir_admission_reviews_total{verdict="denied"}[10m]))',
    },
    {
      record: REVIEW_P99,
      expr: 'histogram_quantile(0.99, sum by (door, le) (rate(weir_admission_duration_seconds_bucket[5m])))',
    },
  ],
};

export const weirAlerts: RuleGroup = {
  name: 'weir-alerts',
  rules: [
    {
      alert: 'WeirWebhookDown',
      expr: `absent(up{job="${WEBHOOK}"} == 1)`,
      for: '2m',
      severity: 'critical',
      summary: 'No replica of weir-webhook answers',
      description:
        'Changes in staging, prod and environments of your own are refused until a replica answers; those in dev and edge get in unjudged. What runs goes on running.',
    },
    {
      alert: 'WeirWebhookUnreachable',
      expr: `sum by (name) (
  rate(apiserver_admission_webhook_rejection_count{${OURS},error_type!="no_error"}[5m])
  or
  rate(apiserver_admission_webhook_fail_open_count{${OURS}}[5m])
) > 0`,
      for: '5m',
      severity: 'critical',
      summary: 'The API server gets no answer from {{ $labels.name }}',
      description:
        'The API server asks Weir and fails: changes are refused, or get in unjudged. A webhook that is up and cannot be reached is mostly a NetworkPolicy or a certificate.',
    },
    {
      alert: 'WeirWebhookSlow',
      expr: `${REVIEW_P99} > 0.02`,
      for: '10m',
      severity: 'warning',
      summary: 'Weir takes {{ $value | humanizeDuration }} for a review at {{ $labels.door }} (p99)',
      description: 'Every apply in an environment waits for a review. 99 of 100 reviews should take less than 3 ms.',
    },
    {
      alert: 'WeirReviewsFail',
      expr: 'sum by (door) (rate(weir_admission_failures_total[5m])) > 0',
      for: '5m',
      severity: 'warning',
      summary: 'Reviews at {{ $labels.door }} meet a mistake of Weir or of its installation',
      description:
        'Weir cannot judge what it is asked, and answers as the failure policy of the environment says. Its log says what is wrong.',
    },
    {
      alert: 'WeirCertificateExpires',
      expr: 'min by (job) (weir_certificate_expiry_timestamp_seconds) - time() < 7 * 86400',
      for: '10m',
      severity: 'critical',
      summary: 'The certificate of the webhook ends in {{ $value | humanizeDuration }}',
      description:
        'The certificate lives for 90 days and is renewed when a third of that is left, so the renewal fails. After its end the API server trusts no answer.',
    },
    {
      alert: 'WeirPolicyRefused',
      expr: 'max by (job) (weir_policy_refused) > 0',
      for: '5m',
      severity: 'warning',
      summary: '{{ $labels.job }} cannot use its policies, and judges by the last good ones',
      description: 'A change of the policies is not in force. The log says file, line and reason.',
    },
    {
      alert: 'WeirWatchStale',
      expr: 'max by (job, kind) (weir_cache_age_seconds) > 300',
      for: '5m',
      severity: 'warning',
      summary: '{{ $labels.job }} has not heard of {{ $labels.kind }} for {{ $value | humanizeDuration }}',
      description:
        'What Weir knows of that kind is old, and verdicts that look it up may be wrong. The API server sends a sign of life every minute; a silent watch is taken up anew after two and a half.',
    },
    {
      alert: 'WeirControllerDown',
      expr: `absent(leader_election_master_status{job="${CONTROLLER}"} == 1)`,
      for: '5m',
      severity: 'critical',
      summary: 'No replica of weir-controller leads',
      description:
        'Schedules do not begin or end, guard rails are not kept, reports grow old. What schedules hold stays held.',
    },
    {
      alert: 'WeirControllerFails',
      expr: 'sum by (controller) (rate(controller_runtime_reconcile_errors_total{job="weir-controller"}[10m])) > 0',
      for: '15m',
      severity: 'warning',
      summary: 'Rounds of the controller {{ $labels.controller }} fail',
      description:
        'The controller tries again, after up to five minutes each time. Its log and the conditions of the object say why.',
    },
    {
      alert: 'WeirScheduleLate',
      expr: 'histogram_quantile(0.95, sum by (le) (increase(weir_schedule_transition_lag_seconds_bucket[15m]))) > 60',
      for: '1m',
      severity: 'warning',
      summary: 'Windows of ScalingSchedules begin or end {{ $value | humanizeDuration }} late (p95)',
      description: 'What a window asks for should be written within seconds of its start.',
    },
    {
      alert: 'WeirScheduleRefused',
      expr: 'sum(increase(weir_schedule_refusals_total[15m])) > 0',
      for: '5m',
      severity: 'warning',
      summary: 'A ScalingSchedule may not write what its window asks for',
      description:
        'A webhook or a missing right refuses the write; the schedule says so in its condition Ready. It is tried again every five minutes.',
    },
    {
      alert: 'WeirDenialsSurge',
      expr: `${DENIALS} > 10
and
${DENIALS} > 3 * (avg_over_time(${DENIALS}[1d] offset 1h) or ${DENIALS} * 0)`,
      for: '10m',
      severity: 'warning',
      summary: '{{ $value | humanize }} changes were denied in {{ $labels.environment }} within ten minutes',
      description:
        'More than ten, and three times as many as on average of the day before: a policy that is new and too strict, or a deployment that tries again and again.',
    },
    {
      alert: 'WeirEventsLost',
      expr: `sum by (job) (
${newWithin10m('weir_cloudevents_lost_total')}
or
${newWithin10m('weir_events_lost_total')}
) > 0`,
      for: '1m',
      severity: 'warning',
      summary: '{{ $labels.job }} loses events of its own',
      description:
        'The sink of its CloudEvents refuses them or does not answer, or the API server takes no Events. Verdicts and schedules do not depend on it.',
    },
  ],
};
