/** The group apps, and ReplicationControllers: k8s.io/kubernetes pkg/apis/apps/validation/validation.go. */
import {
  arrayAt,
  equals,
  isObject,
  type JsonObject,
  type JsonValue,
  numberAt,
  objectAt,
} from '../../../../kubernetes/json.ts';
import { dns1123LabelErrors } from '../../../../kubernetes/names.ts';
import type { Problems } from '../problems.ts';
import { checkClaimSpec } from './claims.ts';
import { atMostAll, countOrPercent, immutable, nonNegative, oneOf, textOf } from './common.ts';
import { checkSelector, finds } from './selectors.ts';
import { checkTemplate } from './template.ts';

const MISMATCH = '`selector` does not match template `labels`';

export function checkDeployment(deployment: JsonObject, problems: Problems): void {
  const spec = objectAt(deployment, 'spec') ?? {};
  nonNegative(problems, 'spec.replicas', spec.replicas);
  checkOwnSelector(spec, 'deployment', problems);
  checkSelected(spec, problems);
  checkTemplate(objectAt(spec, 'template'), 'spec.template', problems);
  checkRunsForever(spec, 'ReplicaSet', problems);
  checkStrategy(spec, problems);
  nonNegative(problems, 'spec.minReadySeconds', spec.minReadySeconds);
  nonNegative(problems, 'spec.revisionHistoryLimit', spec.revisionHistoryLimit);
  nonNegative(problems, 'spec.progressDeadlineSeconds', spec.progressDeadlineSeconds);
  const deadline = numberAt(spec, 'progressDeadlineSeconds');
  if (deadline !== undefined && deadline <= (numberAt(spec, 'minReadySeconds') ?? 0)) {
    problems.invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds');
  }
}

function checkStrategy(spec: JsonObject, problems: Problems): void {
  const strategy = objectAt(spec, 'strategy') ?? {};
  const rolling = objectAt(strategy, 'rollingUpdate');
  const path = 'spec.strategy.rollingUpdate';
  if (strategy.type === 'Recreate') {
    if (rolling !== undefined) problems.forbidden(path, "may not be specified when strategy `type` is 'Recreate'");
  } else if (strategy.type !== 'RollingUpdate') {
    problems.notSupportedStruct('spec.strategy', goStrategy(strategy), ['Recreate', 'RollingUpdate']);
  } else {
    countOrPercent(problems, `${path}.maxUnavailable`, rolling?.maxUnavailable);
    countOrPercent(problems, `${path}.maxSurge`, rolling?.maxSurge);
    if (isNone(rolling?.maxUnavailable) && isNone(rolling?.maxSurge)) {
      problems.invalid(`${path}.maxUnavailable`, rolling?.maxUnavailable, 'may not be 0 when `maxSurge` is 0');
    }
    atMostAll(problems, `${path}.maxUnavailable`, rolling?.maxUnavailable);
  }
}

/** Kubernetes shows its internal type, whose fields JSON has no names for. */
function goStrategy({ type, rollingUpdate }: JsonObject): JsonObject {
  const inner = Object.entries(isObject(rollingUpdate) ? rollingUpdate : {}).map(([key, value]) => [
    `${key.charAt(0).toUpperCase()}${key.slice(1)}`,
    value,
  ]);
  return { Type: type ?? '', RollingUpdate: rollingUpdate === undefined ? null : Object.fromEntries(inner) };
}

function isNone(value: JsonValue | undefined): boolean {
  return value === undefined || value === 0 || (typeof value === 'string' && /^0*%?$/.test(value));
}

export function checkReplicaSet(replicaSet: JsonObject, problems: Problems): void {
  const spec = objectAt(replicaSet, 'spec') ?? {};
  nonNegative(problems, 'spec.replicas', spec.replicas);
  nonNegative(problems, 'spec.minReadySeconds', spec.minReadySeconds);
  checkOwnSelector(spec, 'deployment', problems); // Kubernetes says so
  checkSelected(spec, problems);
  checkTemplate(objectAt(spec, 'template'), 'spec.template', problems);
  checkRunsForever(spec, 'ReplicaSet', problems);
}

