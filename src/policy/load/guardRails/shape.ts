/** What is wrong with fields of `spec.namespace` by themselves, beyond what the schema can say. */
import {
  arrayAt,
  isObject,
  type JsonObject,
  type JsonValue,
  numberAt,
  objectAt,
  stringAt,
} from '../../../kubernetes/json.ts';
import { didYouMean } from '../../../text/nearest.ts';
import type { Contradiction } from '../sanity.ts';

/** The name of a NetworkPolicy is that of the path behind `weir-from-`, and at most 63 characters read well in a list. */
const LONGEST_NAME = 50;

const QUOTA = ['namespace', 'quota', 'hard'];

/** Resources that a quota counts (kubernetes pkg/apis/core/helper/helpers.go, standardQuotaResources). */
const COUNTED = [
  'cpu',
  'memory',
  'ephemeral-storage',
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'pods',
  'resourcequotas',
  'services',
  'services.nodeports',
  'services.loadbalancers',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
];

export function malformedGuardRails(spec: JsonObject): Contradiction[] {
  return [...unknownResources(spec), ...malformedPaths(spec)];
}

function unknownResources(spec: JsonObject): Contradiction[] {
  const found: Contradiction[] = [];
  for (const resource of Object.keys(objectAt(spec, ...QUOTA) ?? {})) {
    // requests.nvidia.com/gpu, count/jobs.batch, hugepages-2Mi: whoever writes one knows what the cluster has
    if (COUNTED.includes(resource) || resource.includes('/') || resource.includes('hugepages-')) continue;
    found.push(
      at(
        [...QUOTA, resource],
        `${[...QUOTA, resource].join('.')}: no quota counts "${resource}"${didYouMean(resource, COUNTED) || `; there are ${COUNTED.join(', ')}, and those with a slash: count/jobs.batch`}`,
      ),
    );
  }
  return found;
}

function malformedPaths(spec: JsonObject): Contradiction[] {
  const found: Contradiction[] = [];
  for (const direction of ['ingress', 'egress'] as const) {
    const way = ['namespace', 'networkPolicies', direction, 'others'];
    const names = new Map<JsonValue, number>();
    for (const [index, path] of arrayAt(spec, ...way).entries()) {
      const place = [...way, String(index)];
      const called = `${way.join('.')}[${index}]`;
      const name = stringAt(path, 'name');
      if (name !== undefined) {
        const before = names.get(name);
        if (before !== undefined) {
          const message = `${called}.name is "${name}", as ${way.join('.')}[${before}].name is; each path needs a name of its own`;
          found.push(at([...place, 'name'], message));
        }
        names.set(name, before ?? index);
        if (name.length > LONGEST_NAME) {
          const message = `${called}.name has ${name.length} characters; a NetworkPolicy is called by it, and ${LONGEST_NAME} are the most`;
          found.push(at([...place, 'name'], message));
        }
      }
      found.push(...malformedPeers(path, direction, place, called), ...malformedPorts(path, place, called));
    }
  }
  return found;
}

function malformedPeers(
  path: JsonValue,
  direction: 'ingress' | 'egress',
  place: string[],
  called: string,
): Contradiction[] {
  const side = direction === 'ingress' ? 'from' : 'to';
  const found: Contradiction[] = [];
  for (const [index, peer] of arrayAt(path, side).entries()) {
    const problem = isObject(peer) ? problemOf(peer) : undefined;
    if (problem !== undefined)
      found.push(at([...place, side, String(index)], `${called}.${side}[${index}] ${problem}`));
  }
  return found;
}

function problemOf(peer: JsonObject): string | undefined {
  const { namespace, namespaceLabels, pods, cidr, except } = peer;
  const isCluster = [namespace, namespaceLabels, pods].some((field) => field !== undefined);
  if (cidr === undefined && !isCluster) {
    return 'names nobody; give it a namespace, namespaceLabels, pods or a cidr';
  }
  if (cidr !== undefined && isCluster) return 'names both a cidr and pods; make two of them';
  if (except !== undefined && cidr === undefined) return 'has except without a cidr that it belongs to';
  if (namespace !== undefined && namespaceLabels !== undefined) {
    return 'names both a namespace and namespaceLabels; one of them is enough';
  }
  return undefined;
}

function malformedPorts(path: JsonValue, place: string[], called: string): Contradiction[] {
  const found: Contradiction[] = [];
  for (const [index, port] of arrayAt(path, 'ports').entries()) {
    const first = numberAt(port, 'port');
    const last = numberAt(port, 'endPort');
    if (first === undefined || last === undefined || first <= last) continue;
    const message = `${called}.ports[${index}].endPort is ${last}, below its own port ${first}`;
    found.push(at([...place, 'ports', String(index), 'endPort'], message));
  }
  return found;
}

function at(place: readonly string[], message: string): Contradiction {
  return { left: place, right: place, message };
}
