/**
 * The metrics of Revisions that run here. Knative's own, by the names that its autoscaler, its reconciler and its activator
 * have them under (knative/serving pkg/autoscaler/scaling/metrics.go, pkg/reconciler/autoscaling/kpa/metrics.go,
 * pkg/activator/handler/metrics.go; ADR 0019), so that the same dashboards read them, and two that Knative lacks. They
 * bear the names of Revisions, as Knative's do; so they are no part of the catalogue of Weir's own.
 */

export interface ServingMetric {
  readonly type: 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
}

export const REVISION_LABELS = [
  'k8s_namespace_name',
  'kn_revision_name',
  'kn_configuration_name',
  'kn_service_name',
] as const;

/** Asked of the autoscaler and of Pods. */
export const OF_REVISIONS = {
  kn_revision_pods_desired: 'Pods that the autoscaler wants.',
  kn_revision_pods_requested: 'Pods that are asked for, within the bounds.',
  kn_revision_pods_count: 'Pods that take requests.',
  kn_revision_pods_not_ready_count: 'Pods that run and are not ready.',
  kn_revision_pods_pending_count: 'Pods that do not run yet.',
  kn_revision_pods_terminating_count: 'Pods on their way out.',
  kn_revision_capacity_excess: 'Load that ready Pods could take beyond the burst.',
  kn_revision_panic_mode: '1 in panic mode.',
  kn_revision_concurrency_stable: 'Requests at once over the stable window.',
  kn_revision_concurrency_panic: 'Requests at once over the panic window.',
  kn_revision_concurrency_target: 'Requests at once that a Pod should have.',
  kn_revision_rps_stable: 'Requests a second over the stable window.',
  kn_revision_rps_panic: 'Requests a second over the panic window.',
  kn_revision_rps_target: 'Requests a second that a Pod should have.',
} as const;

/** Asked of the way of requests. */
export const OF_REQUESTS = {
  kn_revision_request_queued: 'Requests that wait for an instance.',
  kn_revision_request_active: 'Requests in instances.',
} as const;

/** Counted as requests end. */
export const HISTOGRAMS = {
  http_server_request_duration_seconds: {
    help: 'From the head of a request to the end of its answer.',
    labels: [...REVISION_LABELS, 'http_response_status_code'],
  },
  weir_serving_wait_seconds: { help: 'Until an instance had the request.', labels: REVISION_LABELS },
  weir_serving_cold_start_seconds: { help: 'Of that, where no instance was there.', labels: REVISION_LABELS },
} as const;

/** All of them, for the docs. */
export const SERVING_METRICS: Readonly<Record<string, ServingMetric>> = {
  ...gauges(OF_REVISIONS),
  ...gauges(OF_REQUESTS),
  ...Object.fromEntries(
    Object.entries(HISTOGRAMS).map(([name, each]) => [name, { type: 'histogram' as const, ...each }]),
  ),
};

function gauges(helps: Readonly<Record<string, string>>): Record<string, ServingMetric> {
  return Object.fromEntries(
    Object.entries(helps).map(([name, help]) => [name, { type: 'gauge' as const, help, labels: REVISION_LABELS }]),
  );
}
