/** Conditions of a PodAutoscaler (knative/serving pkg/apis/autoscaling/v1alpha1/pa_lifecycle.go, pkg/reconciler/autoscaling/{kpa/kpa,hpa/hpa}.go). */
import type { AutoscalerConfig } from '../../../src/knative/autoscaling/config.ts';
import { quote } from '../../../src/knative/goStrings.ts';
import { type JsonObject, numberAt } from '../../../src/kubernetes/json.ts';
import { nameOf } from '../../../src/kubernetes/object.ts';
import { StatusDraft } from '../../status/draft.ts';
import { privateServiceName } from '../names.ts';
import type { Instances } from '../runtime.ts';
import { initialScaleOf, scaleBounds } from '../scale.ts';

const ACTIVE = 'Active';
const INITIALIZED = 'ScaleTargetInitialized';
const SKS_READY = 'SKSReady';

const NO_TRAFFIC = 'The target is not receiving traffic.';
const QUEUED = 'Requests to the target are being buffered as resources are provisioned.';

export function podAutoscalerStatus(podAutoscaler: JsonObject): StatusDraft {
  const status = new StatusDraft(podAutoscaler, [ACTIVE, INITIALIZED, SKS_READY]);
  status.fill('serviceName');
  status.fill('metricsServiceName');
  return status;
}

export function propagateInstances(
  status: StatusDraft,
  podAutoscaler: JsonObject,
  { wanted, ready }: Instances,
  config: AutoscalerConfig,
): void {
  const { conditions } = status;
  status.set('serviceName', nameOf(podAutoscaler));
  status.set('metricsServiceName', privateServiceName(nameOf(podAutoscaler)));
  status.set('actualScale', ready);
  const before = status.get('desiredScale');
  if (wanted !== -1 || typeof before !== 'number' || before < 0) status.set('desiredScale', wanted);

  const least = activeThreshold(status, podAutoscaler, config);
  if (ready >= least) conditions.markTrue(INITIALIZED);
  markService(status, ready);
  markActive(status, { wanted, ready }, least);
}

export interface HpaState {
  readonly autoscaler: JsonObject;
  /** Pods that take requests. */
  readonly ready: number;
}

/** Kubernetes decides, and Knative tells what it decided (pkg/reconciler/autoscaling/hpa/hpa.go). Such a Revision is always active. */
export function propagateHpa(
  status: StatusDraft,
  podAutoscaler: JsonObject,
  { autoscaler, ready }: HpaState,
  config: AutoscalerConfig,
): void {
  const { conditions } = status;
  const current = numberAt(autoscaler, 'status', 'currentReplicas') ?? 0;
  status.set('serviceName', nameOf(podAutoscaler));
  status.set('metricsServiceName', privateServiceName(nameOf(podAutoscaler)));
  if (ready > 0 || conditions.is(INITIALIZED, 'True')) {
    conditions.markTrue(SKS_READY);
    if (current >= activeThreshold(status, podAutoscaler, config)) conditions.markTrue(INITIALIZED);
  } else conditions.markUnknown(SKS_READY, 'NotReady', 'SKS Services are not ready yet');
  conditions.markTrue(ACTIVE);
  status.set('desiredScale', numberAt(autoscaler, 'status', 'desiredReplicas') ?? 0);
  status.set('actualScale', current);
}

export function markHpaNotOwned({ conditions }: StatusDraft, podAutoscaler: JsonObject): void {
  const message = `There is an existing HorizontalPodAutoscaler ${quote(nameOf(podAutoscaler))} that we do not own.`;
  conditions.markFalse(ACTIVE, 'NotOwned', message);
}

export function markHpaNotMade({ conditions }: StatusDraft, podAutoscaler: JsonObject): void {
  const message = `Failed to create HorizontalPodAutoscaler ${quote(nameOf(podAutoscaler))}.`;
  conditions.markFalse(ACTIVE, 'FailedCreate', message);
}

/** Requests reach instances, or wait for them where there had been some. */
function markService({ conditions }: StatusDraft, ready: number): void {
  if (ready > 0 || conditions.is(INITIALIZED, 'True')) conditions.markTrue(SKS_READY);
  else conditions.markUnknown(SKS_READY, 'NotReady', 'K8s Service is not ready');
}

function markActive({ conditions }: StatusDraft, { wanted, ready }: Instances, least: number): void {
  const isInactive = conditions.is(ACTIVE, 'False');
  if (wanted === 0 || least === 0) {
    if (conditions.is(ACTIVE, 'Unknown') && least > 0) {
      conditions.markFalse(ACTIVE, 'TimedOut', 'The target could not be activated.');
    } else conditions.markFalse(ACTIVE, 'NoTraffic', NO_TRAFFIC);
  } else if (ready < least) {
    if (wanted > 0 || !isInactive) conditions.markUnknown(ACTIVE, 'Queued', QUEUED);
    else conditions.markFalse(ACTIVE, 'NoTraffic', NO_TRAFFIC);
  } else if (wanted > 0 || !isInactive) conditions.markTrue(ACTIVE);
}

/** How many instances must take requests for the Revision to count as active. */
function activeThreshold({ conditions }: StatusDraft, podAutoscaler: JsonObject, config: AutoscalerConfig): number {
  const { min } = scaleBounds(podAutoscaler, config);
  return Math.max(min, conditions.is(INITIALIZED, 'True') ? 1 : initialScaleOf(podAutoscaler, config));
}
