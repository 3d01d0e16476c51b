/** Pods of a Job: builders, and how they stand. */
import { arrayAt, isObject, type JsonObject, numberAt, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { annotationsOf, isBeingDeleted, labelsOf, nameOf, referenceTo, uidOf } from '../../../src/kubernetes/object.ts';
import { isReady } from '../../pods/isReady.ts';
import { NODE } from '../../pods/surroundings/fields.ts';
import { ownerReference, suffix } from '../owned.ts';

export const INDEX = 'batch.kubernetes.io/job-completion-index';

export interface Standing {
  readonly active: readonly JsonObject[];
  readonly succeeded: readonly JsonObject[];
  readonly failed: readonly JsonObject[];
  readonly ready: number;
  /** Of containers in Pods that still run. */
  readonly restarts: number;
}

export function standingOf(pods: readonly JsonObject[]): Standing {
  const phaseOf = (pod: JsonObject): string => stringAt(pod, 'status', 'phase') ?? '';
  const isOver = (pod: JsonObject): boolean => phaseOf(pod) === 'Succeeded' || phaseOf(pod) === 'Failed';
  const active = pods.filter((pod) => !isOver(pod) && !isBeingDeleted(pod));
  return {
    active,
    succeeded: pods.filter((pod) => phaseOf(pod) === 'Succeeded'),
    failed: pods.filter((pod) => phaseOf(pod) === 'Failed'),
    ready: active.filter(isReady).length,
    restarts: active.reduce((sum, pod) => sum + restartsOf(pod), 0),
  };
}

function restartsOf(pod: JsonObject): number {
  const statuses = [...arrayAt(pod, 'status', 'initContainerStatuses'), ...arrayAt(pod, 'status', 'containerStatuses')];
  return statuses.reduce<number>((sum, status) => sum + (numberAt(status, 'restartCount') ?? 0), 0);
}

export function indexOf(pod: JsonObject): number | undefined {
  const text = stringAt(pod, 'metadata', 'annotations', INDEX);
  return text === undefined ? undefined : Number(text);
}

/** When it ended: the last of its containers did. */
export function endOf(pod: JsonObject): number {
  const ends = arrayAt(pod, 'status', 'containerStatuses').map((status) =>
    Date.parse(stringAt(status, 'state', 'terminated', 'finishedAt') ?? ''),
  );
  const known = ends.filter((end) => !Number.isNaN(end));
  return known.length === 0 ? 0 : Math.max(...known);
}

/** @param index of an Indexed Job */
export function podFor(job: JsonObject, index: number | undefined, random: () => number): JsonObject {
  const template = objectAt(job, 'spec', 'template') ?? {};
  const { namespace } = referenceTo(job);
  const name = nameOf(job);
  const spec = objectAt(template, 'spec') ?? {};
  const middle = index === undefined ? '' : `-${index}`;
  const annotations = { ...annotationsOf(template), ...(index === undefined ? {} : { [INDEX]: String(index) }) };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${name}${middle}-${suffix(random)}`,
      namespace,
      labels: { ...labelsOf(template), ...labelsFor(job), ...(index === undefined ? {} : { [INDEX]: String(index) }) },
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
      ownerReferences: [ownerReference(job)],
    },
    spec: { ...spec, nodeName: NODE, ...(index === undefined ? {} : withIndex(spec)) },
  };
}

function labelsFor(job: JsonObject): JsonObject {
  const name = nameOf(job);
  const uid = uidOf(job);
  return {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
}

function withIndex(spec: JsonObject): JsonObject {
  const variable = {
    name: 'JOB_COMPLETION_INDEX',
    valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: `metadata.annotations['${INDEX}']` } },
  };
  const told = (container: JsonObject): JsonObject => ({ ...container, env: [...arrayAt(container, 'env'), variable] });
  const containers = arrayAt(spec, 'containers').filter(isObject).map(told);
  const inits = arrayAt(spec, 'initContainers').filter(isObject).map(told);
  return { containers, ...(inits.length === 0 ? {} : { initContainers: inits }) };
}
