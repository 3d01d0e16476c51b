/** Defaults of apps, batch and autoscaling: k8s.io/kubernetes pkg/apis/{apps,batch}/v1 and autoscaling/v2, defaults.go. */
import { copyOf, type Draft, draftAt, draftsAt, ensure, fill, fillEmpty } from '../draft.ts';
import { defaultPodSpec } from './podSpec.ts';
import { defaultClaimSpec } from './volumes.ts';

export function defaultDeployment(deployment: Draft): void {
  const spec = ensure(deployment, 'spec');
  fill(spec, 'replicas', 1);
  fill(spec, 'revisionHistoryLimit', 10);
  fill(spec, 'progressDeadlineSeconds', 600);
  const strategy = ensure(spec, 'strategy');
  fillEmpty(strategy, 'type', 'RollingUpdate');
  if (strategy.type === 'RollingUpdate') {
    const rollingUpdate = ensure(strategy, 'rollingUpdate');
    fill(rollingUpdate, 'maxUnavailable', '25%');
    fill(rollingUpdate, 'maxSurge', '25%');
  }
  defaultTemplate(spec);
}

export function defaultDaemonSet(daemonSet: Draft): void {
  const spec = ensure(daemonSet, 'spec');
  const strategy = ensure(spec, 'updateStrategy');
  fillEmpty(strategy, 'type', 'RollingUpdate');
  if (strategy.type === 'RollingUpdate') {
    const rollingUpdate = ensure(strategy, 'rollingUpdate');
    fill(rollingUpdate, 'maxUnavailable', 1);
    fill(rollingUpdate, 'maxSurge', 0);
  }
  fill(spec, 'revisionHistoryLimit', 10);
  defaultTemplate(spec);
}

export function defaultStatefulSet(statefulSet: Draft): void {
  const spec = ensure(statefulSet, 'spec');
  fillEmpty(spec, 'podManagementPolicy', 'OrderedReady');
  const strategy = ensure(spec, 'updateStrategy');
  if ((strategy.type ?? '') === '') {
    strategy.type = 'RollingUpdate';
    ensure(strategy, 'rollingUpdate');
  }
  if (strategy.type === 'RollingUpdate') {
    fill(draftAt(strategy, 'rollingUpdate'), 'partition', 0);
  }
  const retention = ensure(spec, 'persistentVolumeClaimRetentionPolicy');
  fillEmpty(retention, 'whenDeleted', 'Retain');
  fillEmpty(retention, 'whenScaled', 'Retain');
  fill(spec, 'replicas', 1);
  fill(spec, 'revisionHistoryLimit', 10);
  for (const claim of draftsAt(spec, 'volumeClaimTemplates')) {
    fillEmpty(claim, 'apiVersion', 'v1');
    fillEmpty(claim, 'kind', 'PersistentVolumeClaim');
    defaultClaimSpec(draftAt(claim, 'spec'));
    fillEmpty(ensure(claim, 'status'), 'phase', 'Pending');
  }
  defaultTemplate(spec);
}

export function defaultReplicaSet(replicaSet: Draft): void {
  const spec = ensure(replicaSet, 'spec');
  fill(spec, 'replicas', 1);
  defaultTemplate(spec);
}

/** Its labels and its selector are those of the template, unless said. */
export function defaultReplicationController(controller: Draft): void {
  const spec = ensure(controller, 'spec');
  fill(spec, 'replicas', 1);
  const labels = draftAt(spec, 'template', 'metadata', 'labels');
  if (labels !== undefined) {
    fillMap(spec, 'selector', labels);
    fillMap(ensure(controller, 'metadata'), 'labels', labels);
  }
  if (draftAt(spec, 'template') !== undefined) defaultTemplate(spec);
}

export function defaultJob(job: Draft): void {
  const spec = ensure(job, 'spec');
  const labels = draftAt(spec, 'template', 'metadata', 'labels');
  if (labels !== undefined) fillMap(ensure(job, 'metadata'), 'labels', labels);
  defaultJobSpec(spec);
}

function defaultJobSpec(spec: Draft): void {
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  fill(spec, 'parallelism', 1);
  fill(spec, 'backoffLimit', spec.backoffLimitPerIndex === undefined ? 6 : 2 ** 31 - 1);
  fill(spec, 'completionMode', 'NonIndexed');
  fill(spec, 'suspend', false);
  fill(spec, 'podReplacementPolicy', spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed');
  fill(spec, 'manualSelector', false);
  defaultFailurePolicy(spec);
  defaultTemplate(spec);
}

function defaultFailurePolicy(spec: Draft): void {
  for (const rule of draftsAt(draftAt(spec, 'podFailurePolicy'), 'rules')) {
    for (const pattern of draftsAt(rule, 'onPodConditions')) fillEmpty(pattern, 'status', 'True');
  }
}

/** The Job in it is completed when it is made; its pods' template is completed here. */
export function defaultCronJob(cronJob: Draft): void {
  const spec = ensure(cronJob, 'spec');
  fillEmpty(spec, 'concurrencyPolicy', 'Allow');
  fill(spec, 'suspend', false);
  fill(spec, 'successfulJobsHistoryLimit', 3);
  fill(spec, 'failedJobsHistoryLimit', 1);
  const job = draftAt(spec, 'jobTemplate', 'spec');
  if (job === undefined) return;
  defaultFailurePolicy(job);
  defaultTemplate(job);
}

const SCALE_UP: Draft = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
};
const SCALE_DOWN: Draft = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] };

export function defaultAutoscaler(autoscaler: Draft): void {
  const spec = ensure(autoscaler, 'spec');
  fill(spec, 'minReplicas', 1);
  if (draftsAt(spec, 'metrics').length === 0) {
    const target = { type: 'Utilization', averageUtilization: 80 };
    spec.metrics = [{ type: 'Resource', resource: { name: 'cpu', target } }];
  }
  const behavior = draftAt(spec, 'behavior');
  if (behavior === undefined) return;
  for (const [key, rules] of Object.entries({ scaleUp: SCALE_UP, scaleDown: SCALE_DOWN })) {
    const own = ensure(behavior, key);
    for (const [field, value] of Object.entries(copyOf(rules))) {
      if (value !== undefined) fill(own, field, value);
    }
  }
}

export function defaultTemplate(spec: Draft): void {
  defaultPodSpec(ensure(ensure(spec, 'template'), 'spec'));
}

function fillMap(draft: Draft, key: string, value: Draft): void {
  const present = draftAt(draft, key);
  if (present === undefined || Object.keys(present).length === 0) draft[key] = copyOf(value);
}
