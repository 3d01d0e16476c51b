/** Strategies of pods and their templates: k8s.io/kubernetes pkg/registry/core/{pod,podtemplate}. */
import { arrayAt, isObject, type JsonObject, objectAt } from '../../../../kubernetes/json.ts';
import { parseQuantity } from '../../../../kubernetes/quantity.ts';
import { checkPod, checkPodUpdate, podWarnings } from '../checks/pods.ts';
import { checkTemplate } from '../checks/template.ts';
import { defaultPod } from '../defaults/podSpec.ts';
import { defaultTemplate } from '../defaults/workloads.ts';
import { type Draft, draftsAt, ensure, fill, fillEmpty } from '../draft.ts';
import type { Rules } from '../strategy.ts';

export const podRules: Rules = {
  defaults: defaultPod,
  onCreate(draft) {
    completeAsAdmission(ensure(draft, 'spec'));
    draft.status = { phase: 'Pending', qosClass: qosOf(draft) };
  },
  check: checkPod,
  checkUpdate: checkPodUpdate,
  warnings: podWarnings,
  hasGeneration: true,
  graceSeconds: 30,
};

export const podTemplateRules: Rules = {
  defaults: defaultTemplate,
  check: (object, problems) => checkTemplate(objectAt(object, 'template'), 'template', problems),
  hasGeneration: true,
};

const NOT_READY_SECONDS = 300;

/** What admission plugins of Kubernetes fill in: ServiceAccount, Priority, DefaultTolerationSeconds. */
function completeAsAdmission(spec: Draft): void {
  fillEmpty(spec, 'serviceAccountName', 'default');
  fillEmpty(spec, 'serviceAccount', spec.serviceAccountName ?? '');
  if ((spec.priorityClassName ?? '') === '') {
    fill(spec, 'priority', 0);
    fill(spec, 'preemptionPolicy', 'PreemptLowerPriority');
  }
  const present = draftsAt(spec, 'tolerations');
  const missing = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].filter(
    (taint) => !present.some(({ key, effect }) => (key ?? taint) === taint && (effect ?? 'NoExecute') === 'NoExecute'),
  );
  if (missing.length === 0) return;
  const added = { operator: 'Exists', effect: 'NoExecute', tolerationSeconds: NOT_READY_SECONDS };
  spec.tolerations = [...present, ...missing.map((key) => ({ key, ...added }))];
}

/** Which pods suffer first: k8s.io/kubernetes pkg/apis/core/helper/qos/qos.go. */
function qosOf(pod: JsonObject): string {
  const containers = [...arrayAt(pod, 'spec', 'initContainers'), ...arrayAt(pod, 'spec', 'containers')].filter(
    isObject,
  );
  let isGuaranteed = containers.length > 0;
  let hasAny = false;
  for (const container of containers) {
    const requests = countedOf(container, 'requests');
    const limits = countedOf(container, 'limits');
    if (requests.size > 0 || limits.size > 0) hasAny = true;
    for (const name of ['cpu', 'memory']) {
      const limit = limits.get(name);
      if (limit === undefined || requests.get(name) !== limit) isGuaranteed = false;
    }
  }
  if (!hasAny) return 'BestEffort';
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
}

function countedOf(container: JsonObject, key: string): Map<string, bigint> {
  const found = new Map<string, bigint>();
  for (const name of ['cpu', 'memory']) {
    const nanos = parseQuantity(objectAt(container, 'resources', key)?.[name]);
    if (nanos !== undefined && nanos !== 0n) found.set(name, nanos);
  }
  return found;
}
