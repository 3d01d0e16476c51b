/**
 * Knative from 1.19 on. Names, labels and bounds as in knative.dev/serving v0.50.0 pkg/autoscaler/scaling/metrics.go,
 * pkg/reconciler/autoscaling/kpa/metrics.go, pkg/queue/sharedmain, cmd/activator and knative/eventing release-1.22
 * pkg/broker; the dots of OpenTelemetry become underscores, and units become suffixes.
 */
import { by, classOf, type From, newWithin10m, relabelled } from './promql.ts';
import type { Recording, RuleGroup } from './rule.ts';
import { DEAD_LETTER_SINKS, OPENTELEMETRY, REVISION, SERVICE, SHAPE, WINDOW } from './shape.ts';

const LABELS = {
  namespace: 'k8s_namespace_name',
  service: 'kn_service_name',
  revision: 'kn_revision_name',
} as const satisfies Record<(typeof REVISION)[number], From>;

/** What waits in the activator is told of its Revision alone. */
const QUEUED = { namespace: LABELS.namespace, revision: LABELS.revision } as const;

const CODE = 'http_response_status_code';

/**
 * What the queue-proxy measures does not say whose pod it is: that stands in target_info, beside it on the same page.
 * An address that passes from one pod to the next may have two of them for a moment, and a join takes only one.
 */
function ofQueueProxy(expr: string, services = ''): string {
  return `${expr}
* on (job, instance) group_left (${Object.values(LABELS).join(', ')})
topk by (job, instance) (1, target_info{kn_revision_name!=""${services}})`;
}

const requests = 'http_server_request_duration_seconds';

function gauge(record: string, metric: string): Recording {
  return { record, expr: by('max', REVISION, relabelled(metric, LABELS)), labels: OPENTELEMETRY };
}

const BROKER = { namespace: 'kn_broker_namespace', broker: 'kn_broker_name', type: 'cloudevents_type' } as const;

/** `trigger:NAME.NAMESPACE`; a namespace has no dot. */
const TRIGGER = {
  namespace: { label: 'messaging_destination_name', regex: 'trigger:.+\\.([^.]+)', as: '$1' },
  trigger: { label: 'messaging_destination_name', regex: 'trigger:(.+)\\.[^.]+', as: '$1' },
  broker: 'kn_broker_name',
} as const;

const dispatch = 'kn_eventing_dispatch_duration_seconds';

export const openTelemetry: RuleGroup = {
  name: 'knative-opentelemetry',
  rules: [
    {
      record: SHAPE.requests,
      expr: by(
        'sum',
        [...REVISION, 'class'],
        classOf(relabelled(ofQueueProxy(`rate(${requests}_count{kn_revision_name=""}[${WINDOW}])`), LABELS), CODE),
      ),
      labels: OPENTELEMETRY,
    },
    {
      record: SHAPE.requestSeconds,
      expr: by(
        'sum',
        [...REVISION, 'le'],
        relabelled(ofQueueProxy(`rate(${requests}_bucket{kn_revision_name=""}[${WINDOW}])`), LABELS),
      ),
      labels: OPENTELEMETRY,
    },
    // Apart: whose counter it is must be joined, and joined below, each queue-proxy's last hour would be read for it.
    {
      record: SHAPE.sinkRequests,
      expr: relabelled(
        ofQueueProxy(`${requests}_count{kn_revision_name=""}`, `,kn_service_name=~"${DEAD_LETTER_SINKS}"`),
        LABELS,
      ),
      labels: OPENTELEMETRY,
    },
    {
      record: SHAPE.deadLetters,
      expr: by('sum', SERVICE, newWithin10m(SHAPE.sinkRequests)),
      labels: OPENTELEMETRY,
    },
    {
      record: SHAPE.activatorRequests,
      expr: by(
        'sum',
        [...REVISION, 'class'],
        classOf(relabelled(`rate(${requests}_count{kn_revision_name!=""}[${WINDOW}])`, LABELS), CODE),
      ),
      labels: OPENTELEMETRY,
    },
    {
      record: SHAPE.activatorSeconds,
      expr: by(
        'sum',
        [...REVISION, 'le'],
        relabelled(`rate(${requests}_bucket{kn_revision_name!=""}[${WINDOW}])`, LABELS),
      ),
      labels: OPENTELEMETRY,
    },
    {
      record: SHAPE.queued,
      expr: by('sum', ['namespace', 'revision'], relabelled('kn_revision_request_queued', QUEUED)),
      labels: OPENTELEMETRY,
    },
    gauge(SHAPE.pods.desired, 'kn_revision_pods_desired'),
    gauge(SHAPE.pods.requested, 'kn_revision_pods_requested'),
    gauge(SHAPE.pods.ready, 'kn_revision_pods_count'),
    gauge(SHAPE.pods.notReady, 'kn_revision_pods_not_ready_count'),
    gauge(SHAPE.pods.pending, 'kn_revision_pods_pending_count'),
    gauge(SHAPE.pods.terminating, 'kn_revision_pods_terminating_count'),
    gauge(SHAPE.panic, 'kn_revision_panic_mode'),
    gauge(SHAPE.concurrency, 'kn_revision_concurrency_stable'),
    gauge(SHAPE.concurrencyTarget, 'kn_revision_concurrency_target'),
    {
      record: SHAPE.brokerEvents,
      expr: by(
        'sum',
        ['namespace', 'broker', 'type', 'class'],
        classOf(
          relabelled(`rate(${dispatch}_count{kn_broker_name!="",messaging_destination_name=""}[${WINDOW}])`, BROKER),
          CODE,
        ),
      ),
      labels: OPENTELEMETRY,
    },
    {
      record: SHAPE.triggerTries,
      expr: by(
        'sum',
        ['namespace', 'broker', 'trigger', 'class'],
        classOf(
          relabelled(`rate(${dispatch}_count{messaging_destination_name=~"trigger:.+"}[${WINDOW}])`, TRIGGER),
          CODE,
        ),
      ),
      labels: OPENTELEMETRY,
    },
    {
      record: SHAPE.triggerSeconds,
      expr: by(
        'sum',
        ['namespace', 'broker', 'trigger', 'le'],
        relabelled(`rate(${dispatch}_bucket{messaging_destination_name=~"trigger:.+"}[${WINDOW}])`, TRIGGER),
      ),
      labels: OPENTELEMETRY,
    },
  ],
};
