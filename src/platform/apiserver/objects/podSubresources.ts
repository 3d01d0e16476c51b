/** pods/binding and pods/eviction, in short: nothing schedules here, and no node runs what is bound. */
import { isObject, type JsonObject, numberAt, objectAt, stringAt } from '../../../kubernetes/json.ts';
import { labelsFrom, selects } from '../../../kubernetes/labelSelector.ts';
import { trackUpdate } from '../patch/apply/trackUpdate.ts';
import { badRequest, conflict, notFound, tooManyRequests } from '../status/failure.ts';
import type { Dependencies } from './dependencies.ts';
import type { Answer, Body, DeleteOptions, Target, WriteOptions } from './objects.ts';
import { remove } from './remove.ts';
import { keyOf, managerOf } from './steps.ts';
import { write } from './update.ts';

/** POST pods/{name}/binding: says on which node the pod is. */
export async function bind(
  dependencies: Dependencies,
  target: Target,
  options: WriteOptions,
  { value }: Body,
): Promise<Answer> {
  const node = stringAt(value, 'target', 'name') ?? '';
  if (node === '') throw badRequest('Binding: target.name: Required value: the node that the pod is to run on');

  const { resource, name } = target;
  const make = (old: JsonObject | undefined): JsonObject => {
    if (old === undefined) throw notFound(resource, name);
    const bound = stringAt(old, 'spec', 'nodeName') ?? '';
    if (bound !== '') {
      throw conflict(
        { group: '', plural: 'pods/binding' },
        name,
        `pod ${name} is already assigned to node ${JSON.stringify(bound)}`,
      );
    }
    const next = { ...old, spec: { ...objectAt(old, 'spec'), nodeName: node } };
    const now = dependencies.clock.now();
    return trackUpdate({ old, next, manager: managerOf(options, target), subresource: 'binding', resource, now });
  };
  await write(dependencies, { target, options, mayCreate: false, uid: '', make });
  return success(201);
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
  for (const { key, object } of budgets.items) {
    const budget = object();
    if (
      selects(
        budget.spec === undefined ? undefined : objectAt(budget, 'spec', 'selector'),
        labelsFrom({ ...pod.labels }),
      ) !== 'yes'
    )
      continue;
    if ((numberAt(budget, 'status', 'disruptionsAllowed') ?? 0) > 0) continue;
    throw tooManyRequests(`Cannot evict pod as it would violate the pod's disruption budget (${key.name}).`, 0);
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