export function checkDaemonSet(daemonSet: JsonObject, problems: Problems): void {
  const spec = objectAt(daemonSet, 'spec') ?? {};
  const selector = objectAt(spec, 'selector');
  checkSelector(selector, 'spec.selector', problems);
  const labels = objectAt(spec, 'template', 'metadata', 'labels');
  if (selector === undefined || !finds(selector, labels)) {
    problems.invalid('spec.template.metadata.labels', labels ?? null, MISMATCH);
  }
  if (selector !== undefined && isEmpty(selector)) {
    problems.invalid('spec.selector', selector, 'empty selector is invalid for daemonset');
  }
  checkTemplate(objectAt(spec, 'template'), 'spec.template', problems);
  checkRunsForever(spec, 'DaemonSet', problems);
  nonNegative(problems, 'spec.minReadySeconds', spec.minReadySeconds);
  checkDaemonStrategy(spec, problems);
  nonNegative(problems, 'spec.revisionHistoryLimit', spec.revisionHistoryLimit);
}

function checkDaemonStrategy(spec: JsonObject, problems: Problems): void {
  const strategy = objectAt(spec, 'updateStrategy') ?? {};
  if (strategy.type === 'OnDelete') return;
  if (strategy.type !== 'RollingUpdate') {
    problems.notSupportedStruct('spec.updateStrategy', goStrategy(strategy), ['RollingUpdate', 'OnDelete']);
    return;
  }
  const rolling = objectAt(strategy, 'rollingUpdate');
  const path = 'spec.updateStrategy.rollingUpdate';
  for (const field of ['maxUnavailable', 'maxSurge']) countOrPercent(problems, `${path}.${field}`, rolling?.[field]);
  for (const field of ['maxUnavailable', 'maxSurge']) atMostAll(problems, `${path}.${field}`, rolling?.[field]);
  const isUnavailable = !isNone(rolling?.maxUnavailable);
  const isSurge = !isNone(rolling?.maxSurge);
  if (isUnavailable && isSurge) {
    problems.invalid(`${path}.maxSurge`, rolling?.maxSurge, 'may not be set when maxUnavailable is non-zero');
  } else if (!isUnavailable && !isSurge) problems.required(`${path}.maxUnavailable`, 'cannot be 0 when maxSurge is 0');
}

export function checkStatefulSet(statefulSet: JsonObject, problems: Problems, old?: JsonObject): void {
  const spec = objectAt(statefulSet, 'spec') ?? {};
  const management = textOf(spec, 'podManagementPolicy');
  if (management !== 'OrderedReady' && management !== 'Parallel') {
    problems.invalid('spec.podManagementPolicy', management, "must be 'OrderedReady' or 'Parallel'");
  }
  checkStatefulStrategy(spec, problems);
  for (const field of ['whenDeleted', 'whenScaled']) {
    const policy = objectAt(spec, 'persistentVolumeClaimRetentionPolicy')?.[field];
    oneOf(problems, `spec.persistentVolumeClaimRetentionPolicy.${field}`, policy, ['Retain', 'Delete']);
  }
  const claims = arrayAt(spec, 'volumeClaimTemplates').filter(isObject);
  if (old === undefined) {
    for (const [index, claim] of claims.entries()) {
      checkClaimSpec(objectAt(claim, 'spec') ?? {}, `spec.volumeClaimTemplates[${index}].spec`, problems);
    }
  }
  nonNegative(problems, 'spec.replicas', spec.replicas);
  nonNegative(problems, 'spec.minReadySeconds', spec.minReadySeconds);
  const service = textOf(spec, 'serviceName');
  if (service !== '' && old === undefined) problems.invalidBy('spec.serviceName', service, dns1123LabelErrors(service));
  checkOwnSelector(spec, 'statefulset', problems);
  checkSelected(spec, problems);
  const volumes = claims.map((claim) => textOf(objectAt(claim, 'metadata'), 'name'));
  checkTemplate(objectAt(spec, 'template'), 'spec.template', problems, volumes);
  checkRunsForever(spec, 'StatefulSet', problems);
}

