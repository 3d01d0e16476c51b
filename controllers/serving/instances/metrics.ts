/** Makes and reads the metrics of metricsCatalogue.ts. */
import { Gauge, Histogram, type Registry } from 'prom-client';
import type { PlaneObserver, RequestSeen, RevisionState } from '../../../src/platform/network/observer.ts';
import { CONFIGURATION_LABEL, SERVICE_LABEL } from '../keys.ts';
import { labelOf, placeOf } from '../read.ts';
import type { Entry } from './entry.ts';
import type { Fleet } from './fleet.ts';
import {
  HISTOGRAMS,
  type OF_REQUESTS,
  type OF_REVISIONS,
  REVISION_LABELS,
  SERVING_METRICS,
} from './metricsCatalogue.ts';

type Labels = Record<(typeof REVISION_LABELS)[number], string>;

/** Of one Revision: what is asked for when Prometheus asks. */
const READ_ENTRY: Readonly<Record<keyof typeof OF_REVISIONS, (entry: Entry, now: number) => number | undefined>> = {
  kn_revision_pods_desired: ({ run }) => known(run.desiredPods),
  kn_revision_pods_requested: ({ run }) => known(run.want),
  kn_revision_pods_count: ({ ready }) => ready,
  kn_revision_pods_not_ready_count: (entry) => entry.count('notReady'),
  kn_revision_pods_pending_count: (entry) => entry.count('pending'),
  kn_revision_pods_terminating_count: (entry) => entry.count('terminating'),
  kn_revision_capacity_excess: ({ run }) => run.excessBurstCapacity,
  kn_revision_panic_mode: ({ run }) => (run.isPanicking ? 1 : 0),
  kn_revision_concurrency_stable: loadOf('concurrency', 'stable'),
  kn_revision_concurrency_panic: loadOf('concurrency', 'panic'),
  kn_revision_concurrency_target: targetOf('concurrency'),
  kn_revision_rps_stable: loadOf('rps', 'stable'),
  kn_revision_rps_panic: loadOf('rps', 'panic'),
  kn_revision_rps_target: targetOf('rps'),
};

const READ_STATE: Readonly<Record<keyof typeof OF_REQUESTS, (state: RevisionState) => number>> = {
  kn_revision_request_queued: ({ waiting, queued }) => waiting + queued,
  kn_revision_request_active: ({ active }) => active,
};

/** From 5 ms to 10 s, as OpenTelemetry gives them for HTTP servers. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

export interface MetricsSource {
  readonly fleet: Fleet;
  now(): number;
  states?(): readonly RevisionState[];
}

/** @returns what takes in the requests that are over */
export function instancesMetrics(registry: Registry, { fleet, now, states }: MetricsSource): PlaneObserver {
  for (const [name, read] of Object.entries(READ_ENTRY)) {
    gauge(registry, name, (set) => {
      for (const entry of fleet.all()) {
        const found = read(entry, now());
        if (found !== undefined) set(labelsOf(entry), found);
      }
    });
  }
  for (const [name, read] of states === undefined ? [] : Object.entries(READ_STATE)) {
    gauge(registry, name, (set) => {
      for (const state of states?.() ?? []) {
        const entry = fleet.find(state.revision);
        if (entry !== undefined) set(labelsOf(entry), read(state));
      }
    });
  }

  const durations = histogram(registry, 'http_server_request_duration_seconds');
  const waits = histogram(registry, 'weir_serving_wait_seconds');
  const coldStarts = histogram(registry, 'weir_serving_cold_start_seconds');
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

function gauge(registry: Registry, name: string, read: (set: (labels: Labels, value: number) => void) => void): void {
  new Gauge({
    name,
    help: SERVING_METRICS[name]?.help ?? '',
    labelNames: [...REVISION_LABELS],
    registers: [registry],
    collect() {
      this.reset();
      read((labels, value) => this.set(labels, value));
    },
  });
}

function histogram(registry: Registry, name: keyof typeof HISTOGRAMS): Histogram {
  const { help, labels } = HISTOGRAMS[name];
  return new Histogram({ name, help, labelNames: [...labels], buckets: SECONDS, registers: [registry] });
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
