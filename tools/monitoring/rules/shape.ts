/**
 * The one shape that dashboards and alerts read, whatever Knative calls its metrics. Since 1.19 they are
 * OpenTelemetry's (`kn_*`, `http_server_*`, seconds), before that OpenCensus' (`revision_*`, `activator_*`,
 * `autoscaler_*`, milliseconds). Each record is made of both, told apart by the label `metrics`, so that a cluster on
 * its way from one to the other has both.
 */

export const REVISION = ['namespace', 'service', 'revision'] as const;
export const SERVICE = ['namespace', 'service'] as const;

export const OPENTELEMETRY = { metrics: 'opentelemetry' } as const;
export const OPENCENSUS = { metrics: 'opencensus' } as const;

/**
 * Services that take dead letters, by their name: no metric says that an event became one, so what reaches their sink is
 * counted. Whoever calls it otherwise changes this line and runs `npm run generate`.
 */
export const DEAD_LETTER_SINKS = '.*dead-?letter.*';

/** Over these, rates are taken: four scrapes and more, also where one is lost. */
export const WINDOW = '5m';

export const SHAPE = {
  requests: 'knative_revision:requests:rate5m',
  requestSeconds: 'knative_revision:request_seconds_bucket:rate5m',
  activatorRequests: 'knative_revision:activator_requests:rate5m',
  activatorSeconds: 'knative_revision:activator_request_seconds_bucket:rate5m',
  /** Since 1.19 alone. */
  queued: 'knative_revision:requests_queued:sum',
  /** Since 1.19 alone: the counters of sinks, of which dead letters are counted. */
  sinkRequests: 'knative_pod:dead_letter_sink_requests:total',
  deadLetters: 'knative_service:dead_letters:new10m',
  pods: {
    desired: 'knative_revision:pods_desired:max',
    requested: 'knative_revision:pods_requested:max',
    ready: 'knative_revision:pods_ready:max',
    notReady: 'knative_revision:pods_not_ready:max',
    pending: 'knative_revision:pods_pending:max',
    terminating: 'knative_revision:pods_terminating:max',
  },
  panic: 'knative_revision:panic_mode:max',
  concurrency: 'knative_revision:concurrency_stable:max',
  concurrencyTarget: 'knative_revision:concurrency_target:max',
  brokerEvents: 'knative_broker:events:rate5m',
  triggerTries: 'knative_trigger:tries:rate5m',
  triggerSeconds: 'knative_trigger:dispatch_seconds_bucket:rate5m',
} as const;

/** Read out of the records above. */
export const DERIVED = {
  coldStartP95: 'knative_service:cold_start_seconds:p95',
  serviceRequests: 'knative_service:requests:rate5m',
  errorRatio: 'knative_service:error_ratio:rate5m',
} as const;
