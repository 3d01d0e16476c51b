/**
 * What NetworkPolicies let through.
 *
 * Semantics: k8s.io/api networking/v1 types.go and https://kubernetes.io/docs/concepts/services-networking/network-policies/.
 * A pod that no policy selects for a direction is open in it; one that some select is closed but for the union of what
 * they allow. A rule without peers (or ports) means every peer (or port). Peers of one list are alternatives; a
 * podSelector and a namespaceSelector in the same peer are demanded together, and a podSelector alone means the
 * policy's own namespace.
 */
import {
  arrayAt,
  isArray,
  isObject,
  type JsonObject,
  type JsonValue,
  numberAt,
  objectAt,
  stringAt,
  valueAt,
} from './json.ts';
import { either, type Labels, type Match, selects, selectsEverything } from './labelSelector.ts';

export type Direction = 'Ingress' | 'Egress';
export type Protocol = 'TCP' | 'UDP' | 'SCTP';

/** Where the rules of a direction stand, and what a rule calls its peers. */
const FIELDS = {
  Ingress: { rules: 'ingress', peers: 'from' },
  Egress: { rules: 'egress', peers: 'to' },
} as const;

/** Pods on the other side of a connection, as far as they are known. */
export interface Peer {
  readonly namespace: string;
  readonly namespaceLabels: Labels;
  readonly labels: Labels;
}

/** A port that somebody listens on, with the name that its container port has. */
export interface Port {
  readonly number: number;
  readonly name?: string;
  readonly protocol: Protocol;
}

/** The rules of one direction, each with its index; a rule that is no object is left out. */
export function rulesIn(policy: JsonObject, direction: Direction): { rule: JsonObject; index: number }[] {
  const rules: { rule: JsonObject; index: number }[] = [];
  for (const [index, rule] of arrayAt(policy, 'spec', FIELDS[direction].rules).entries()) {
    if (isObject(rule)) rules.push({ rule, index });
  }
  return rules;
}

/** The peers that a rule names; none means everybody. */
export function peersOf(rule: JsonObject, direction: Direction): readonly JsonValue[] {
  return arrayAt(rule, FIELDS[direction].peers);
}

export function peersField(direction: Direction): 'from' | 'to' {
  return FIELDS[direction].peers;
}

export function rulesField(direction: Direction): 'ingress' | 'egress' {
  return FIELDS[direction].rules;
}

/**
 * Whether the policy closes its pods in the direction. Without policyTypes it always closes Ingress, and Egress where
 * it has egress rules (kubernetes pkg/apis/networking/v1/defaults.go).
 */
export function restricts(policy: JsonObject, direction: Direction): boolean {
  const types = arrayAt(policy, 'spec', 'policyTypes');
  if (types.length > 0) return types.includes(direction);
  return direction === 'Ingress' || arrayAt(policy, 'spec', 'egress').length > 0;
}

/** Whether the policy selects pods of its own namespace with these labels. */
export function selectsPods(policy: JsonObject, labels: Labels): Match {
  return selects(valueAt(policy, 'spec', 'podSelector'), labels);
}

/**
 * Whether the policy, which stands in `namespace`, lets the peer through on the port. What is not known (an address
 * range, labels of another namespace) may be: `maybe`.
 */
export function allows(policy: JsonObject, direction: Direction, namespace: string, peer: Peer, port: Port): Match {
  if (!restricts(policy, direction)) return 'no';
  let result: Match = 'no';
  for (const { rule } of rulesIn(policy, direction)) {
    const onPort = opensPort(rule, port);
    if (onPort === 'no') continue;
    const toPeer = meansPeer(peersOf(rule, direction), namespace, peer);
    if (toPeer === 'no') continue;
    if (onPort === 'yes' && toPeer === 'yes') return 'yes';
    result = 'maybe';
  }
  return result;
}

function meansPeer(peers: readonly JsonValue[], namespace: string, peer: Peer): Match {
  if (peers.length === 0) return 'yes';
  let result: Match = 'no';
  for (const candidate of peers) {
    result = either(result, isPeer(candidate, namespace, peer));
    if (result === 'yes') return 'yes';
  }
  return result;
}

function isPeer(candidate: JsonValue, namespace: string, peer: Peer): Match {
  if (!isObject(candidate)) return 'no';
  const block = objectAt(candidate, 'ipBlock');
  if (block !== undefined) return isEveryAddress(candidate) ? 'yes' : 'maybe';

  const pods = objectAt(candidate, 'podSelector');
  const namespaces = objectAt(candidate, 'namespaceSelector');
  if (pods === undefined && namespaces === undefined) return 'no'; // the API server refuses such a peer
  const inNamespace =
    namespaces === undefined ? isNamespace(namespace, peer) : selects(namespaces, peer.namespaceLabels);
  if (inNamespace === 'no' || pods === undefined) return inNamespace;

  const isPod = selects(pods, peer.labels);
  if (isPod === 'no') return 'no';
  return isPod === 'yes' && inNamespace === 'yes' ? 'yes' : 'maybe';
}

/** A manifest without a namespace may stand in any. */
function isNamespace(namespace: string, peer: Peer): Match {
  if (namespace === '') return 'maybe';
  return namespace === peer.namespace ? 'yes' : 'no';
}

/** True for an ipBlock of all addresses (`0.0.0.0/0`, `::/0`) without exceptions. */
export function isEveryAddress(peer: JsonValue): boolean {
  const cidr = stringAt(peer, 'ipBlock', 'cidr');
  return cidr?.endsWith('/0') === true && arrayAt(peer, 'ipBlock', 'except').length === 0;
}

/** True for a peer that means every pod of every namespace. */
export function isEveryPod(peer: JsonValue): boolean {
  const namespaces = objectAt(peer, 'namespaceSelector');
  return namespaces !== undefined && selectsEverything(namespaces) && selectsEverything(valueAt(peer, 'podSelector'));
}

function opensPort(rule: JsonObject, port: Port): Match {
  if (!isArray(rule.ports) || rule.ports.length === 0) return 'yes';
  let result: Match = 'no';
  for (const candidate of rule.ports) {
    result = either(result, isPort(candidate, port));
    if (result === 'yes') return 'yes';
  }
  return result;
}

function isPort(candidate: JsonValue, port: Port): Match {
  if (!isObject(candidate)) return 'no';
  if ((stringAt(candidate, 'protocol') ?? 'TCP') !== port.protocol) return 'no';

  const named = candidate.port;
  if (named === undefined || named === null) return 'yes';
  if (typeof named === 'string') {
    if (port.name === undefined) return 'maybe';
    return named === port.name ? 'yes' : 'no';
  }
  const last = numberAt(candidate, 'endPort') ?? named;
  return typeof named === 'number' && typeof last === 'number' && named <= port.number && port.number <= last
    ? 'yes'
    : 'no';
}
