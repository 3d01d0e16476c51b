/**
 * Knative up to 1.18, such as 1.15. Names, labels and bounds as in knative.dev/serving v0.42.0
 * pkg/queue/request_metric.go, pkg/activator/handler/metrics.go, pkg/autoscaler/scaling/metrics.go,
 * pkg/reconciler/autoscaling/kpa/metrics.go, pkg/metrics/key.go, and knative/eventing knative-v1.15.0 pkg/broker. The
 * exporter puts the component's name before each (knative.dev/pkg metrics/prometheus_exporter.go), and queue-proxy
 * calls itself `revision`.
 */
import { by, classOf, newWithin10m, relabelled, secondsFromMilliseconds } from './promql.ts';
import type { Recording, RuleGroup } from './rule.ts';
import { DEAD_LETTER_SINKS, OPENCENSUS, REVISION, SERVICE, SHAPE, WINDOW } from './shape.ts';

const LABELS = { namespace: 'namespace_name', service: 'service_name', revision: 'revision_name' } as const;
const CLASS = 'response_code_class';

function counted(
  record: string,
  labels: readonly string[],
  counter: string,
  from: Readonly<Record<string, string>>,
): Recording {
  return {
    record,
    expr: by('sum', [...labels, 'class'], classOf(relabelled(`rate(${counter}[${WINDOW}])`, from), CLASS)),
    labels: OPENCENSUS,
  };
}

function timed(
  record: string,
  labels: readonly string[],
  histogram: string,
  from: Readonly<Record<string, string>>,
): Recording {
  return {
    record,
    expr: by(
      'sum',
      [...labels, 'le'],
      secondsFromMilliseconds(relabelled(`rate(${histogram}_bucket[${WINDOW}])`, from)),
    ),
    labels: OPENCENSUS,
  };
}

function gauge(record: string, metric: string): Recording {
  return { record, expr: by('max', REVISION, relabelled(metric, LABELS)), labels: OPENCENSUS };
}

const BROKER = { namespace: 'namespace_name', broker: 'broker_name', type: 'event_type' } as const;
const TRIGGER = { namespace: 'namespace_name', broker: 'broker_name', trigger: 'trigger_name' } as const;

export const openCensus: RuleGroup = {
  name: 'knative-opencensus',
  rules: [
    counted(SHAPE.requests, REVISION, 'revision_request_count', LABELS),
    timed(SHAPE.requestSeconds, REVISION, 'revision_request_latencies', LABELS),
    {
      record: SHAPE.deadLetters,
      expr: by(
        'sum',
        SERVICE,
        relabelled(newWithin10m(`revision_request_count{service_name=~"${DEAD_LETTER_SINKS}"}`), LABELS),
      ),
      labels: OPENCENSUS,
    },
    counted(SHAPE.activatorRequests, REVISION, 'activator_request_count', LABELS),
    timed(SHAPE.activatorSeconds, REVISION, 'activator_request_latencies', LABELS),
    gauge(SHAPE.pods.desired, 'autoscaler_desired_pods'),
    gauge(SHAPE.pods.requested, 'autoscaler_requested_pods'),
    gauge(SHAPE.pods.ready, 'autoscaler_actual_pods'),
    gauge(SHAPE.pods.notReady, 'autoscaler_not_ready_pods'),
    gauge(SHAPE.pods.pending, 'autoscaler_pending_pods'),
    gauge(SHAPE.pods.terminating, 'autoscaler_terminating_pods'),
    gauge(SHAPE.panic, 'autoscaler_panic_mode'),
    gauge(SHAPE.concurrency, 'autoscaler_stable_request_concurrency'),
    gauge(SHAPE.concurrencyTarget, 'autoscaler_target_concurrency_per_pod'),
    counted(SHAPE.brokerEvents, ['namespace', 'broker', 'type'], 'mt_broker_ingress_event_count', BROKER),
    counted(SHAPE.triggerTries, ['namespace', 'broker', 'trigger'], 'mt_broker_filter_event_count', TRIGGER),
    timed(
      SHAPE.triggerSeconds,
      ['namespace', 'broker', 'trigger'],
      'mt_broker_filter_event_dispatch_latencies',
      TRIGGER,
    ),
  ],
};
