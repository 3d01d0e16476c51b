/** Weir's own alerts. */
import { type AlertCase, buckets, CONTROLLER, series } from './case.ts';
import { DEAD_LETTER_CASES } from './deadLetters.ts';

const WEBHOOK = { job: 'weir-webhook', instance: '10.0.0.2:9090' } as const;
const DAY = 86_400;

export const WEIR_CASES: readonly AlertCase[] = [
  {
    alert: 'WeirWebhookDown',
    about: 'it does not answer',
    series: { [series('up', WEBHOOK)]: '1x5 0x20 1x20' },
    fires: { at: 10, labels: {}, summary: 'No replica of weir-webhook answers' },
    clearAt: 30,
  },
  {
    alert: 'WeirWebhookDown',
    about: 'there is none',
    series: { [series('up', WEBHOOK)]: '_x20 1x20' },
    fires: { at: 10, labels: {}, summary: 'No replica of weir-webhook answers' },
    clearAt: 30,
  },
  {
    alert: 'WeirWebhookDown',
    about: 'one of two is enough',
    series: { [series('up', WEBHOOK)]: '1x40', [series('up', { ...WEBHOOK, instance: 'other' })]: '0x40' },
    clearAt: 30,
  },
  {
    alert: 'WeirWebhookUnreachable',
    about: 'where changes wait',
    series: {
      [series('apiserver_admission_webhook_rejection_count', {
        name: 'prod.policy.weir.dev',
        type: 'validating',
        operation: 'CREATE',
        error_type: 'calling_webhook_error',
        rejection_code: '0',
      })]: '0+1x30 30x30',
    },
    fires: {
      at: 15,
      labels: { name: 'prod.policy.weir.dev' },
      summary: 'The API server gets no answer from prod.policy.weir.dev',
    },
    clearAt: 50,
  },
  {
    alert: 'WeirWebhookUnreachable',
    about: 'where changes get in unjudged',
    series: {
      [series('apiserver_admission_webhook_fail_open_count', { name: 'dev.policy.weir.dev', type: 'validating' })]:
        '0+1x30 30x30',
    },
    fires: {
      at: 15,
      labels: { name: 'dev.policy.weir.dev' },
      summary: 'The API server gets no answer from dev.policy.weir.dev',
    },
    clearAt: 50,
  },
  {
    alert: 'WeirWebhookUnreachable',
    about: 'a denial is an answer',
    series: {
      [series('apiserver_admission_webhook_rejection_count', {
        name: 'prod.policy.weir.dev',
        type: 'validating',
        operation: 'CREATE',
        error_type: 'no_error',
        rejection_code: '403',
      })]: '0+1x60',
    },
    clearAt: 30,
  },
  {
    alert: 'WeirWebhookSlow',
    series: buckets(
      'weir_admission_duration_seconds',
      { ...WEBHOOK, door: 'validate' },
      { none: ['0.01', '0.02'], all: ['0.05'], values: '0+60x30 1800x60' },
    ),
    fires: {
      at: 20,
      labels: { door: 'validate' },
      summary: 'Weir takes 49.7ms for a review at validate (p99)',
    },
    clearAt: 60,
  },
  {
    alert: 'WeirReviewsFail',
    series: { [series('weir_admission_failures_total', { ...WEBHOOK, door: 'mutate' })]: '0+1x30 30x30' },
    fires: {
      at: 15,
      labels: { door: 'mutate' },
      summary: 'Reviews at mutate meet a mistake of Weir or of its installation',
    },
    clearAt: 50,
  },
  {
    alert: 'WeirCertificateExpires',
    series: { [series('weir_certificate_expiry_timestamp_seconds', WEBHOOK)]: `${5 * DAY}x30 ${90 * DAY}x30` },
    fires: {
      at: 20,
      labels: { job: 'weir-webhook' },
      summary: 'The certificate of the webhook ends in 4d 23h 40m 0s',
    },
    clearAt: 45,
  },
  {
    alert: 'WeirPolicyRefused',
    series: { [series('weir_policy_refused', CONTROLLER)]: '0x2 1x20 0x20' },
    fires: {
      at: 15,
      labels: { job: 'weir-controller' },
      summary: 'weir-controller cannot use its policies, and judges by the last good ones',
    },
    clearAt: 35,
  },
  {
    alert: 'WeirWatchStale',
    series: { [series('weir_cache_age_seconds', { ...WEBHOOK, kind: 'Namespace' })]: '0+60x30 5x30' },
    fires: {
      at: 20,
      labels: { job: 'weir-webhook', kind: 'Namespace' },
      summary: 'weir-webhook has not heard of Namespace for 20m 0s',
    },
    clearAt: 45,
  },
  {
    alert: 'WeirControllerDown',
    about: 'each waits for another to lead',
    series: { [series('leader_election_master_status', { ...CONTROLLER, name: 'weir-controller' })]: '0x20 1x20' },
    fires: { at: 10, labels: {}, summary: 'No replica of weir-controller leads' },
    clearAt: 30,
  },
  {
    alert: 'WeirControllerFails',
    series: {
      [series('controller_runtime_reconcile_errors_total', { ...CONTROLLER, controller: 'schedule' })]: '0+1x40 40x60',
    },
    fires: { at: 30, labels: { controller: 'schedule' }, summary: 'Rounds of the controller schedule fail' },
    clearAt: 70,
  },
  {
    alert: 'WeirScheduleLate',
    series: buckets('weir_schedule_transition_lag_seconds', CONTROLLER, {
      none: ['30', '60'],
      all: ['300'],
      values: '0x10 1x60',
    }),
    fires: { at: 15, labels: {}, summary: 'Windows of ScalingSchedules begin or end 4m 48s late (p95)' },
    clearAt: 40,
  },
  {
    alert: 'WeirScheduleRefused',
    series: { [series('weir_schedule_refusals_total', CONTROLLER)]: '0x5 1x60' },
    fires: { at: 15, labels: {}, summary: 'A ScalingSchedule may not write what its window asks for' },
    clearAt: 40,
  },
  {
    alert: 'WeirDenialsSurge',
    series: {
      [series('weir_admission_reviews_total', {
        ...WEBHOOK,
        door: 'validate',
        environment: 'prod',
        verdict: 'denied',
      })]: '0x20 0+5x40 200x60',
    },
    fires: {
      at: 45,
      labels: { environment: 'prod' },
      summary: '50 changes were denied in prod within ten minutes',
    },
    clearAt: 100,
  },
  {
    alert: 'WeirDenialsSurge',
    about: 'as many as every day',
    series: {
      [series('weir_admission_reviews_total', {
        ...WEBHOOK,
        door: 'validate',
        environment: 'prod',
        verdict: 'denied',
      })]: '0+5x200',
    },
    clearAt: 150,
  },
  {
    alert: 'WeirEventsLost',
    about: 'CloudEvents',
    series: { [series('weir_cloudevents_lost_total', { ...WEBHOOK, reason: 'refused' })]: '_x11 2x60' },
    fires: { at: 14, labels: { job: 'weir-webhook' }, summary: 'weir-webhook loses events of its own' },
    clearAt: 30,
  },
  {
    alert: 'WeirEventsLost',
    about: 'Events',
    series: { [series('weir_events_lost_total', CONTROLLER)]: '0x11 2x60' },
    fires: { at: 14, labels: { job: 'weir-controller' }, summary: 'weir-controller loses events of its own' },
    clearAt: 30,
  },
  {
    alert: 'WeirEventsLost',
    about: 'a few scrapes failed',
    series: { [series('weir_events_lost_total', CONTROLLER)]: '5x29 stale stale stale stale 5x60' },
    clearAt: 43,
  },
  ...DEAD_LETTER_CASES,
];
