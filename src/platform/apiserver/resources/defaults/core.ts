/** Defaults of the core group's other kinds: k8s.io/kubernetes pkg/apis/core/v1/defaults.go and conversion.go. */
import { copyOf, type Draft, draftAt, draftsAt, ensure, fill, fillEmpty } from '../draft.ts';
import { roundUp } from './containers.ts';
import { defaultClaimSpec } from './volumes.ts';

const NAME_LABEL = 'kubernetes.io/metadata.name';
const AFFINITY_SECONDS = 10_800;

/** A namespace without a name yet gets the label when it has one. */
export function defaultNamespace(namespace: Draft): void {
  const metadata = ensure(namespace, 'metadata');
  if (typeof metadata.name === 'string' && metadata.name !== '') {
    ensure(metadata, 'labels')[NAME_LABEL] = metadata.name;
  }
  fillEmpty(ensure(namespace, 'status'), 'phase', 'Active');
}

/** What is written as text is kept as base64, and wins. */
export function defaultSecret(secret: Draft): void {
  const texts = draftAt(secret, 'stringData');
  delete secret.stringData;
  if (texts !== undefined && Object.keys(texts).length > 0) {
    const data = ensure(secret, 'data');
    for (const [key, text] of Object.entries(texts)) {
      if (typeof text === 'string') data[key] = Buffer.from(text).toString('base64');
    }
  }
  fillEmpty(secret, 'type', 'Opaque');
}

export function defaultService(service: Draft): void {
  const spec = ensure(service, 'spec');
  fillEmpty(spec, 'sessionAffinity', 'None');
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  if (spec.sessionAffinity === 'ClientIP') {
    fill(ensure(ensure(spec, 'sessionAffinityConfig'), 'clientIP'), 'timeoutSeconds', AFFINITY_SECONDS);
  }
  fillEmpty(spec, 'type', 'ClusterIP');
  for (const port of draftsAt(spec, 'ports')) {
    fillEmpty(port, 'protocol', 'TCP');
    fillEmpty(port, 'targetPort', port.port ?? 0);
  }
  const isOutside = spec.type === 'LoadBalancer' || spec.type === 'NodePort' || hasExternalIps(spec);
  if (isOutside) fillEmpty(spec, 'externalTrafficPolicy', 'Cluster');
  if (spec.type !== 'ExternalName') fill(spec, 'internalTrafficPolicy', 'Cluster');
  if (spec.type === 'LoadBalancer') fill(spec, 'allocateLoadBalancerNodePorts', true);
}

function hasExternalIps(spec: Draft): boolean {
  return spec.type === 'ClusterIP' && Array.isArray(spec.externalIPs) && spec.externalIPs.length > 0;
}

export function defaultVolumeClaim(claim: Draft): void {
  defaultClaimSpec(ensure(claim, 'spec'));
  fillEmpty(ensure(claim, 'status'), 'phase', 'Pending');
}

export function defaultVolumeOfCluster(volume: Draft): void {
  const spec = ensure(volume, 'spec');
  fillEmpty(spec, 'persistentVolumeReclaimPolicy', 'Retain');
  fill(spec, 'volumeMode', 'Filesystem');
  fill(draftAt(spec, 'hostPath'), 'type', '');
  fillEmpty(ensure(volume, 'status'), 'phase', 'Pending');
}

export function defaultEndpoints(endpoints: Draft): void {
  for (const subset of draftsAt(endpoints, 'subsets')) {
    for (const port of draftsAt(subset, 'ports')) fillEmpty(port, 'protocol', 'TCP');
  }
}

export function defaultNode(node: Draft): void {
  const status = draftAt(node, 'status');
  const capacity = draftAt(status, 'capacity');
  if (capacity !== undefined) fill(status, 'allocatable', copyOf(capacity));
}

/** Of a container's limits, what is said least of is what the others say. */
export function defaultLimitRange(range: Draft): void {
  for (const item of draftsAt(draftAt(range, 'spec'), 'limits')) {
    for (const list of Object.values(item)) {
      if (typeof list === 'object' && list !== null && !Array.isArray(list)) roundUp(list);
    }
    if (item.type !== 'Container') continue;
    const limits = ensure(item, 'default');
    const requests = ensure(item, 'defaultRequest');
    fillAll(limits, draftAt(item, 'max'));
    fillAll(requests, limits);
    fillAll(requests, draftAt(item, 'min'));
  }
}

function fillAll(draft: Draft, values: Draft | undefined): void {
  for (const [key, value] of Object.entries(values ?? {})) {
    if (value !== undefined) fill(draft, key, value);
  }
}
