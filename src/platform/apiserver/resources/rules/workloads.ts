/** Strategies of apps, batch, autoscaling and policy: k8s.io/kubernetes pkg/registry/{apps,batch,autoscaling,policy}. */
import { equals, type JsonObject, objectAt, stringAt } from '../../../../kubernetes/json.ts';
import {
  checkControllerRevision,
  checkControllerRevisionUpdate,
  checkDaemonSet,
  checkDeployment,
  checkReplicaSet,
  checkReplicationController,
  checkSelectorUpdate,
  checkStatefulSet,
  checkStatefulSetUpdate,
} from '../checks/apps.ts';
import { checkAutoscaler, checkAutoscalerStatus } from '../checks/autoscaling.ts';
import { checkCronJob, checkJob, checkJobUpdate } from '../checks/batch.ts';
import { checkDisruptionBudget } from '../checks/policy.ts';
import { dropRoundTrip } from '../conversions/autoscalers.ts';
import {
  defaultAutoscaler,
  defaultCronJob,
  defaultDaemonSet,
  defaultDeployment,
  defaultJob,
  defaultReplicaSet,
  defaultReplicationController,
  defaultStatefulSet,
} from '../defaults/workloads.ts';
import { copyOf, type Draft, ensure, fill } from '../draft.ts';
import type { Rules } from '../strategy.ts';

export const deploymentRules: Rules = {
  defaults: defaultDeployment,
  check: checkDeployment,
  checkUpdate: checkSelectorUpdate,
  hasGeneration: true,
  annotationsCount: true,
  statusKeepsLabels: true,
};

export const daemonSetRules: Rules = {
  defaults: defaultDaemonSet,
  onCreate(draft) {
    setTemplateGeneration(draft, 1);
  },
  onUpdate(draft, old) {
    const before = templateGenerationOf(old);
    const isSame = equals(objectAt(draft, 'spec', 'template'), objectAt(old, 'spec', 'template'));
    setTemplateGeneration(draft, isSame ? before : before + 1);
  },
  check: checkDaemonSet,
  checkUpdate: checkSelectorUpdate,
  hasGeneration: true,
};

export const replicaSetRules: Rules = {
  defaults: defaultReplicaSet,
  check: checkReplicaSet,
  checkUpdate: checkSelectorUpdate,
  hasGeneration: true,
};

export const statefulSetRules: Rules = {
  defaults: defaultStatefulSet,
  check: checkStatefulSet,
  checkUpdate: checkStatefulSetUpdate,
  hasGeneration: true,
};

export const replicationControllerRules: Rules = {
  defaults: defaultReplicationController,
  check: checkReplicationController,
  hasGeneration: true,
};

export const controllerRevisionRules: Rules = {
  check: checkControllerRevision,
  checkUpdate: checkControllerRevisionUpdate,
};

export const jobRules: Rules = {
  defaults: defaultJob,
  onCreate: selectOwnPods,
  check: checkJob,
  checkUpdate: checkJobUpdate,
  hasGeneration: true,
};

export const cronJobRules: Rules = { defaults: defaultCronJob, check: checkCronJob, hasGeneration: true };
export const autoscalerRules: Rules = {
  defaults(autoscaler) {
    dropRoundTrip(autoscaler);
    defaultAutoscaler(autoscaler);
  },
  check: checkAutoscaler,
  checkStatus: checkAutoscalerStatus,
};
/** All but what it fills in before anything else is that of the version that is stored. */
export const autoscalerV1Rules: Rules = {
  defaults: (autoscaler) => fill(ensure(autoscaler, 'spec'), 'minReplicas', 1),
};

export const disruptionBudgetRules: Rules = { check: checkDisruptionBudget, hasGeneration: true };

/** Where apps/v1 keeps what was a field of its own once. */
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

function templateGenerationOf(daemonSet: JsonObject): number {
  return Number(stringAt(daemonSet, 'metadata', 'annotations', TEMPLATE_GENERATION) ?? 0);
}

function setTemplateGeneration(draft: Draft, generation: number): void {
  ensure(ensure(draft, 'metadata'), 'annotations')[TEMPLATE_GENERATION] = String(generation);
}

/** A Job selects its pods by its uid, unless its author selects by hand. */
function selectOwnPods(job: Draft): void {
  const spec = ensure(job, 'spec');
  if (spec.manualSelector === true) return;
  const name = stringAt(job, 'metadata', 'name') ?? '';
  const uid = stringAt(job, 'metadata', 'uid') ?? '';
  const labels = ensure(ensure(ensure(spec, 'template'), 'metadata'), 'labels');
  for (const key of ['job-name', 'batch.kubernetes.io/job-name']) fill(labels, key, name);
  for (const key of ['controller-uid', 'batch.kubernetes.io/controller-uid']) fill(labels, key, uid);
  fill(ensure(ensure(spec, 'selector'), 'matchLabels'), 'batch.kubernetes.io/controller-uid', uid);
  // the defaults that count again when it is read: a Job without labels has those of its template
  const metadata = ensure(job, 'metadata');
  if (Object.keys(ensure(metadata, 'labels')).length === 0) metadata.labels = copyOf(labels);
}
