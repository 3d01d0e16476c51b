/**
 * Triggers of another namespace's Broker, and Subscriptions of another namespace's Channel: a cluster links them with the
 * feature cross-namespace-event-links, where whoever wrote them may `knsubscribe` there (knative/eventing
 * pkg/crossnamespace/validation.go). This platform does not.
 */
import { quote } from '../../../src/knative/goStrings.ts';
import { type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { namespaceOf } from '../../serving/read.ts';

/** A reason of our own: Knative has no word for it. */
export const NOT_LINKED = 'NotLinkedOverNamespaces';

const OWN = {
  Broker: 'Triggers to Brokers of their own namespace alone; make the Trigger there',
  Channel: 'Subscriptions to Channels of their own namespace alone; make the Subscription there',
} as const;

/** @returns why the reference is not followed, as a sentence; undefined where it stays in the namespace of who refers */
export function whyNotLinked(
  kind: keyof typeof OWN,
  reference: JsonObject | undefined,
  from: JsonObject,
): string | undefined {
  const namespace = stringAt(reference, 'namespace') || namespaceOf(from);
  if (namespace === namespaceOf(from)) return undefined;
  const name = stringAt(reference, 'name') ?? '';
  return `${kind} ${quote(name)} is of the namespace ${quote(namespace)}, and Weir's embedded platform links ${OWN[kind]}, where its subscriber may name this namespace`;
}
