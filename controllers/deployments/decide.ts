/** Which Pods of a Deployment are to be made, and which are to go: pure. */
import { createHash } from 'node:crypto';
import { isObject, type JsonObject, numberAt, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { isBeingDeleted, labelsOf, nameOf, referenceTo } from '../../src/kubernetes/object.ts';
import { ownerReference, suffix } from '../jobs/owned.ts';
import { isReady } from '../pods/isReady.ts';
import { NODE } from '../pods/surroundings/fields.ts';

export const HASH = 'pod-template-hash';

export interface Standing {
  /** Of the template as it is now, neither over nor on their way out. */
  readonly current: readonly JsonObject[];
  /** Of an earlier template. */
  readonly old: readonly JsonObject[];
  /** Those that ended, which a Deployment keeps none of. */
  readonly over: readonly JsonObject[];
  /** On their way out. */
  readonly leaving: number;
}

export interface Decision {
  readonly create: number;
  readonly remove: readonly JsonObject[];
}

export function standingOf(deployment: JsonObject, pods: readonly JsonObject[]): Standing {
  const hash = hashOf(deployment);
  const isOver = (pod: JsonObject): boolean => ['Succeeded', 'Failed'].includes(stringAt(pod, 'status', 'phase') ?? '');
  const here = pods.filter((pod) => !isBeingDeleted(pod));
  const running = here.filter((pod) => !isOver(pod));
  return {
    current: running.filter((pod) => labelsOf(pod)[HASH] === hash),
    old: running.filter((pod) => labelsOf(pod)[HASH] !== hash),
    over: here.filter(isOver),
    leaving: pods.length - here.length,
  };
}

export function decide(deployment: JsonObject, { current, old, over, leaving }: Standing): Decision {
  const wanted = replicasOf(deployment);
  if (objectAt(deployment, 'spec')?.paused === true && current.length === 0 && old.length > 0) {
    // what is paused keeps its template, and minds its number alone
    return { create: 0, remove: [...over, ...surplus(old, wanted)] };
  }
  if (
    stringAt(deployment, 'spec', 'strategy', 'type') === 'Recreate' &&
    old.length + (current.length === 0 ? leaving : 0) > 0
  ) {
    return { create: 0, remove: [...over, ...old] };
  }
  const isReplaced = current.filter(isReady).length >= wanted;
  const create = Math.max(0, wanted - current.length);
  return { create, remove: [...over, ...surplus(current, wanted), ...(isReplaced ? old : [])] };
}

export function replicasOf(deployment: JsonObject): number {
  return numberAt(deployment, 'spec', 'replicas') ?? 1;
}

/** Those that are not ready go first, then the youngest. */
function surplus(pods: readonly JsonObject[], wanted: number): JsonObject[] {
  const age = (pod: JsonObject): string => stringAt(pod, 'metadata', 'creationTimestamp') ?? '';
  const sorted = [...pods].sort(
    (left, right) => Number(isReady(right)) - Number(isReady(left)) || (age(left) < age(right) ? -1 : 1),
  );
  return sorted.slice(wanted);
}

function hashOf(deployment: JsonObject): string {
  const text = JSON.stringify(objectAt(deployment, 'spec', 'template') ?? {});
  return createHash('sha256').update(text).digest('hex').slice(0, 10);
}

export function podFor(deployment: JsonObject, random: () => number): JsonObject {
  const template = objectAt(deployment, 'spec', 'template') ?? {};
  const hash = hashOf(deployment);
  const annotations = objectAt(template, 'metadata', 'annotations');
  const spec = objectAt(template, 'spec');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${nameOf(deployment)}-${hash}-${suffix(random)}`,
      namespace: referenceTo(deployment).namespace,
      labels: { ...labelsOf(template), [HASH]: hash },
      ...(isObject(annotations) ? { annotations } : {}),
      ownerReferences: [ownerReference(deployment)],
    },
    spec: { ...spec, nodeName: NODE },
  };
}
