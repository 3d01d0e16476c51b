/** The status of a Deployment: pure (k8s.io/kubernetes pkg/controller/deployment/sync.go, calculateStatus). */
import { arrayAt, isObject, type JsonObject, numberAt, stringAt } from '../../src/kubernetes/json.ts';
import { nameOf } from '../../src/kubernetes/object.ts';
import { timeText } from '../../src/kubernetes/time.ts';
import { isReady } from '../pods/isReady.ts';
import { replicasOf, type Standing } from './decide.ts';

/** Null: not there. */
export function statusOf(deployment: JsonObject, { current, old }: Standing, now: Date): JsonObject {
  const wanted = replicasOf(deployment);
  const all = [...current, ...old];
  const ready = all.filter(isReady).length;
  const isDone = current.length === wanted && old.length === 0 && ready >= wanted;
  return {
    observedGeneration: numberAt(deployment, 'metadata', 'generation') ?? 0,
    replicas: orNull(all.length),
    updatedReplicas: orNull(current.length),
    readyReplicas: orNull(ready),
    availableReplicas: orNull(ready),
    unavailableReplicas: orNull(Math.max(0, wanted - ready)),
    conditions: conditionsOf(deployment, ready >= wanted, isDone, now),
  };
}

function orNull(count: number): number | null {
  return count === 0 ? null : count;
}

function conditionsOf(deployment: JsonObject, isAvailable: boolean, isDone: boolean, now: Date): JsonObject[] {
  const before = arrayAt(deployment, 'status', 'conditions').filter(isObject);
  const name = nameOf(deployment);
  const available = isAvailable
    ? { status: 'True', reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' }
    : {
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };
  const progressing = isDone
    ? { status: 'True', reason: 'NewReplicaSetAvailable', message: `The Pods of Deployment "${name}" are there.` }
    : { status: 'True', reason: 'ReplicaSetUpdated', message: `The Pods of Deployment "${name}" are on their way.` };
  return [
    { type: 'Available', ...available },
    { type: 'Progressing', ...progressing },
  ].map((wanted) => {
    const old = before.find(({ type }) => type === wanted.type);
    if (old !== undefined && stringAt(old, 'reason') === wanted.reason && old.status === wanted.status) return old;
    const since = old?.status === wanted.status ? stringAt(old, 'lastTransitionTime') : undefined;
    return { ...wanted, lastTransitionTime: since ?? timeText(now), lastUpdateTime: timeText(now) };
  });
}
