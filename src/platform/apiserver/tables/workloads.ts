/** Tables of apps, batch, autoscaling and policy, and of ReplicationControllers. */
import { arrayAt, isObject, type JsonObject, numberAt, objectAt, stringAt } from '../../../kubernetes/json.ts';
import { nameOf } from '../../../kubernetes/object.ts';
import {
  AGE,
  ageOf,
  CONTAINERS,
  containersOf,
  count,
  integer,
  labels,
  NAME,
  type Printer,
  SELECTED,
  selectorOrNone,
  selectorText,
  text,
  textAt,
} from './column.ts';
import { humanDuration, since } from './duration.ts';

const deployments: Printer = {
  columns: [NAME, text('Ready'), text('Up-to-date'), text('Available'), AGE, ...SELECTED],
  cells: (object, now) => [
    nameOf(object),
    `${count(object, 'status', 'readyReplicas')}/${count(object, 'spec', 'replicas')}`,
    count(object, 'status', 'updatedReplicas'),
    count(object, 'status', 'availableReplicas'),
    ageOf(object, now),
    ...containersOf(objectAt(object, 'spec', 'template')),
    selectorText(objectAt(object, 'spec', 'selector')),
  ],
};

const replicaSets: Printer = {
  columns: [NAME, integer('Desired'), integer('Current'), integer('Ready'), AGE, ...SELECTED],
  cells: (object, now) => [
    nameOf(object),
    count(object, 'spec', 'replicas'),
    count(object, 'status', 'replicas'),
    count(object, 'status', 'readyReplicas'),
    ageOf(object, now),
    ...containersOf(objectAt(object, 'spec', 'template')),
    selectorOrNone(objectAt(object, 'spec', 'selector')),
  ],
};

const replicationControllers: Printer = {
  columns: replicaSets.columns,
  cells: (object, now) => [
    ...replicaSets.cells(object, now).slice(0, -1),
    labels(objectAt(object, 'spec', 'selector')),
  ],
};

const daemonSets: Printer = {
  columns: [
    NAME,
    integer('Desired'),
    integer('Current'),
    integer('Ready'),
    integer('Up-to-date'),
    integer('Available'),
    text('Node Selector'),
    AGE,
    ...SELECTED,
  ],
  cells: (object, now) => [
    nameOf(object),
    count(object, 'status', 'desiredNumberScheduled'),
    count(object, 'status', 'currentNumberScheduled'),
    count(object, 'status', 'numberReady'),
    count(object, 'status', 'updatedNumberScheduled'),
    count(object, 'status', 'numberAvailable'),
    labels(objectAt(object, 'spec', 'template', 'spec', 'nodeSelector')),
    ageOf(object, now),
    ...containersOf(objectAt(object, 'spec', 'template')),
    selectorOrNone(objectAt(object, 'spec', 'selector')),
  ],
};

const statefulSets: Printer = {
  columns: [NAME, text('Ready'), AGE, ...CONTAINERS],
  cells: (object, now) => [
    nameOf(object),
    `${count(object, 'status', 'readyReplicas')}/${count(object, 'spec', 'replicas')}`,
    ageOf(object, now),
    ...containersOf(objectAt(object, 'spec', 'template')),
  ],
};

const controllerRevisions: Printer = {
  columns: [NAME, text('Controller'), text('Revision'), AGE],
  cells: (object, now) => [nameOf(object), controllerOf(object), count(object, 'revision'), ageOf(object, now)],
};

function controllerOf(object: JsonObject): string {
  const owner = arrayAt(object, 'metadata', 'ownerReferences')
    .filter(isObject)
    .find(({ controller }) => controller === true);
  if (owner === undefined) return '<none>';
  const version = textAt(owner, 'apiVersion');
  const group = version.includes('/') ? `.${version.slice(0, version.indexOf('/'))}` : '';
  return `${textAt(owner, 'kind').toLowerCase()}${group}/${textAt(owner, 'name')}`;
}

const jobs: Printer = {
  columns: [NAME, text('Status'), text('Completions'), text('Duration'), AGE, ...SELECTED],
  cells: (object, now) => [
    nameOf(object),
    jobStatus(object),
    completionsOf(object),
    jobDuration(object, now),
    ageOf(object, now),
    ...containersOf(objectAt(object, 'spec', 'template')),
    selectorOrNone(objectAt(object, 'spec', 'selector')),
  ],
};

function jobStatus(job: JsonObject): string {
  const conditions = arrayAt(job, 'status', 'conditions').filter(isObject);
  const has = (wanted: string) => conditions.some(({ type, status }) => type === wanted && status === 'True');
  if (has('Complete')) return 'Complete';
  if (has('Failed')) return 'Failed';
  if (stringAt(job, 'metadata', 'deletionTimestamp') !== undefined) return 'Terminating';
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(has) ?? 'Running';
}

