/** The groups apps, batch, autoscaling and policy. */
import { autoscalerConversion } from '../conversions/autoscalers.ts';
import { type Kind, WORKLOAD_SCALE } from '../kind.ts';
import {
  autoscalerRules,
  autoscalerV1Rules,
  controllerRevisionRules,
  cronJobRules,
  daemonSetRules,
  deploymentRules,
  disruptionBudgetRules,
  jobRules,
  replicaSetRules,
  statefulSetRules,
} from '../rules/workloads.ts';

const apps = { group: 'apps', version: 'v1' } as const;
const batch = { group: 'batch', version: 'v1' } as const;
const workload = { categories: ['all'] } as const;

const autoscaler: Kind = {
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  rules: autoscalerRules,
  shortNames: ['hpa'],
  categories: ['all'],
  status: {},
};

export const WORKLOAD_KINDS: readonly Kind[] = [
  { ...apps, kind: 'ControllerRevision', plural: 'controllerrevisions', rules: controllerRevisionRules },
  {
    ...apps,
    ...workload,
    kind: 'DaemonSet',
    plural: 'daemonsets',
    rules: daemonSetRules,
    shortNames: ['ds'],
    status: {},
  },
  {
    ...apps,
    ...workload,
    kind: 'Deployment',
    plural: 'deployments',
    shortNames: ['deploy'],
    status: {},
    scale: WORKLOAD_SCALE,
    rules: deploymentRules,
  },
  {
    ...apps,
    ...workload,
    kind: 'ReplicaSet',
    plural: 'replicasets',
    rules: replicaSetRules,
    shortNames: ['rs'],
    status: {},
    scale: WORKLOAD_SCALE,
    selectableFields: ['status.replicas'],
  },
  {
    ...apps,
    ...workload,
    kind: 'StatefulSet',
    plural: 'statefulsets',
    rules: statefulSetRules,
    shortNames: ['sts'],
    status: {},
    scale: WORKLOAD_SCALE,
  },
  { ...batch, ...workload, kind: 'CronJob', plural: 'cronjobs', shortNames: ['cj'], status: {}, rules: cronJobRules },
  {
    ...batch,
    ...workload,
    kind: 'Job',
    plural: 'jobs',
    status: {},
    selectableFields: ['status.successful'],
    rules: jobRules,
  },
  autoscaler,
  { ...autoscaler, version: 'v1', rules: autoscalerV1Rules, conversion: autoscalerConversion, stored: autoscaler },
  {
    group: 'policy',
    version: 'v1',
    kind: 'PodDisruptionBudget',
    plural: 'poddisruptionbudgets',
    shortNames: ['pdb'],
    status: {},
    rules: disruptionBudgetRules,
  },
];
