/** The strategy of Services: k8s.io/kubernetes pkg/registry/core/service. One family, IPv4. */
import { equals, isObject, type JsonObject, objectAt, stringAt } from '../../../../kubernetes/json.ts';
import { checkService, checkServiceUpdate } from '../checks/services.ts';
import { defaultService } from '../defaults/core.ts';
import { type Draft, draftsAt, ensure, fill } from '../draft.ts';
import { type Rules, takeFrom } from '../strategy.ts';
import { type Addresses, addressesOfDryRun } from './addresses.ts';

export function serviceRules(addresses: Addresses): Rules {
  return {
    defaults: defaultService,
    onCreate: (draft, { now, isDryRun }) => allocate(draft, isDryRun ? addressesOfDryRun() : addresses, now),
    onUpdate(draft, old, { now, isDryRun }) {
      const spec = ensure(draft, 'spec');
      const before = objectAt(old, 'spec') ?? {};
      keepAllocated(spec, before);
      followAddress(spec, before);
      dropWithType(spec, before);
      allocate(draft, isDryRun ? addressesOfDryRun() : addresses, now);
    },
    check: checkService,
    checkUpdate: checkServiceUpdate,
    createsOnUpdate: true,
  };
}

/** Gives the Service what its type has and its author has not chosen; takes away what its type has not. */
function allocate(service: Draft, addresses: Addresses, now: Date): void {
  const spec = ensure(service, 'spec');
  if (spec.type === 'ExternalName') return;
  const owner = `${stringAt(service, 'metadata', 'namespace')}/${stringAt(service, 'metadata', 'name')}`;
  allocateAddress(spec, () => addresses.address(owner, now));
  allocatePorts(spec, (suffix) => addresses.nodePort(`${owner}/${suffix}`, now));
}

function allocatePorts(spec: Draft, next: (suffix: string) => number | undefined): void {
  const isOpen =
    spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
  for (const [index, port] of draftsAt(spec, 'ports').entries()) {
    const free = isOpen && (port.nodePort ?? 0) === 0 ? next(String(index)) : undefined;
    if (free !== undefined) port.nodePort = free;
  }
  const isLocal = spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
  const health = isLocal && (spec.healthCheckNodePort ?? 0) === 0 ? next('health') : undefined;
  if (health !== undefined) spec.healthCheckNodePort = health;
}

/** A headless Service that selects nothing is of both families, whatever the cluster has. */
function allocateAddress(spec: Draft, next: () => string | undefined): void {
  const listed = Array.isArray(spec.clusterIPs) ? spec.clusterIPs[0] : undefined;
  const wanted = spec.clusterIP || listed;
  const isSelectorless = !isObject(spec.selector) || Object.keys(spec.selector).length === 0;
  const isBoth = wanted === 'None' && isSelectorless && (spec.ipFamilyPolicy ?? 'RequireDualStack') !== 'SingleStack';
  fill(spec, 'ipFamilyPolicy', isBoth ? 'RequireDualStack' : 'SingleStack');
  fill(spec, 'ipFamilies', isBoth ? ['IPv4', 'IPv6'] : ['IPv4']);

  const address = typeof wanted === 'string' && wanted !== '' ? wanted : next();
  if (address === undefined) return;
  spec.clusterIP = address;
  fill(spec, 'clusterIPs', [address]);
}

/** An update that does not name them keeps them (patchAllocatedValues in storage.go). */
function keepAllocated(spec: Draft, old: JsonObject): void {
  const hadAddress = old.type !== 'ExternalName';
  if (hadAddress && spec.type !== 'ExternalName') {
    if ((spec.clusterIP ?? '') === '') takeFrom(spec, old, 'clusterIP');
    if (spec.clusterIPs === undefined) takeFrom(spec, old, 'clusterIPs');
    if (spec.ipFamilies === undefined) takeFrom(spec, old, 'ipFamilies');
    if (spec.ipFamilyPolicy === undefined) takeFrom(spec, old, 'ipFamilyPolicy');
  }
  if (needsNodePorts(spec.type) && needsNodePorts(old.type)) keepNodePorts(spec, old);
  else if (!needsNodePorts(spec.type) && needsNodePorts(old.type)) dropNodePorts(spec, old);
}

/** Who changes the one address alone means the list, too (normalizeClusterIPs in storage.go). */
function followAddress(spec: Draft, old: JsonObject): void {
  const address = spec.clusterIP ?? '';
  const isChanged = typeof address === 'string' && address !== '' && address !== old.clusterIP;
  if (isChanged && old.type !== 'ExternalName' && equals(spec.clusterIPs, old.clusterIPs)) spec.clusterIPs = [address];
}

function needsNodePorts(type: unknown): boolean {
  return type === 'NodePort' || type === 'LoadBalancer';
}

function keepNodePorts(spec: Draft, old: JsonObject): void {
  const before = Array.isArray(old.ports) ? old.ports.filter(isObject) : [];
  for (const port of draftsAt(spec, 'ports')) {
    if ((port.nodePort ?? 0) !== 0) continue;
    const same = before.find((one) => one.port === port.port && one.protocol === port.protocol);
    if (same?.nodePort !== undefined) takeFrom(port, same, 'nodePort');
  }
}

/** Who turns a Service into one that has none, and has not changed the ports, means to let them go. */
function dropNodePorts(spec: Draft, old: JsonObject): void {
  const before = Array.isArray(old.ports) ? old.ports.filter(isObject) : [];
  const ports = draftsAt(spec, 'ports');
  const isSame = ports.every((port, index) => port.nodePort === before[index]?.nodePort);
  if (isSame) for (const port of ports) delete port.nodePort;
}

const ADDRESS_FIELDS = ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy'];
const BALANCER_FIELDS = ['allocateLoadBalancerNodePorts', 'loadBalancerClass'];

/** Who changes the type, and nothing of what only the old type has, means to let that go (dropTypeDependentFields). */
function dropWithType(spec: Draft, old: JsonObject): void {
  const drop = (fields: readonly string[]) => {
    for (const field of fields) if (equals(spec[field], old[field])) delete spec[field];
  };
  if (spec.type === 'ExternalName' && old.type !== 'ExternalName') drop(ADDRESS_FIELDS);
  if (spec.type !== 'LoadBalancer' && old.type === 'LoadBalancer') drop([...BALANCER_FIELDS, 'healthCheckNodePort']);
  if (isOpen(old) && !isOpen(spec)) drop(['externalTrafficPolicy']);
}

function isOpen({ type, externalIPs }: JsonObject): boolean {
  if (needsNodePorts(type)) return true;
  return type === 'ClusterIP' && Array.isArray(externalIPs) && externalIPs.length > 0;
}
