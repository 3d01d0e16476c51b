/**
 * Every metric of Weir's: its name, what it says, its labels. Code makes metrics of it alone, docs/metrics.md is written
 * from it. Never labelled by the name of an object, nor by what a request can choose freely: each would be a time series.
 *
 * The controllers' own metrics bear the names that dashboards for controllers know: sigs.k8s.io/controller-runtime
 * pkg/internal/controller/metrics/metrics.go, pkg/internal/metrics/workqueue.go and pkg/metrics (v0.24).
 */

export interface Metric {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Of a histogram: its bounds. */
  readonly buckets?: readonly number[];
  /** Whose it is. */
  readonly of: 'webhook' | 'controller' | 'both';
}

/** The aim is 3 ms for 99 of 100, so that most of them lie around it. */
const REVIEW_SECONDS = [0.0005, 0.001, 0.0015, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.02, 0.05];

const ROUND_SECONDS = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2,
  2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];

/** From 10 ns on, ten times as long each, as client-go's queues are measured everywhere. */
const QUEUE_SECONDS = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100, 1000];

const TRANSITION_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600];

const QUEUE = ['name', 'controller'] as const;

export const METRICS = {
  weir_admission_reviews_total: {
    type: 'counter',
    help: 'Reviews that were answered.',
    labels: ['door', 'kind', 'operation', 'environment', 'verdict'],
    of: 'webhook',
  },
  weir_admission_findings_total: {
    type: 'counter',
    help: 'Findings of the judging side.',
    labels: ['rule', 'environment', 'action'],
    of: 'webhook',
  },
  weir_admission_excused_total: {
    type: 'counter',
    help: 'Findings that a PolicyException excused.',
    labels: ['rule', 'environment'],
    of: 'webhook',
  },
  weir_admission_filled_total: {
    type: 'counter',
    help: 'Reviews in which defaults were written.',
    labels: ['environment'],
    of: 'webhook',
  },
  weir_admission_failures_total: {
    type: 'counter',
    help: "Reviews that met a mistake of Weir's or of its installation.",
    labels: ['door'],
    of: 'webhook',
  },
  weir_admission_duration_seconds: {
    type: 'histogram',
    help: "From a request's head to its answer.",
    labels: ['door'],
    buckets: REVIEW_SECONDS,
    of: 'webhook',
  },
  weir_break_glass_total: {
    type: 'counter',
    help: 'Denials that somebody passed who may.',
    labels: ['environment'],
    of: 'webhook',
  },
  weir_http_refused_total: {
    type: 'counter',
    help: 'Requests that held no review.',
    labels: ['code'],
    of: 'webhook',
  },
  weir_cache_age_seconds: {
    type: 'gauge',
    help: 'Since the cache of a kind last heard from the API server.',
    labels: ['kind'],
    of: 'both',
  },
  weir_certificate_expiry_timestamp_seconds: {
    type: 'gauge',
    help: 'When the serving certificate expires.',
    labels: [],
    of: 'webhook',
  },
  weir_policy_reloads_total: {
    type: 'counter',
    help: 'Policy folders that were read anew.',
    labels: ['outcome'],
    of: 'both',
  },
  weir_policy_refused: {
    type: 'gauge',
    help: '1 while the policy folder holds what cannot be used, and the last good policies judge.',
    labels: [],
    of: 'both',
  },
  weir_policy_info: {
    type: 'gauge',
    help: 'Says by its label which policies judge.',
    labels: ['hash'],
    of: 'both',
  },
  weir_events_lost_total: {
    type: 'counter',
    help: 'Events that found their queue full, and Events and statuses of exceptions that the API server refused.',
    labels: [],
    of: 'both',
  },
  weir_cloudevents_sent_total: {
    type: 'counter',
    help: 'CloudEvents that the sink took.',
    labels: ['type'],
    of: 'both',
  },
  weir_cloudevents_lost_total: {
    type: 'counter',
    help: 'CloudEvents that nobody got: the queue was full, the sink refused them, or every try failed.',
    labels: ['reason'],
    of: 'both',
  },
  weir_cloudevents_waiting: {
    type: 'gauge',
    help: 'CloudEvents that wait for the sink.',
    labels: [],
    of: 'both',
  },
  weir_schedule_transition_lag_seconds: {
    type: 'histogram',
    help: 'Seconds from the moment at which a window starts or ends until all that it asks for is written.',
    labels: [],
    buckets: TRANSITION_SECONDS,
    of: 'controller',
  },
  weir_schedule_refusals_total: {
    type: 'counter',
    help: 'Writes of a min-scale, max-scale or target that a webhook or a missing right refused.',
    labels: [],
    of: 'controller',
  },
  weir_schedule_active_windows: {
    type: 'gauge',
    help: 'ScalingSchedules with a window that is active now.',
    labels: [],
    of: 'controller',
  },
  weir_rollouts: {
    type: 'gauge',
    help: 'TrafficRollouts in each phase.',
    labels: ['phase'],
    of: 'controller',
  },
  weir_rollout_transitions_total: {
    type: 'counter',
    help: 'Phases and steps that TrafficRollouts came to.',
    labels: ['phase'],
    of: 'controller',
  },
  weir_rollout_intervals_total: {
    type: 'counter',
    help: 'Intervals of measurements that were judged.',
    labels: ['verdict'],
    of: 'controller',
  },
  weir_rollout_return_seconds: {
    type: 'histogram',
    help: 'Seconds from the verdict on a Revision that has failed until the Route sends it nothing any more.',
    labels: [],
    buckets: TRANSITION_SECONDS,
    of: 'controller',
  },
  weir_guardrails_writes_total: {
    type: 'counter',
    help: 'Guard rails that were made, updated after a change of the policy, repaired after one by somebody else, adopted, removed or given back.',
    labels: ['environment', 'section', 'what'],
    of: 'controller',
  },
  weir_guardrails_namespaces: {
    type: 'gauge',
    help: 'Namespaces whose guard rails are kept.',
    labels: ['environment'],
    of: 'controller',
  },
  weir_guardrails_overridden: {
    type: 'gauge',
    help: 'Guard rails in whose place an object of somebody else stands that says something else.',
    labels: ['environment'],
    of: 'controller',
  },
  weir_dead_letter_sinks: {
    type: 'gauge',
    help: '1 for the dead-letter sink of each environment: kept as the policy says, blocked by what stands in its way, or leaving, since no policy asks for it any more.',
    labels: ['environment', 'state'],
    of: 'controller',
  },
  weir_dead_letter_sinks_writes_total: {
    type: 'counter',
    help: 'Parts of dead-letter sinks that were made, updated after a change of the policy, repaired after one by somebody else, or removed.',
    labels: ['environment', 'what'],
    of: 'controller',
  },
  weir_audit_findings: {
    type: 'gauge',
    help: 'Findings in what is in the cluster now.',
    labels: ['rule', 'environment', 'action'],
    of: 'controller',
  },
  controller_runtime_reconcile_total: {
    type: 'counter',
    help: 'Total number of reconciliations per controller',
    labels: ['controller', 'result'],
    of: 'controller',
  },
  controller_runtime_reconcile_errors_total: {
    type: 'counter',
    help: 'Total number of reconciliation errors per controller',
    labels: ['controller'],
    of: 'controller',
  },
  controller_runtime_reconcile_timeouts_total: {
    type: 'counter',
    help: 'Total number of reconciliation timeouts per controller',
    labels: ['controller'],
    of: 'controller',
  },
  controller_runtime_reconcile_time_seconds: {
    type: 'histogram',
    help: 'Length of time per reconciliation per controller',
    labels: ['controller'],
    buckets: ROUND_SECONDS,
    of: 'controller',
  },
  controller_runtime_max_concurrent_reconciles: {
    type: 'gauge',
    help: 'Maximum number of concurrent reconciles per controller',
    labels: ['controller'],
    of: 'controller',
  },
  controller_runtime_active_workers: {
    type: 'gauge',
    help: 'Number of currently used workers per controller',
    labels: ['controller'],
    of: 'controller',
  },
  workqueue_depth: {
    type: 'gauge',
    help: 'Current depth of workqueue by workqueue and priority',
    labels: [...QUEUE, 'priority'],
    of: 'controller',
  },
  workqueue_adds_total: {
    type: 'counter',
    help: 'Total number of adds handled by workqueue',
    labels: QUEUE,
    of: 'controller',
  },
  workqueue_queue_duration_seconds: {
    type: 'histogram',
    help: 'How long in seconds an item stays in workqueue before being requested',
    labels: QUEUE,
    buckets: QUEUE_SECONDS,
    of: 'controller',
  },
  workqueue_work_duration_seconds: {
    type: 'histogram',
    help: 'How long in seconds processing an item from workqueue takes.',
    labels: QUEUE,
    buckets: QUEUE_SECONDS,
    of: 'controller',
  },
  workqueue_unfinished_work_seconds: {
    type: 'gauge',
    help: 'How many seconds of work is in progress that work_duration does not know of yet: where it grows, workers are stuck.',
    labels: QUEUE,
    of: 'controller',
  },
  workqueue_longest_running_processor_seconds: {
    type: 'gauge',
    help: 'How many seconds the longest of the rounds that are under way has been running.',
    labels: QUEUE,
    of: 'controller',
  },
  workqueue_retries_total: {
    type: 'counter',
    help: 'Keys that failed and wait to be tried again.',
    labels: QUEUE,
    of: 'controller',
  },
  leader_election_master_status: {
    type: 'gauge',
    help: '1 where this replica leads by the Lease of that name, and 0 where another may. Group by name.',
    labels: ['name'],
    of: 'controller',
  },
  rest_client_requests_total: {
    type: 'counter',
    help: 'Number of HTTP requests, partitioned by status code, method, and host.',
    labels: ['code', 'method', 'host'],
    of: 'controller',
  },
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof METRICS;
