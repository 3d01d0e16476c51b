/** What a container may take: k8s.io/kubernetes pkg/apis/core/validation (validateResourceRequirements). */
import { type JsonObject, type JsonValue, objectAt } from '../../../../kubernetes/json.ts';
import { qualifiedNameErrors } from '../../../../kubernetes/names.ts';
import { parseQuantity } from '../../../../kubernetes/quantity.ts';
import { canonicalQuantity } from '../go/quantity.ts';
import type { Problems } from '../problems.ts';

const CONTAINER_RESOURCES = new Set(['cpu', 'memory', 'ephemeral-storage']);
const STANDARD_RESOURCES = new Set([
  ...CONTAINER_RESOURCES,
  'requests.cpu',
  'requests.memory',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'storage',
  'requests.storage',
  'services.nodeports',
  'services.loadbalancers',
]);
const NATIVE = 'kubernetes.io/';

export function checkResources(resources: JsonObject | undefined, path: string, problems: Problems): void {
  const limits = objectAt(resources, 'limits') ?? {};
  const requests = objectAt(resources, 'requests') ?? {};
  for (const [name, quantity] of Object.entries(limits))
    checkResource(name, quantity, `${path}.limits[${name}]`, problems);
  for (const [name, quantity] of Object.entries(requests)) {
    checkResource(name, quantity, `${path}.requests[${name}]`, problems);
    checkRequest(name, quantity, limits[name], path, problems);
  }
}

function checkResource(name: string, quantity: JsonValue | undefined, path: string, problems: Problems): void {
  checkContainerResourceName(name, path, problems);
  checkQuantity(name, quantity, path, problems);
}

function checkRequest(
  name: string,
  request: JsonValue | undefined,
  limit: JsonValue | undefined,
  path: string,
  problems: Problems,
): void {
  const wanted = parseQuantity(request) ?? 0n;
  const most = parseQuantity(limit);
  if (most === undefined) {
    if (!mayOvercommit(name)) problems.required(`${path}.limits`, 'Limit must be set for non overcommitable resources');
    return;
  }
  const shown = `${name} limit of ${canonicalQuantity(limit)}`;
  if (!mayOvercommit(name) && wanted !== most) {
    problems.invalid(`${path}.requests`, canonicalQuantity(request), `must be equal to ${shown}`);
  } else if (wanted > most) {
    problems.invalid(`${path}.requests`, canonicalQuantity(request), `must be less than or equal to ${shown}`);
  }
}

/** Nothing is negative, and what is counted is whole. */
export function checkQuantity(name: string, quantity: JsonValue | undefined, path: string, problems: Problems): void {
  const nanos = parseQuantity(quantity);
  if (nanos === undefined) return;
  if (nanos < 0n) problems.invalid(path, canonicalQuantity(quantity), 'must be greater than or equal to 0');
  if (isCounted(name) && nanos % 1_000_000_000n !== 0n) {
    problems.invalid(path, canonicalQuantity(quantity), 'must be an integer');
  }
}

const COUNTED = new Set([
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]);

function isCounted(name: string): boolean {
  return COUNTED.has(name) || (name.includes('/') && !isNative(name));
}

export function checkContainerResourceName(name: string, path: string, problems: Problems): void {
  const before = problems.causes.length;
  checkResourceName(name, path, problems);
  const isHugePages = name.startsWith('hugepages-');
  if (!name.includes('/')) {
    if (!CONTAINER_RESOURCES.has(name) && !isHugePages && problems.causes.length >= before) {
      problems.invalid(path, name, 'must be a standard resource for containers');
    }
  } else if (!isNative(name) && name.startsWith('requests.')) {
    problems.invalid(path, name, "doesn't follow extended resource name standard");
  }
}

export function checkResourceName(name: string, path: string, problems: Problems): void {
  const errors = qualifiedNameErrors(name);
  problems.invalidBy(path, name, errors);
  if (errors.length > 0 || name.includes('/')) return;
  if (!STANDARD_RESOURCES.has(name) && !name.startsWith('hugepages-') && !name.startsWith('requests.hugepages-')) {
    problems.invalid(path, name, 'must be a standard resource type or fully qualified');
  }
}

function isNative(name: string): boolean {
  return !name.includes('/') || name.includes(NATIVE);
}

function mayOvercommit(name: string): boolean {
  return isNative(name) && !name.startsWith('hugepages-');
}
