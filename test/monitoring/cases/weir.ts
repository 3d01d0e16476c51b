/** Weir's own alerts. */
import { type AlertCase, buckets, series } from './case.ts';

const WEBHOOK = { job: 'weir-webhook', instance: '10.0.0.2:9090' } as const;
const CONTROLLER = { job: 'weir-controller', instance: '10.0.0.3:9090' } as const;
const SINK = { job: 'weir-dead-letters', instance: '10.0.0.4:8080', environment: 'prod' } as const;
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
  {
    alert: 'WeirDeadLetterSinkDown',
    about: 'it does not answer',
    series: {
      [series('weir_dead_letter_sinks', { ...CONTROLLER, environment: 'prod', state: 'kept' })]: '1x60',
      [series('up', SINK)]: '1x5 0x20 1x40',
    },
    fires: {
      at: 20,
      labels: { environment: 'prod' },
      summary: 'The dead-letter sink of prod does not answer',
    },
    clearAt: 40,
  },
  {
    alert: 'WeirDeadLetterSinkDown',
    about: 'it has no pod, and that of another environment is none of its own',
    series: {
      [series('weir_dead_letter_sinks', { ...CONTROLLER, environment: 'prod', state: 'blocked' })]: '1x30 _x30',
      [series('weir_dead_letter_sinks', { ...CONTROLLER, environment: 'dev', state: 'kept' })]: '1x60',
      [series('up', { ...SINK, environment: 'dev' })]: '1x60',
    },
    fires: {
      at: 20,
      labels: { environment: 'prod' },
      summary: 'The dead-letter sink of prod does not answer',
    },
    clearAt: 40,
  },
  {
    alert: 'WeirDeadLetterSinkDown',
    about: 'nobody keeps it any more, and it does not answer',
    series: { [series('up', SINK)]: '0x30 1x30' },
    fires: {
      at: 20,
      labels: { environment: 'prod' },
      summary: 'The dead-letter sink of prod does not answer',
    },
    clearAt: 40,
  },
  {
    alert: 'WeirDeadLetterSinkDown',
    about: 'its pod moves to another node',
    series: {
      [series('weir_dead_letter_sinks', { ...CONTROLLER, environment: 'prod', state: 'kept' })]: '1x60',
      [series('up', SINK)]: '1x20 0x5 _x40',
      [series('up', { ...SINK, instance: 'other' })]: '_x24 1x40',
    },
    clearAt: 30,
  },
  {
    alert: 'WeirDeadLetterSinkBlocked',
    series: {
      [series('weir_dead_letter_sinks', { ...CONTROLLER, environment: 'prod', state: 'blocked' })]: '1x30 _x30',
      [series('weir_dead_letter_sinks', { ...CONTROLLER, environment: 'prod', state: 'kept' })]: '_x31 1x30',
    },
    fires: {
      at: 15,
      labels: { environment: 'prod' },
      summary: 'Something stands in the way of the dead-letter sink of prod',
    },
    clearAt: 40,
  },
  {
    alert: 'WeirDeadLettersGrow',
    series: { [series('weir_dead_letters_taken_total', SINK)]: '0x10 3x60' },
    fires: {
      at: 14,
      labels: { environment: 'prod' },
      summary: '3 dead letters in prod within ten minutes',
    },
    clearAt: 30,
  },
  {
    alert: 'WeirDeadLettersGrow',
    about: 'its first pod begins with them',
    series: { [series('weir_dead_letters_taken_total', SINK)]: '_x10 2x60' },
    fires: {
      at: 14,
      labels: { environment: 'prod' },
      summary: '2 dead letters in prod within ten minutes',
    },
    clearAt: 30,
  },
  {
    alert: 'WeirDeadLettersGrow',
    about: 'its container starts again, and has taken them before it is scraped',
    series: { [series('weir_dead_letters_taken_total', SINK)]: '50x29 3x60' },
    fires: { at: 34, labels: { environment: 'prod' }, summary: '3 dead letters in prod within ten minutes' },
    clearAt: 50,
  },
  {
    alert: 'WeirDeadLettersGrow',
    about: 'its container starts again, and takes them after that',
    series: { [series('weir_dead_letters_taken_total', SINK)]: '50x29 0x2 3x60' },
    fires: { at: 35, labels: { environment: 'prod' }, summary: '3 dead letters in prod within ten minutes' },
    clearAt: 50,
  },
  {
    alert: 'WeirDeadLettersGrow',
    about: 'its container starts again, and takes more than before',
    series: { [series('weir_dead_letters_taken_total', SINK)]: '1x29 0x2 3x60' },
    fires: { at: 35, labels: { environment: 'prod' }, summary: '3 dead letters in prod within ten minutes' },
    clearAt: 50,
  },
  {
    alert: 'WeirDeadLettersGrow',
    about: 'it takes them, and its container starts again',
    series: { [series('weir_dead_letters_taken_total', SINK)]: '50x29 53 0x60' },
    fires: { at: 34, labels: { environment: 'prod' }, summary: '3 dead letters in prod within ten minutes' },
    clearAt: 50,
  },
  {
    alert: 'WeirDeadLettersGrow',
    about: 'a few scrapes failed',
    series: { [series('weir_dead_letters_taken_total', SINK)]: '50x29 stale stale stale stale 50x60' },
    clearAt: 43,
  },
  {
    alert: 'WeirDeadLettersGrow',
    about: 'they came while nobody scraped',
    series: { [series('weir_dead_letters_taken_total', SINK)]: '50x29 stale _x19 53x60' },
    fires: { at: 54, labels: { environment: 'prod' }, summary: '3 dead letters in prod within ten minutes' },
    clearAt: 70,
  },
  {
    alert: 'WeirDeadLettersGrow',
    about: 'a new pod has the address of one that was there',
    series: { [series('weir_dead_letters_taken_total', SINK)]: '50x9 stale _x29 3x60' },
    fires: { at: 44, labels: { environment: 'prod' }, summary: '3 dead letters in prod within ten minutes' },
    clearAt: 60,
  },
  {
    alert: 'WeirDeadLettersPileUp',
    series: { [series('weir_dead_letters_full_ratio', SINK)]: '0.5x10 0.85x20 0.4x30' },
    fires: {
      at: 25,
      labels: { environment: 'prod' },
      summary: 'The dead-letter sink of prod is 85% full',
    },
    clearAt: 40,
  },
  {
    alert: 'WeirDeadLettersForgotten',
    series: { [series('weir_dead_letters_forgotten_total', SINK)]: '0x10 4x60' },
    fires: {
      at: 14,
      labels: { environment: 'prod' },
      summary: '4 dead letters of prod went without having been put back',
    },
    clearAt: 30,
  },
  {
    alert: 'WeirDeadLettersForgotten',
    about: 'a few scrapes failed',
    series: { [series('weir_dead_letters_forgotten_total', SINK)]: '5x29 stale stale stale stale 5x60' },
    clearAt: 43,
  },
];