function checkStatefulStrategy(spec: JsonObject, problems: Problems): void {
  const strategy = objectAt(spec, 'updateStrategy') ?? {};
  const rolling = objectAt(strategy, 'rollingUpdate');
  const path = 'spec.updateStrategy.rollingUpdate';
  if (strategy.type === 'OnDelete') {
    if (rolling !== undefined) problems.invalid(path, rolling, "only allowed for updateStrategy 'RollingUpdate'");
  } else if (strategy.type !== 'RollingUpdate') {
    problems.invalidStruct('spec.updateStrategy', goStrategy(strategy), "must be 'RollingUpdate' or 'OnDelete'");
  } else {
    nonNegative(problems, `${path}.partition`, rolling?.partition);
    const most = rolling?.maxUnavailable;
    countOrPercent(problems, `${path}.maxUnavailable`, most);
    if (most !== undefined && isNone(most)) problems.invalid(`${path}.maxUnavailable`, most, 'cannot be 0');
    atMostAll(problems, `${path}.maxUnavailable`, most);
  }
}

const STATEFUL_CHANGES = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

export function checkStatefulSetUpdate(statefulSet: JsonObject, old: JsonObject, problems: Problems): void {
  const rest = (object: JsonObject) =>
    Object.fromEntries(
      Object.entries(objectAt(object, 'spec') ?? {}).filter(([key]) => !STATEFUL_CHANGES.includes(key)),
    );
  if (equals(rest(statefulSet), rest(old))) return;
  problems.forbidden(
    'spec',
    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
  );
}

export function checkReplicationController(controller: JsonObject, problems: Problems): void {
  const spec = objectAt(controller, 'spec') ?? {};
  nonNegative(problems, 'spec.minReadySeconds', spec.minReadySeconds);
  const selector = objectAt(spec, 'selector') ?? {};
  if (Object.keys(selector).length === 0) problems.required('spec.selector');
  nonNegative(problems, 'spec.replicas', spec.replicas);
  const template = objectAt(spec, 'template');
  if (template === undefined) {
    problems.required('spec.template');
    return;
  }
  const labels = objectAt(template, 'metadata', 'labels');
  if (!finds({ matchLabels: selector }, labels)) {
    problems.invalid('spec.template.metadata.labels', labels ?? null, MISMATCH);
  }
  checkTemplate(template, 'spec.template', problems);
  checkRunsForever(spec, 'ReplicationController', problems);
}

export function checkControllerRevision(revision: JsonObject, problems: Problems): void {
  nonNegative(problems, 'revision', revision.revision);
  if (revision.data === undefined || revision.data === null) problems.required('data', 'data is mandatory');
}

export function checkControllerRevisionUpdate(revision: JsonObject, old: JsonObject, problems: Problems): void {
  immutable(problems, 'data', revision.data, old.data);
}

export function checkSelectorUpdate(object: JsonObject, old: JsonObject, problems: Problems): void {
  immutable(problems, 'spec.selector', objectAt(object, 'spec')?.selector, objectAt(old, 'spec')?.selector);
}

function checkOwnSelector(spec: JsonObject, kind: string, problems: Problems): void {
  const selector = objectAt(spec, 'selector');
  if (selector === undefined) {
    problems.required('spec.selector');
    return;
  }
  checkSelector(selector, 'spec.selector', problems);
  if (isEmpty(selector)) problems.invalid('spec.selector', selector, `empty selector is invalid for ${kind}`);
}

function isEmpty(selector: JsonObject): boolean {
  const labels = Object.keys(objectAt(selector, 'matchLabels') ?? {});
  return labels.length === 0 && arrayAt(selector, 'matchExpressions').length === 0;
}

function checkSelected(spec: JsonObject, problems: Problems): void {
  const selector = objectAt(spec, 'selector');
  const labels = objectAt(spec, 'template', 'metadata', 'labels');
  // no selector selects nothing, an empty one everything
  const isMatch = selector !== undefined && finds(selector, labels);
  if (!isMatch) problems.invalid('spec.template.metadata.labels', labels ?? null, MISMATCH);
}

function checkRunsForever(spec: JsonObject, kind: string, problems: Problems): void {
  const template = objectAt(spec, 'template', 'spec') ?? {};
  const path = 'spec.template.spec';
  if (template.restartPolicy !== 'Always') {
    problems.notSupported(`${path}.restartPolicy`, template.restartPolicy ?? '', ['Always']);
  }
  if (template.activeDeadlineSeconds !== undefined) {
    problems.forbidden(`${path}.activeDeadlineSeconds`, `activeDeadlineSeconds in ${kind} is not Supported`);
  }
}
