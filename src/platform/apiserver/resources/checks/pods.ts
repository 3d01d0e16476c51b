/** Pods: k8s.io/kubernetes pkg/apis/core/validation (ValidatePodCreate, ValidatePodUpdate). */
import { arrayAt, equals, isObject, type JsonObject, numberAt, objectAt } from '../../../../kubernetes/json.ts';
import type { Problems } from '../problems.ts';
import { checkPodSpec } from './template.ts';

export function checkPod(pod: JsonObject, problems: Problems): void {
  checkPodSpec(objectAt(pod, 'spec') ?? {}, 'spec', problems);
}

const CHANGEABLE =
  '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** Of a running pod little can be changed. The difference that Kubernetes adds to the sentence is Go's, and left out. */
export function checkPodUpdate(pod: JsonObject, old: JsonObject, problems: Problems): void {
  const next = objectAt(pod, 'spec') ?? {};
  const before = objectAt(old, 'spec') ?? {};
  for (const list of ['containers', 'initContainers']) {
    if (arrayAt(next, list).length === arrayAt(before, list).length) continue;
    problems.forbidden(`spec.${list}`, 'pod updates may not add or remove containers');
    return;
  }
  const deadline = numberAt(next, 'activeDeadlineSeconds');
  const oldDeadline = numberAt(before, 'activeDeadlineSeconds');
  if (deadline === undefined && oldDeadline !== undefined) {
    const why = 'must not update from a positive integer to nil value';
    problems.invalid('spec.activeDeadlineSeconds', null, why);
  } else if (deadline !== undefined && oldDeadline !== undefined && oldDeadline < deadline) {
    problems.invalid('spec.activeDeadlineSeconds', deadline, 'must be less than or equal to previous value');
    return;
  }
  if (!equals(fixed(next), fixed(before))) {
    problems.forbidden('spec', `pod updates may not change fields other than ${CHANGEABLE}\n`);
  }
}

/** The spec without what may change. A binding sets the node's name, once. */
function fixed(spec: JsonObject): JsonObject {
  const { activeDeadlineSeconds: _deadline, tolerations: _tolerations, schedulingGates: _gates, ...rest } = spec;
  const withoutImages = (list: string) =>
    arrayAt(spec, list).map((container) => (isObject(container) ? { ...container, image: '' } : container));
  return { ...rest, containers: withoutImages('containers'), initContainers: withoutImages('initContainers') };
}

export function podWarnings(): readonly string[] {
  return [];
}
