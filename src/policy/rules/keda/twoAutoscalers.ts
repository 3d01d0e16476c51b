import { arrayAt, type JsonObject, objectAt, stringAt } from '../../../kubernetes/json.ts';
import {
  deployment,
  groupOf,
  horizontalPodAutoscaler,
  type Kind,
  keyOf,
  kindKey,
  knativeService,
  scaledObject,
} from '../../../kubernetes/kinds.ts';
import { annotationsOf, referenceTo, titleOf, withName } from '../../../kubernetes/object.ts';
import { type Inventory, sameNamespace } from '../../engine/inventory.ts';
import { defineRule } from '../../engine/rule.ts';
import type { Subject } from '../../engine/subject.ts';

/**
 * One autoscaler for one workload.
 *
 * KEDA makes a HorizontalPodAutoscaler `keda-hpa-<name>` for each ScaledObject and refuses one whose workload has another
 * (kedacore/keda apis/keda/v1alpha1/scaledobject_webhook.go); a Revision's Deployment is scaled by Knative.
 */
export const twoAutoscalers = defineRule({
  id: 'keda/two-autoscalers',
  title: 'each workload has one autoscaler',
  why: 'Two autoscalers each set the replica count that they think right: pods come and go every few seconds, and neither metric holds.',
  howToFix:
    'Keep one of them. KEDA takes the metrics of the other as further triggers; a Knative Service is scaled by its autoscaling annotations.',
  kinds: [scaledObject, horizontalPodAutoscaler],
  action: 'deny',
  needsOthers: true,
  examples: {
    bad: `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: orders}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: orders}
  minReplicas: 1
  maxReplicas: 10
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: orders}
spec:
  scaleTargetRef: {name: orders}
  maxReplicaCount: 10
  triggers: [{type: kafka, metadata: {bootstrapServers: "kafka:9092", consumerGroup: orders, topic: orders}}]
`,
    good: `
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: orders}
spec:
  scaleTargetRef: {name: orders}
  maxReplicaCount: 10
  triggers:
  - {type: kafka, metadata: {bootstrapServers: "kafka:9092", consumerGroup: orders, topic: orders}}
  - {type: cpu, metricType: Utilization, metadata: {value: "80"}}
`,
  },

  judge(subject, { inventory }) {
    const target = targetOf(subject.object);
    if (target === undefined) return [];
    const path = '/spec/scaleTargetRef/name';
    const who = titleOf(subject.reference);

    const service = knativeOwner(target, inventory);
    if (service !== undefined) {
      const message = `${who} scales ${target.kind} ${target.name}, which Knative scales as part of Service ${service}; set the autoscaling annotations of the Service instead`;
      return [{ path, message }];
    }
    const other = otherAutoscaler(subject, target, inventory);
    if (other === undefined) return [];
    const message = `${who} scales ${target.kind} ${target.name}, which ${other} scales too; keep one of them`;
    return [{ path, message }];
  },
});