function completionsOf(job: JsonObject): string {
  const succeeded = count(job, 'status', 'succeeded');
  const wanted = numberAt(job, 'spec', 'completions');
  if (wanted !== undefined) return `${succeeded}/${wanted}`;
  const parallelism = count(job, 'spec', 'parallelism');
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function jobDuration(job: JsonObject, now: Date): string {
  const start = stringAt(job, 'status', 'startTime');
  if (start === undefined) return '';
  const end = stringAt(job, 'status', 'completionTime');
  return humanDuration((end === undefined ? now.getTime() : Date.parse(end)) - Date.parse(start));
}

const cronJobs: Printer = {
  columns: [
    NAME,
    text('Schedule'),
    text('Timezone'),
    { name: 'Suspend', type: 'boolean' },
    integer('Active'),
    text('Last Schedule'),
    AGE,
    ...SELECTED,
  ],
  cells(object, now) {
    const last = stringAt(object, 'status', 'lastScheduleTime');
    const suspend = objectAt(object, 'spec')?.suspend;
    return [
      nameOf(object),
      textAt(object, 'spec', 'schedule'),
      stringAt(object, 'spec', 'timeZone') ?? '<none>',
      suspend === undefined ? '<unset>' : suspend === true ? 'True' : 'False',
      arrayAt(object, 'status', 'active').length,
      last === undefined ? '<none>' : since(last, now),
      ageOf(object, now),
      ...containersOf(objectAt(object, 'spec', 'jobTemplate', 'spec', 'template')),
      selectorOrNone(objectAt(object, 'spec', 'jobTemplate', 'spec', 'selector')),
    ];
  },
};

const MOST_METRICS = 2;

const autoscalers: Printer = {
  columns: [NAME, text('Reference'), text('Targets'), text('MinPods'), text('MaxPods'), text('Replicas'), AGE],
  cells: (object, now) => [
    nameOf(object),
    `${textAt(object, 'spec', 'scaleTargetRef', 'kind')}/${textAt(object, 'spec', 'scaleTargetRef', 'name')}`,
    targetsOf(object),
    String(numberAt(object, 'spec', 'minReplicas') ?? '<unset>'),
    count(object, 'spec', 'maxReplicas'),
    count(object, 'status', 'currentReplicas'),
    ageOf(object, now),
  ],
};

function targetsOf(autoscaler: JsonObject): string {
  const metrics = arrayAt(autoscaler, 'spec', 'metrics').filter(isObject);
  if (metrics.length === 0) return '<none>';
  const current = arrayAt(autoscaler, 'status', 'currentMetrics');
  const all = metrics.map((metric, index) => targetOf(metric, objectAt({ current }, 'current', index)));
  const shown = all.slice(0, MOST_METRICS).join(', ');
  return all.length > MOST_METRICS ? `${shown} + ${all.length - MOST_METRICS} more...` : shown;
}

function targetOf(metric: JsonObject, status: JsonObject | undefined): string {
  const type = textAt(metric, 'type');
  const source = `${type.charAt(0).toLowerCase()}${type.slice(1)}`;
  const target = objectAt(metric, source, 'target');
  if (target === undefined) return '<unknown type>';

  const now = objectAt(status, source, 'current');
  const average = target.averageValue;
  if (source === 'resource' || source === 'containerResource') {
    const name = textAt(metric, source, 'name');
    if (average !== undefined) return `${name}: ${String(now?.averageValue ?? '<unknown>')}/${String(average)}`;
    return `${name}: ${percent(now?.averageUtilization, '<unknown>')}/${percent(target.averageUtilization, '<auto>')}`;
  }
  if (average === undefined) return `${String(now?.value ?? '<unknown>')}/${String(target.value ?? '<auto>')}`;
  return `${String(now?.averageValue ?? '<unknown>')}/${String(average)}${source === 'pods' ? '' : ' (avg)'}`;
}

function percent(value: unknown, otherwise: string): string {
  return typeof value === 'number' ? `${value}%` : otherwise;
}

const disruptionBudgets: Printer = {
  columns: [NAME, text('Min Available'), text('Max Unavailable'), integer('Allowed Disruptions'), AGE],
  cells(object, now) {
    const shown = (field: string) => String(objectAt(object, 'spec')?.[field] ?? 'N/A');
    const allowed = count(object, 'status', 'disruptionsAllowed');
    return [nameOf(object), shown('minAvailable'), shown('maxUnavailable'), allowed, ageOf(object, now)];
  },
};

export const WORKLOAD_TABLES: Readonly<Record<string, Printer>> = {
  'controllerrevisions.apps': controllerRevisions,
  'cronjobs.batch': cronJobs,
  'daemonsets.apps': daemonSets,
  'deployments.apps': deployments,
  'horizontalpodautoscalers.autoscaling': autoscalers,
  'jobs.batch': jobs,
  'poddisruptionbudgets.policy': disruptionBudgets,
  'replicasets.apps': replicaSets,
  replicationcontrollers: replicationControllers,
  'statefulsets.apps': statefulSets,
};
