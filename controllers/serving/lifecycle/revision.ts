/** Conditions of a Revision (knative/serving pkg/apis/serving/v1/revision_lifecycle.go, pkg/reconciler/revision/reconcile_resources.go). */
import { quote } from '../../../src/knative/goStrings.ts';
import {
  arrayAt,
  isObject,
  type JsonObject,
  type JsonValue,
  numberAt,
  stringAt,
} from '../../../src/kubernetes/json.ts';
import type { Condition } from '../../status/conditions.ts';
import { StatusDraft } from '../../status/draft.ts';
import { conditionStatus } from '../read.ts';
import type { Instances } from '../runtime.ts';

const RESOURCES_AVAILABLE = 'ResourcesAvailable';
const CONTAINER_HEALTHY = 'ContainerHealthy';
const ACTIVE = 'Active';
const DEPLOYING = 'Deploying';

export function revisionStatus(revision: JsonObject): StatusDraft {
  return new StatusDraft(revision, [RESOURCES_AVAILABLE, CONTAINER_HEALTHY]);
}

/** Digests are not looked up: each container has a status without one, as those of registries that are skipped. */
export function setContainerStatuses(status: StatusDraft, revision: JsonObject): void {
  const containers = namesOf(revision, 'containers');
  const initContainers = namesOf(revision, 'initContainers');
  status.set('containerStatuses', containers);
  status.set('initContainerStatuses', initContainers.length === 0 ? undefined : initContainers);
}

function namesOf(revision: JsonObject, field: string): JsonValue[] {
  return arrayAt(revision, 'spec', field)
    .filter(isObject)
    .map((container) => ({ name: stringAt(container, 'name') ?? '' }));
}

/** Before anything was asked of whatever runs the Revision. */
export function markDeploying({ conditions }: StatusDraft): void {
  conditions.markUnknown(RESOURCES_AVAILABLE, DEPLOYING, '');
  conditions.markUnknown(CONTAINER_HEALTHY, DEPLOYING, '');
}

/** What Knative reads off the Deployment and its pods. */
export function propagateInstances({ conditions }: StatusDraft, { wanted, ready, failure }: Instances): void {
  conditions.markTrue(RESOURCES_AVAILABLE);
  if (wanted !== 0 && ready === 0 && failure !== undefined) {
    const type = failure.of === 'container' ? CONTAINER_HEALTHY : RESOURCES_AVAILABLE;
    conditions.markFalse(type, failure.reason, failure.message);
  }
  if (ready > 0) conditions.markTrue(CONTAINER_HEALTHY);
}

/** True where the Revision failed before an instance of it took requests. */
export function hasFailed({ conditions }: StatusDraft, { wanted, ready }: Instances): boolean {
  const isFailed = conditions.is(RESOURCES_AVAILABLE, 'False') || conditions.is(CONTAINER_HEALTHY, 'False');
  return isFailed && wanted !== 0 && ready === 0;
}

export function markNotOwned({ conditions }: StatusDraft, name: string): void {
  const message = `There is an existing PodAutoscaler ${quote(name)} that we do not own.`;
  conditions.markFalse(RESOURCES_AVAILABLE, 'NotOwned', message);
}

export function propagateAutoscaler(status: StatusDraft, podAutoscaler: JsonObject): void {
  const { conditions } = status;
  const isUnavailable = conditions.is(RESOURCES_AVAILABLE, 'False') || conditions.is(CONTAINER_HEALTHY, 'False');
  status.set('actualReplicas', countAt(podAutoscaler, 'actualScale'));
  status.set('desiredReplicas', countAt(podAutoscaler, 'desiredScale'));

  const ready = readyOf(podAutoscaler);
  if (ready === undefined) {
    conditions.markUnknown(ACTIVE, DEPLOYING, '');
    if (!isUnavailable) conditions.markUnknown(RESOURCES_AVAILABLE, DEPLOYING, '');
    return;
  }

  const isInitialized = conditionStatus(podAutoscaler, 'ScaleTargetInitialized') === 'True';
  const hasService = (stringAt(podAutoscaler, 'status', 'serviceName') ?? '') !== '';
  if (isInitialized && !isUnavailable) {
    conditions.markTrue(RESOURCES_AVAILABLE);
    conditions.markTrue(CONTAINER_HEALTHY);
  }
  if (conditions.is(RESOURCES_AVAILABLE, 'True') && !(hasService && isInitialized)) {
    conditions.markUnknown(RESOURCES_AVAILABLE, DEPLOYING, '');
  }
  if (ready.status === 'False' && !isInitialized && !isUnavailable && hasService) {
    conditions.markFalse(RESOURCES_AVAILABLE, 'ProgressDeadlineExceeded', 'Initial scale was never achieved');
  }
  conditions.mark({ ...ready, type: ACTIVE });
}

function countAt(podAutoscaler: JsonObject, field: string): number | undefined {
  const count = numberAt(podAutoscaler, 'status', field);
  return count === undefined || count < 0 ? undefined : count;
}

function readyOf(podAutoscaler: JsonObject): Condition | undefined {
  for (const condition of arrayAt(podAutoscaler, 'status', 'conditions')) {
    if (stringAt(condition, 'type') !== 'Ready') continue;
    const status = stringAt(condition, 'status');
    if (status !== 'True' && status !== 'False' && status !== 'Unknown') return undefined;
    const reason = stringAt(condition, 'reason') ?? '';
    return { type: 'Ready', status, reason, message: stringAt(condition, 'message') ?? '' };
  }
  return undefined;
}
