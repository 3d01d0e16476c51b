/** The kinds that Weir knows. A kind is matched on its group and its name, never on the name alone: core and Knative both have a Service. */
import { isObject, type JsonValue } from './json.ts';

export interface Kind {
  readonly group: string;
  readonly kind: string;
  /** `serving.knative.dev/Service`; a core kind stands alone: `Secret`. The form that policy files use. */
  readonly key: string;
}

export function defineKind(group: string, kind: string): Kind {
  return { group, kind, key: kindKey(group, kind) };
}

export function kindKey(group: string, kind: string): string {
  return group === '' ? kind : `${group}/${kind}`;
}

/** The group of an apiVersion: `apps/v1` is in `apps`, `v1` in the core group, which is the empty string. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** The key of an object's or a reference's kind; empty where apiVersion or kind is not a text. */
export function keyOf(value: JsonValue | undefined): string {
  if (!isObject(value)) return '';
  const { apiVersion, kind } = value;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return '';
  if (last.apiVersion !== apiVersion || last.kind !== kind) {
    last = { apiVersion, kind, key: kindKey(groupOf(apiVersion), kind) };
  }
  return last.key;
}

/** Objects of a kind come in runs, and each is asked for its key many times: the same text, made once, compares fastest. */
let last = { apiVersion: '', kind: '', key: '' };

export const knativeService = defineKind('serving.knative.dev', 'Service');
export const configuration = defineKind('serving.knative.dev', 'Configuration');
export const route = defineKind('serving.knative.dev', 'Route');
export const revision = defineKind('serving.knative.dev', 'Revision');
export const domainMapping = defineKind('serving.knative.dev', 'DomainMapping');

export const broker = defineKind('eventing.knative.dev', 'Broker');
export const trigger = defineKind('eventing.knative.dev', 'Trigger');
export const eventType = defineKind('eventing.knative.dev', 'EventType');
export const channel = defineKind('messaging.knative.dev', 'Channel');
export const inMemoryChannel = defineKind('messaging.knative.dev', 'InMemoryChannel');
export const kafkaChannel = defineKind('messaging.knative.dev', 'KafkaChannel');
export const subscription = defineKind('messaging.knative.dev', 'Subscription');
export const sequence = defineKind('flows.knative.dev', 'Sequence');
export const parallel = defineKind('flows.knative.dev', 'Parallel');
export const pingSource = defineKind('sources.knative.dev', 'PingSource');
export const cronJobSource = defineKind('sources.knative.dev', 'CronJobSource');
export const kafkaSource = defineKind('sources.knative.dev', 'KafkaSource');
export const apiServerSource = defineKind('sources.knative.dev', 'ApiServerSource');
export const containerSource = defineKind('sources.knative.dev', 'ContainerSource');
export const sinkBinding = defineKind('sources.knative.dev', 'SinkBinding');

export const service = defineKind('', 'Service');
export const secret = defineKind('', 'Secret');
export const configMap = defineKind('', 'ConfigMap');
export const namespace = defineKind('', 'Namespace');
export const serviceAccount = defineKind('', 'ServiceAccount');
export const resourceQuota = defineKind('', 'ResourceQuota');
export const limitRange = defineKind('', 'LimitRange');
export const deployment = defineKind('apps', 'Deployment');
export const statefulSet = defineKind('apps', 'StatefulSet');
export const job = defineKind('batch', 'Job');
export const cronJob = defineKind('batch', 'CronJob');
export const networkPolicy = defineKind('networking.k8s.io', 'NetworkPolicy');
export const role = defineKind('rbac.authorization.k8s.io', 'Role');
export const clusterRole = defineKind('rbac.authorization.k8s.io', 'ClusterRole');
export const roleBinding = defineKind('rbac.authorization.k8s.io', 'RoleBinding');
export const clusterRoleBinding = defineKind('rbac.authorization.k8s.io', 'ClusterRoleBinding');
export const horizontalPodAutoscaler = defineKind('autoscaling', 'HorizontalPodAutoscaler');
export const scaledObject = defineKind('keda.sh', 'ScaledObject');
export const scaledJob = defineKind('keda.sh', 'ScaledJob');

export const policyException = defineKind('weir.dev', 'PolicyException');
export const scalingSchedule = defineKind('weir.dev', 'ScalingSchedule');
export const trafficRollout = defineKind('weir.dev', 'TrafficRollout');
