/** pods/binding and pods/eviction, in short: nothing schedules here, and no node runs what is bound. */

import { arrayAt, isObject, type JsonObject, numberAt, objectAt, stringAt } from '../../../kubernetes/json.ts';
import { labelsFrom, selects } from '../../../kubernetes/labelSelector.ts';
import { isBeingDeleted } from '../../../kubernetes/object.ts';
import { timeText } from '../../../kubernetes/time.ts';
import { badRequest, conflict, Failure, notFound, tooManyRequests } from '../status/failure.ts';
import type { Stored } from '../store/store.ts';
import type { Dependencies } from './dependencies.ts';
import { uidOf } from './metadata/metadata.ts';
import type { Answer, Body, DeleteOptions, Target, WriteOptions } from './objects.ts';
import { preconditionFailed } from './preconditions.ts';
import { remove } from './remove.ts';
import { admitted, attributesOf, keyOf, mutated } from './steps.ts';

const MOST_ATTEMPTS = 100;

/** POST pods/{name}/binding: says on which node the pod is, past what may be changed of a pod otherwise. */
export async function bind(
  dependencies: Dependencies,
  target: Target,
  options: WriteOptions,
  { value }: Body,
): Promise<Answer> {
  const { store } = dependencies;
  const { resource, name } = target;
  const node = stringAt(value, 'target', 'name') ?? '';
  if (node === '') throw badRequest('Binding: target.name: Required value: the node that the pod is to run on');
  const binding = isObject(value) ? value : {};
  const asked = { operation: 'CREATE', old: undefined, name, optionsKind: 'CreateOptions', options } as const;
  const changed = await mutated(dependencies, target, attributesOf(target, { ...asked, object: binding }));
  await admitted(dependencies, target, attributesOf(target, { ...asked, object: changed }));

  for (let attempt = 1; ; attempt++) {
    const pod = store.get(keyOf(target, name));
    if (pod === undefined) throw notFound(resource, name);
    checkMeant(pod, target, binding);
    const bound = boundTo(pod.object(), name, node, dependencies.clock.now());
    try {
      if (!options.dryRun) await store.put(pod.key, bound, pod.revision);
      return success(201);
    } catch (error) {
      if (!(error instanceof Failure && error.code === 409) || attempt >= MOST_ATTEMPTS) throw error;
    }
  }
}

const BINDING = { group: '', plural: 'pods/binding' };

/**
 * A Binding may say which pod of the name is meant, and in which state (k8s.io/kubernetes
 * pkg/registry/core/pod/storage/storage.go). @throws Failure 409 where it is another
 */
function checkMeant({ uid, revision }: Stored, target: Target, binding: JsonObject): void {
  const wanted = uidOf(binding);
  if (wanted !== '' && wanted !== uid) {
    throw preconditionFailed(target, `UID in precondition: ${wanted}, UID in object meta: ${uid}`, BINDING);
  }
  const version = stringAt(binding, 'metadata', 'resourceVersion') ?? '';
  if (version !== '' && version !== String(revision)) {
    const why = `ResourceVersion in precondition: ${version}, ResourceVersion in object meta: ${revision}`;
    throw preconditionFailed(target, why, BINDING);
  }
}

/** @throws Failure 409 where it is on one already, or goes */
function boundTo(pod: JsonObject, name: string, node: string, now: Date): JsonObject {
  const refused = (why: string): Failure => conflict(BINDING, name, `pod ${name} ${why}`);
  if (isBeingDeleted(pod)) throw refused('is being deleted, cannot be assigned to a host');
  const before = stringAt(pod, 'spec', 'nodeName') ?? '';
  if (before !== '') throw refused(`is already assigned to node ${JSON.stringify(before)}`);
  if (arrayAt(pod, 'spec', 'schedulingGates').length > 0) throw refused('has non-empty .spec.schedulingGates');

  const others = arrayAt(pod, 'status', 'conditions').filter((each) => stringAt(each, 'type') !== 'PodScheduled');
  const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: timeText(now) };
  return {
    ...pod,
    spec: { ...objectAt(pod, 'spec'), nodeName: node },
    status: { ...objectAt(pod, 'status'), conditions: [...others, scheduled] },
  };
}

/** POST pods/{name}/eviction: a DELETE that a PodDisruptionBudget may refuse. */
export async function evict(
  dependencies: Dependencies,
  target: Target,
  options: WriteOptions,
  { value }: Body,
): Promise<Answer> {
  const { resource, namespace, name } = target;
  const pod = dependencies.store.get(keyOf(target, name));
  if (pod === undefined) throw notFound(resource, name);

  const budgets = dependencies.store.list({ resource: 'poddisruptionbudgets.policy', namespace });
  for (const stored of budgets.items) {
    const budget = stored.object();
    const selector = objectAt(budget, 'spec', 'selector');
    // none selects no pod here
    if (selector === undefined || selects(selector, labelsFrom({ ...pod.labels })) !== 'yes') continue;
    if ((numberAt(budget, 'status', 'disruptionsAllowed') ?? 0) > 0) continue;
    const why = `Cannot evict pod as it would violate the pod's disruption budget (${stored.key.name}).`;
    throw tooManyRequests(why, 0);
  }

  const sent = isObject(value) ? (objectAt(value, 'deleteOptions') ?? {}) : {};
  await remove(dependencies, { ...target, subresource: '' }, deleteOptionsOf(sent, options));
  return success(201);
}

function deleteOptionsOf(sent: JsonObject, { dryRun }: WriteOptions): DeleteOptions {
  const gracePeriodSeconds = numberAt(sent, 'gracePeriodSeconds');
  const uid = stringAt(sent, 'preconditions', 'uid');
  const resourceVersion = stringAt(sent, 'preconditions', 'resourceVersion');
  return {
    dryRun,
    sent,
    ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
    preconditions: { ...(uid !== undefined && { uid }), ...(resourceVersion !== undefined && { resourceVersion }) },
  };
}

function success(code: number): Answer {
  return { code, object: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code } };
}
