/** The groups apps, batch, autoscaling and policy. */
import { type Kind, WORKLOAD_SCALE } from '../kind.ts';

const apps = { group: 'apps', version: 'v1' } as const;
const batch = { group: 'batch', version: 'v1' } as const;
const workload = { categories: ['all'], rules: { hasGeneration: true } } as const;

export const WORKLOAD_KINDS: readonly Kind[] = [
  { ...apps, kind: 'ControllerRevision', plural: 'controllerrevisions' },
  {
    ...apps,
    ...workload,
    kind: 'DaemonSet',
    plural: 'daemonsets',
    shortNames: ['ds'],
    status: { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 },
  },
  {
    ...apps,
    ...workload,
    kind: 'Deployment',
    plural: 'deployments',
    shortNames: ['deploy'],
    status: {},
    scale: WORKLOAD_SCALE,
    rules: { hasGeneration: true, annotationsCount: true, statusKeepsLabels: true },
  },
  {
    ...apps,
    ...workload,
    kind: 'ReplicaSet',
    plural: 'replicasets',
    shortNames: ['rs'],
    status: { replicas: 0 },
    scale: WORKLOAD_SCALE,
    selectableFields: ['status.replicas'],
  },
  {
    ...apps,
    ...workload,
    kind: 'StatefulSet',
    plural: 'statefulsets',
    shortNames: ['sts'],
    status: { availableReplicas: 0, replicas: 0 },
    scale: WORKLOAD_SCALE,
  },
  { ...batch, ...workload, kind: 'CronJob', plural: 'cronjobs', shortNames: ['cj'], status: {} },
  { ...batch, ...workload, kind: 'Job', plural: 'jobs', status: {}, selectableFields: ['status.successful'] },
  {
    group: 'autoscaling',
    version: 'v2',
    kind: 'HorizontalPodAutoscaler',
    plural: 'horizontalpodautoscalers',
    shortNames: ['hpa'],
    categories: ['all'],
    status: { currentMetrics: null, desiredReplicas: 0 },
  },
  {
    group: 'policy',
    version: 'v1',
    kind: 'PodDisruptionBudget',
    plural: 'poddisruptionbudgets',
    shortNames: ['pdb'],
    status: { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 },
    rules: { hasGeneration: true },
  },
];
