/**
 * A cluster as NetworkPolicies see it: namespaces and pods with the labels that Knative's releases give them, and an
 * answer to who reaches whom. A connection needs both ends: the policies of the pod that calls let it out, and those of
 * the pod that is called let it in.
 */
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { labelsFrom } from '../../src/kubernetes/labelSelector.ts';
import { allows, type Direction, type Port, restricts, selectsPods } from '../../src/kubernetes/networkPolicy.ts';

export interface Pod {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Where the policies under test stand. */
export const HOME = 'shop';

/** Labels of namespaces beside their name. */
const NAMESPACES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'knative-serving': { 'app.kubernetes.io/name': 'knative-serving' },
  'kourier-system': { 'networking.knative.dev/ingress-provider': 'kourier' },
  'contour-external': { 'networking.knative.dev/ingress-provider': 'contour' },
  'contour-internal': { 'networking.knative.dev/ingress-provider': 'contour' },
};

function namespaceLabels(name: string): Readonly<Record<string, string>> {
  return { ...NAMESPACES[name], 'kubernetes.io/metadata.name': name };
}

export function aPod(namespace: string, labels: Readonly<Record<string, string>>): Pod {
  return { namespace, labels };
}

/** A pod of a Revision, as Knative labels it. */
export function knativePod(service: string, namespace = HOME): Pod {
  return aPod(namespace, {
    app: `${service}-00001`,
    'serving.knative.dev/configuration': service,
    'serving.knative.dev/revision': `${service}-00001`,
    'serving.knative.dev/service': service,
    'pod-template-hash': '7d9c',
  });
}

export function port(number: number, protocol: Port['protocol'] = 'TCP'): Port {
  return { number, protocol };
}

/** Whether the pod reaches the other on the port, by the policies of HOME; every other namespace has none. */
export function reaches(policies: readonly JsonObject[], from: Pod, to: Pod, on: Port): boolean {
  return (
    isOpen(policies, 'Egress', from, { ...peerOf(to) }, on) && isOpen(policies, 'Ingress', to, { ...peerOf(from) }, on)
  );
}

function peerOf({ namespace, labels }: Pod) {
  return { namespace, namespaceLabels: labelsFrom(namespaceLabels(namespace)), labels: labelsFrom(labels) };
}

function isOpen(
  policies: readonly JsonObject[],
  direction: Direction,
  pod: Pod,
  peer: ReturnType<typeof peerOf>,
  on: Port,
): boolean {
  if (pod.namespace !== HOME) return true;
  const labels = labelsFrom(pod.labels);
  const selecting = policies.filter((policy) => restricts(policy, direction) && selectsPods(policy, labels) === 'yes');
  if (selecting.length === 0) return true;
  return selecting.some((policy) => allows(policy, direction, HOME, peer, on) === 'yes');
}
