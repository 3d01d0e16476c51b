/**
 * What a SinkBinding can have as its subject: what has a Pod template at `spec.template`. Knative takes whatever has one;
 * here they are named, so that the rights are those and no more.
 */
import { configurations, services } from '../../../src/knative/resources.ts';
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import { deployments } from '../../../src/kubernetes/client/resources.ts';
import { arrayAt, type JsonObject, type JsonValue, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { jobs } from '../../jobs/resources.ts';

export const BINDABLE: readonly Resource[] = [
  deployments,
  apps('StatefulSet', 'statefulsets'),
  apps('DaemonSet', 'daemonsets'),
  apps('ReplicaSet', 'replicasets'),
  jobs,
  services,
  configurations,
];

function apps(kind: string, plural: string): Resource {
  return { group: 'apps', version: 'v1', plural, kind, isNamespaced: true };
}

export function bindable(group: string, kind: string): Resource | undefined {
  return BINDABLE.find((each) => each.group === group && each.kind === kind);
}

/** Of a subject that is followed: what a binding looks at. */
export function environmentAlone(object: JsonObject): JsonObject {
  const { apiVersion = '', kind = '' } = object;
  const { namespace = '', name = '', labels = {}, uid = '', resourceVersion = '' } = objectAt(object, 'metadata') ?? {};
  const template = objectAt(object, 'spec', 'template', 'spec');
  const spec = { initContainers: envOf(template?.initContainers), containers: envOf(template?.containers) };
  const conditions = arrayAt(object, 'status', 'conditions').map((each) => ({
    type: stringAt(each, 'type') ?? '',
    status: stringAt(each, 'status') ?? '',
  }));
  const metadata = { namespace, name, labels, uid, resourceVersion };
  return { apiVersion, kind, metadata, spec: { template: { spec } }, status: { conditions } };
}

function envOf(containers: JsonValue | undefined): JsonObject[] {
  return arrayAt(containers).map((container) => ({ env: arrayAt(container, 'env') }));
}
