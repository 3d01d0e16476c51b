/**
 * Knative's own metrics, by the names that its autoscaler, its reconciler and its activator have them under (knative/serving
 * pkg/autoscaler/scaling/metrics.go, pkg/reconciler/autoscaling/kpa/metrics.go, pkg/activator/handler/metrics.go; ADR
 * 0019), so that the same dashboards read them. They bear the names of Revisions, as Knative's do; so they are no part
 * of the catalogue of Weir's own.
 */
import { Gauge, Histogram, type Registry } from 'prom-client';
import type { PlaneObserver, RequestSeen, RevisionState } from '../../../src/platform/network/observer.ts';
import { CONFIGURATION_LABEL, SERVICE_LABEL } from '../keys.ts';
import { labelOf, placeOf } from '../read.ts';
import type { Entry } from './entry.ts';
import type { Fleet } from './fleet.ts';

const LABELS = ['k8s_namespace_name', 'kn_revision_name', 'kn_configuration_name', 'kn_service_name'] as const;
type Labels = Record<(typeof LABELS)[number], string>;

/** Of one Revision: what is asked for when Prometheus asks. */
const OF_ENTRY: readonly [name: string, help: string, value: (entry: Entry, now: number) => number | undefined][] = [
  ['kn_revision_pods_desired', 'Pods that the autoscaler wants.', ({ run }) => known(run.desiredPods)],
  ['kn_revision_pods_requested', 'Pods that are asked for, within the bounds.', ({ run }) => known(run.want)],
  ['kn_revision_pods_count', 'Pods that take requests.', ({ ready }) => ready],
  ['kn_revision_pods_not_ready_count', 'Pods that run and are not ready.', (entry) => entry.count('notReady')],
  ['kn_revision_pods_pending_count', 'Pods that do not run yet.', (entry) => entry.count('pending')],
  ['kn_revision_pods_terminating_count', 'Pods on their way out.', (entry) => entry.count('terminating')],
  [
    'kn_revision_capacity_excess',
    'Load that ready Pods could take beyond the burst.',
    ({ run }) => run.excessBurstCapacity,
  ],
  ['kn_revision_panic_mode', '1 in panic mode.', ({ run }) => (run.isPanicking ? 1 : 0)],
  ['kn_revision_concurrency_stable', 'Requests at once over the stable window.', loadOf('concurrency', 'stable')],
  ['kn_revision_concurrency_panic', 'Requests at once over the panic window.', loadOf('concurrency', 'panic')],
  ['kn_revision_concurrency_target', 'Requests at once that a Pod should have.', targetOf('concurrency')],
  ['kn_revision_rps_stable', 'Requests a second over the stable window.', loadOf('rps', 'stable')],
  ['kn_revision_rps_panic', 'Requests a second over the panic window.', loadOf('rps', 'panic')],
  ['kn_revision_rps_target', 'Requests a second that a Pod should have.', targetOf('rps')],
];

const OF_STATE: readonly [name: string, help: string, value: (state: RevisionState) => number][] = [
  ['kn_revision_request_queued', 'Requests that wait for an instance.', ({ waiting, queued }) => waiting + queued],
  ['kn_revision_request_active', 'Requests in instances.', ({ active }) => active],
];

/** From 5 ms to 10 s, as OpenTelemetry gives them for HTTP servers. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

export interface MetricsSource {
  readonly fleet: Fleet;
  now(): number;
  states?(): readonly RevisionState[];
}

/** @returns what takes in the requests that are over */
export function instancesMetrics(registry: Registry, { fleet, now, states }: MetricsSource): PlaneObserver {
  for (const [name, help, value] of OF_ENTRY) {
    gauge(registry, name, help, (set) => {
      for (const entry of fleet.all()) {
        const found = value(entry, now());
        if (found !== undefined) set(labelsOf(entry), found);
      }
    });
  }
  for (const [name, help, value] of states === undefined ? [] : OF_STATE) {
    gauge(registry, name, help, (set) => {
      for (const state of states?.() ?? []) {
        const entry = fleet.find(state.revision);
        if (entry !== undefined) set(labelsOf(entry), value(state));
      }
    });
  }

  const durations = histogram(
    registry,
    'http_server_request_duration_seconds',
    'From the head of a request to the end of its answer.',
    [...LABELS, 'http_response_status_code'],
  );
  const waits = histogram(registry, 'weir_serving_wait_seconds', 'Until an instance had the request.', LABELS);
  const coldStarts = histogram(
    registry,
    'weir_serving_cold_start_seconds',
    'Of that, where no instance was there.',
    LABELS,
  );
  return {
    onRequest({ revision, status, milliseconds, waitedMilliseconds, isColdStart }: RequestSeen) {
      const entry = fleet.find(revision);
      if (entry === undefined) return;
      const labels = labelsOf(entry);
      durations.observe({ ...labels, http_response_status_code: String(status) }, milliseconds / 1000);
      waits.observe(labels, waitedMilliseconds / 1000);
      if (isColdStart) coldStarts.observe(labels, waitedMilliseconds / 1000);
    },
  };
}

function gauge(
  registry: Registry,
  name: string,
  help: string,
  read: (set: (labels: Labels, value: number) => void) => void,
): void {
  new Gauge({
    name,
    help,
    labelNames: [...LABELS],
    registers: [registry],
    collect() {
      this.reset();
      read((labels, value) => this.set(labels, value));
    },
  });
}

function histogram<Name extends string>(registry: Registry, name: string, help: string, labelNames: readonly Name[]) {
  return new Histogram<Name>({ name, help, labelNames: [...labelNames], buckets: SECONDS, registers: [registry] });
}

function labelsOf({ key, revision }: Entry): Labels {
  const { namespace, name } = placeOf(key);
  return {
    k8s_namespace_name: namespace,
    kn_revision_name: name,
    kn_configuration_name: labelOf(revision, CONFIGURATION_LABEL) ?? '',
    kn_service_name: labelOf(revision, SERVICE_LABEL) ?? '',
  };
}

function known(scale: number): number | undefined {
  return scale < 0 ? undefined : scale;
}

function loadOf(metric: 'concurrency' | 'rps', window: 'stable' | 'panic') {
  return ({ run }: Entry, now: number): number | undefined =>
    run.says.settings.metric === metric ? run.observed(now)?.[window] : undefined;
}

function targetOf(metric: 'concurrency' | 'rps') {
  return ({ run }: Entry): number | undefined =>
    run.says.settings.metric === metric ? run.says.settings.target : undefined;
}