interface Target {
  readonly key: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

/** What the autoscaler scales; KEDA takes a Deployment where the kind is left out. */
function targetOf(object: JsonObject): Target | undefined {
  const reference = objectAt(object, 'spec', 'scaleTargetRef');
  const name = stringAt(reference, 'name');
  if (reference === undefined || name === undefined) return undefined;
  const isKeda = keyOf(object) === scaledObject.key;
  const apiVersion = stringAt(reference, 'apiVersion') ?? (isKeda ? 'apps/v1' : '');
  const kind = stringAt(reference, 'kind') ?? 'Deployment';
  return { key: kindKey(groupOf(apiVersion), kind), kind, name, namespace: referenceTo(object).namespace };
}

const REVISION_DEPLOYMENT = /^(.+)-deployment$/;
const GENERATED_REVISION = /^(.+)-\d{5}$/;

/** The Knative Service whose pods the target is; undefined for a workload of its own. */
function knativeOwner(target: Target, inventory: Inventory): string | undefined {
  if (target.key === knativeService.key || target.key === 'serving.knative.dev/Configuration') return target.name;
  if (target.key === 'serving.knative.dev/Revision') return GENERATED_REVISION.exec(target.name)?.[1] ?? target.name;
  if (target.key !== deployment.key) return undefined;

  const revision = REVISION_DEPLOYMENT.exec(target.name)?.[1];
  if (revision === undefined) return undefined;
  const generated = GENERATED_REVISION.exec(revision)?.[1];
  if (generated !== undefined && inventory.find(deployment, target.namespace, target.name) === undefined)
    return generated;
  const named = inventory
    .inNamespace(knativeService, target.namespace)
    .find((service) => stringAt(service, 'spec', 'template', 'metadata', 'name') === revision);
  return named === undefined ? undefined : referenceTo(named).name;
}

/** Another autoscaler of the same workload. Of two of one kind, only the later one in the input is told. */
function otherAutoscaler(subject: Subject, target: Target, inventory: Inventory): string | undefined {
  if (subject.key === horizontalPodAutoscaler.key) {
    if (isKedas(subject.object, inventory)) return undefined;
    return earlier(subject, target, inventory, horizontalPodAutoscaler);
  }

  for (const object of scalersOf(target, inventory, horizontalPodAutoscaler)) {
    if (isKedas(object, inventory) || takesOver(subject.object, object)) continue;
    return titleOf(referenceTo(object));
  }
  return earlier(subject, target, inventory, scaledObject);
}

function earlier(subject: Subject, target: Target, inventory: Inventory, kind: Kind): string | undefined {
  for (const object of scalersOf(target, inventory, kind)) {
    const { name, namespace } = referenceTo(object);
    if (name === subject.name && sameNamespace(namespace, subject.namespace)) return undefined;
    return withName(kind.kind, name);
  }
  return undefined;
}

/** The autoscalers of a kind that scale the target, in the order of the input. */
function scalersOf(target: Target, inventory: Inventory, kind: Kind): JsonObject[] {
  const found = byTarget(inventory.all(kind)).get(`${target.key}/${target.name}`) ?? [];
  return found.filter((object) => sameNamespace(referenceTo(object).namespace, target.namespace));
}

type ByTarget = ReadonlyMap<string, readonly JsonObject[]>;

/** Worked out once for one list of autoscalers, so that thousands of them are not each compared with all the others. */
const indexes = new WeakMap<readonly JsonObject[], ByTarget>();

function byTarget(autoscalers: readonly JsonObject[]): ByTarget {
  const known = indexes.get(autoscalers);
  if (known !== undefined) return known;

  const index = new Map<string, JsonObject[]>();
  for (const object of autoscalers) {
    const target = targetOf(object);
    if (target === undefined) continue;
    const id = `${target.key}/${target.name}`;
    const list = index.get(id);
    if (list === undefined) index.set(id, [object]);
    else list.push(object);
  }
  indexes.set(autoscalers, index);
  return index;
}

/** True for the HorizontalPodAutoscaler that KEDA makes and owns. */
function isKedas(autoscaler: JsonObject, inventory: Inventory): boolean {
  const { name, namespace } = referenceTo(autoscaler);
  if (arrayAt(autoscaler, 'metadata', 'ownerReferences').some((owner) => keyOf(owner) === scaledObject.key))
    return true;
  if (!name.startsWith('keda-hpa-')) return false;
  return inventory.find(scaledObject, namespace, name.slice('keda-hpa-'.length)) !== undefined;
}

/** KEDA takes an existing HorizontalPodAutoscaler over where it is asked to. */
function takesOver(scaled: JsonObject, autoscaler: JsonObject): boolean {
  if (annotationsOf(scaled)['scaledobject.keda.sh/transfer-hpa-ownership'] !== 'true') return false;
  const name = stringAt(scaled, 'spec', 'advanced', 'horizontalPodAutoscalerConfig', 'name');
  return name === referenceTo(autoscaler).name;
}
