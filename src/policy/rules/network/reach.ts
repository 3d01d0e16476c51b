/** Which Knative pods a NetworkPolicy selects, and which of the ways that they need stay closed. */
import { HTTP_PORT, type KnativePods, knativePodsOf, LABEL_PREFIX, SERVICE_LABEL } from '../../../knative/pods.ts';
import { type JsonObject, objectAt, valueAt } from '../../../kubernetes/json.ts';
import { configuration, knativeService, networkPolicy } from '../../../kubernetes/kinds.ts';
import { labelsFrom, selectorKeys } from '../../../kubernetes/labelSelector.ts';
import { allows, type Direction, restricts, selectsPods } from '../../../kubernetes/networkPolicy.ts';
import { referenceTo } from '../../../kubernetes/object.ts';
import type { Inventory } from '../../engine/inventory.ts';
import type { Subject } from '../../engine/subject.ts';
import type { Way } from './ways.ts';

/** The Knative pods in the namespace that the policy may select: the one Service that its selector names, or all. */
function candidates(policy: JsonObject, namespace: string, inventory: Inventory): KnativePods[] {
  const name = valueAt(policy, 'spec', 'podSelector', 'matchLabels', SERVICE_LABEL);
  const named = typeof name === 'string' ? inventory.find(knativeService, namespace, name) : undefined;
  const services = named === undefined ? inventory.inNamespace(knativeService, namespace) : [named];

  const found: KnativePods[] = [];
  for (const object of [...services, ...inventory.inNamespace(configuration, namespace)]) {
    const pods = knativePodsOf(object);
    if (pods !== undefined) found.push(pods);
  }
  return found;
}

export interface SelectedPods {
  /** In sight, or, where the policy selects none of those, as its labels speak of them. */
  readonly inSight: boolean;
  readonly pods: readonly KnativePods[];
}

/** The Knative pods that the policy selects. */
export function selectedPods(policy: JsonObject, namespace: string, inventory: Inventory): SelectedPods {
  const pods = candidates(policy, namespace, inventory).filter((each) => selectsPods(policy, each.labels) === 'yes');
  if (pods.length > 0) return { inSight: true, pods };
  if (!speaksOfKnative(policy)) return { inSight: true, pods: [] };

  const labels = labelsFrom(valueAt(policy, 'spec', 'podSelector', 'matchLabels'), true);
  const name = labels.known.get(SERVICE_LABEL);
  return {
    inSight: false,
    pods: [{ name: typeof name === 'string' ? name : "Knative's pods", labels, port: HTTP_PORT }],
  };
}

function speaksOfKnative(policy: JsonObject): boolean {
  return selectorKeys(objectAt(policy, 'spec', 'podSelector')).some((key) => key.startsWith(LABEL_PREFIX));
}

/** The policies of the namespace: the judged one as it stands now, and the others as they are in sight. */
export function policiesBeside(subject: Subject, inventory: Inventory): JsonObject[] {
  const others = inventory.inNamespace(networkPolicy, subject.namespace);
  return [subject.object, ...others.filter((other) => referenceTo(other).name !== subject.name)];
}

export interface Closing {
  readonly judged: JsonObject;
  /** Every policy of the namespace, the judged one among them. */
  readonly policies: readonly JsonObject[];
  readonly direction: Direction;
}

/**
 * The ways that stay closed for the pods: those that no policy opens. What one policy opens is open, whatever the
 * others say, so that a closed way is everybody's doing; the first by name answers for it, and for the others the
 * result is empty.
 */
export function closedWays(closing: Closing, pods: KnativePods, inSight: boolean, ways: readonly Way[]): Way[] {
  const { judged, policies, direction } = closing;
  const { name, namespace } = referenceTo(judged);
  const isAnsweredBefore = policies.some(
    (policy) =>
      referenceTo(policy).name < name &&
      restricts(policy, direction) &&
      selectsPods(policy, pods.labels) === 'yes' &&
      (inSight || speaksOfKnative(policy)),
  );
  if (isAnsweredBefore) return [];

  const selecting = policies.filter(
    (policy) => restricts(policy, direction) && selectsPods(policy, pods.labels) !== 'no',
  );
  return ways.filter((way) => !selecting.some((policy) => opens(policy, direction, namespace, way)));
}

/** What may be open counts as open: a finding is for what is certain. */
export function opens(policy: JsonObject, direction: Direction, namespace: string, way: Way): boolean {
  return way.ports.some((port) => allows(policy, direction, namespace, way.peer, port) !== 'no');
}
