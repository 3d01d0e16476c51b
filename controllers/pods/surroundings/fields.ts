/** What a container may be told of its own Pod: the downward API (k8s.io/kubernetes pkg/fieldpath, pkg/api/v1/resource). */
import { isObject, type JsonObject, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { annotationsOf, labelsOf } from '../../../src/kubernetes/object.ts';
import { parseQuantity } from '../../../src/kubernetes/quantity.ts';
import { ConfigProblem } from './problem.ts';

export const LOOPBACK = '127.0.0.1';

/** @throws ConfigProblem for a path that names nothing */
export function fieldOf(pod: JsonObject, path: string): string {
  const [, of, key] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path) ?? [];
  if (of !== undefined && key !== undefined) return stringAt(pod, 'metadata', of, key) ?? '';
  switch (path) {
    case 'metadata.name':
    case 'metadata.namespace':
    case 'metadata.uid':
      return stringAt(pod, ...path.split('.')) ?? '';
    case 'metadata.labels':
      return linesOf(labelsOf(pod));
    case 'metadata.annotations':
      return linesOf(annotationsOf(pod));
    case 'spec.nodeName':
      return stringAt(pod, 'spec', 'nodeName') ?? NODE;
    case 'spec.serviceAccountName':
      return stringAt(pod, 'spec', 'serviceAccountName') ?? 'default';
    case 'status.hostIP':
    case 'status.hostIPs':
    case 'status.podIP':
    case 'status.podIPs':
      return LOOPBACK;
    default:
      throw new ConfigProblem(`fieldRef names ${JSON.stringify(path)}, which no Pod is told of itself`);
  }
}

/** The one node of the platform. */
export const NODE = 'weir';

function linesOf(values: JsonObject): string {
  const lines = Object.entries(values).map(([key, value]) => `${key}=${JSON.stringify(String(value))}`);
  return lines.sort().join('\n');
}

const NANO = 1_000_000_000n;

/** `limits.cpu`, in whole divisors, rounded up. What has no limit is said to have all of the machine's. */
export function resourceOf(container: JsonObject | undefined, reference: JsonObject, machine: Machine): string {
  const resource = stringAt(reference, 'resource') ?? '';
  const [kind = '', ...rest] = resource.split('.');
  const name = rest.join('.');
  if ((kind !== 'limits' && kind !== 'requests') || name === '') {
    throw new ConfigProblem(`resourceFieldRef names ${JSON.stringify(resource)}; name one such as limits.memory`);
  }
  const resources = objectAt(container, 'resources');
  const written = objectAt(resources, kind)?.[name] ?? objectAt(resources, 'limits')?.[name];
  const value = parseQuantity(written) ?? (kind === 'limits' ? machineHas(name, machine) : 0n);
  const divisor = parseQuantity(reference.divisor) ?? 0n;
  const unit = divisor <= 0n ? NANO : divisor;
  return String((value + unit - 1n) / unit);
}

export interface Machine {
  readonly cpus: number;
  /** In bytes. */
  readonly memory: number;
}

function machineHas(name: string, { cpus, memory }: Machine): bigint {
  if (name === 'cpu') return BigInt(cpus) * NANO;
  if (name === 'memory') return BigInt(memory) * NANO;
  return 0n;
}

/** The container of that name, for what refers to another one's resources. */
export function containerNamed(pod: JsonObject, name: string): JsonObject | undefined {
  const spec = objectAt(pod, 'spec');
  for (const list of [spec?.containers, spec?.initContainers]) {
    if (!Array.isArray(list)) continue;
    const found = list.find((each) => stringAt(each, 'name') === name);
    if (isObject(found)) return found;
  }
  return undefined;
}
