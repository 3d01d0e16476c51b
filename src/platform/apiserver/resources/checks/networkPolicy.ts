/** NetworkPolicies: k8s.io/kubernetes pkg/apis/networking/validation/validation.go. */
import { arrayAt, type JsonObject, numberAt, objectAt } from '../../../../kubernetes/json.ts';
import type { Problems } from '../problems.ts';
import { itemsOf, textOf } from './common.ts';
import { isCidr, portNameErrors, portNumberErrors } from './formats.ts';
import { checkSelector } from './selectors.ts';

const PROTOCOLS = ['TCP', 'UDP', 'SCTP'];
const CIDR = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

export function checkNetworkPolicy(policy: JsonObject, problems: Problems): void {
  const spec = objectAt(policy, 'spec') ?? {};
  checkSelector(objectAt(spec, 'podSelector'), 'spec.podSelector', problems);
  for (const [direction, peers] of [['ingress', 'from'] as const, ['egress', 'to'] as const]) {
    for (const [rule, at] of itemsOf(spec, direction, 'spec')) {
      for (const [port, path] of itemsOf(rule, 'ports', at)) checkPort(port, path, problems);
      for (const [peer, path] of itemsOf(rule, peers, at)) checkPeer(peer, path, problems);
    }
  }
  const types = arrayAt(spec, 'policyTypes');
  if (types.length > 2) {
    problems.invalid('spec.policyTypes', types, 'may not specify more than two policyTypes');
    return;
  }
  for (const [index, type] of types.entries()) {
    if (type !== 'Ingress' && type !== 'Egress') {
      problems.notSupported(`spec.policyTypes[${index}]`, type, ['Ingress', 'Egress']);
    }
  }
}

function checkPort(port: JsonObject, path: string, problems: Problems): void {
  const protocol = port.protocol;
  if (protocol !== undefined && !(typeof protocol === 'string' && PROTOCOLS.includes(protocol))) {
    problems.notSupported(`${path}.protocol`, protocol, PROTOCOLS);
  }
  const end = numberAt(port, 'endPort');
  if (typeof port.port === 'number') {
    problems.invalidBy(`${path}.port`, port.port, portNumberErrors(port.port));
    if (end === undefined) return;
    if (end < port.port) problems.invalid(`${path}.endPort`, port.port, 'must be greater than or equal to `port`');
    problems.invalidBy(`${path}.endPort`, end, portNumberErrors(end));
  } else if (typeof port.port === 'string') {
    if (end !== undefined) problems.invalid(`${path}.endPort`, end, 'may not be specified when `port` is non-numeric');
    problems.invalidBy(`${path}.port`, port.port, portNameErrors(port.port));
  } else if (end !== undefined) {
    problems.invalid(`${path}.endPort`, end, 'may not be specified when `port` is not specified');
  }
}

function checkPeer(peer: JsonObject, path: string, problems: Problems): void {
  const given = ['podSelector', 'namespaceSelector', 'ipBlock'].filter((field) => peer[field] !== undefined);
  checkSelector(objectAt(peer, 'podSelector'), `${path}.podSelector`, problems);
  checkSelector(objectAt(peer, 'namespaceSelector'), `${path}.namespaceSelector`, problems);
  const block = objectAt(peer, 'ipBlock');
  if (block !== undefined) checkBlock(block, `${path}.ipBlock`, problems);
  if (given.length === 0) problems.required(path, 'must specify a peer');
  else if (given.length > 1 && block !== undefined) {
    problems.forbidden(path, 'may not specify both ipBlock and another peer');
  }
}

function checkBlock(block: JsonObject, path: string, problems: Problems): void {
  const cidr = textOf(block, 'cidr');
  if (cidr === '') {
    problems.required(`${path}.cidr`);
    return;
  }
  if (!isCidr(cidr)) problems.invalid(`${path}.cidr`, cidr, CIDR);
  for (const [index, except] of arrayAt(block, 'except').entries()) {
    if (typeof except !== 'string') continue;
    const at = `${path}.except[${index}]`;
    if (!isCidr(except)) problems.invalid(at, except, CIDR);
    else if (isCidr(cidr) && !isInside(except, cidr)) problems.invalid(at, except, 'must be a strict subset of `cidr`');
  }
}

/** For IPv4; of IPv6 only the lengths are compared. */
function isInside(inner: string, outer: string): boolean {
  const [innerAddress = '', innerLength] = inner.split('/');
  const [outerAddress = '', outerLength] = outer.split('/');
  if (Number(innerLength) <= Number(outerLength)) return false;
  if (!innerAddress.includes('.') || !outerAddress.includes('.')) return true;
  const shift = 32 - Number(outerLength);
  const start = (address: string) => Math.floor(numberOf(address) / 2 ** shift);
  return start(innerAddress) === start(outerAddress);
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
