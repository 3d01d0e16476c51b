/** Quotas and limit ranges: k8s.io/kubernetes pkg/apis/core/validation (ValidateResourceQuota, ValidateLimitRange). */
import { arrayAt, type JsonObject, type JsonValue, objectAt } from '../../../../kubernetes/json.ts';
import { parseQuantity } from '../../../../kubernetes/quantity.ts';
import { canonicalQuantity } from '../go/quantity.ts';
import type { Problems } from '../problems.ts';
import { itemsOf, textOf } from './common.ts';
import { checkQuantity, checkResourceName } from './resources.ts';

const SCOPES = [
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'PriorityClass',
  'CrossNamespacePodAffinity',
  'VolumeAttributesClass',
];
const CONFLICTS = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
];

export function checkQuota(quota: JsonObject, problems: Problems): void {
  const spec = objectAt(quota, 'spec');
  for (const [name, quantity] of Object.entries(objectAt(spec, 'hard') ?? {})) {
    const path = `spec.hard[${name}]`;
    if (name.startsWith('count/')) checkQuantity(name, quantity, path, problems);
    else {
      checkResourceName(name, path, problems);
      if (!name.includes('/') && !isForQuota(name)) {
        problems.invalid(path, name, 'must be a standard resource for quota');
      }
      checkQuantity(name, quantity, path, problems);
    }
  }
  checkScopes(spec, problems);
}

function checkScopes(spec: JsonObject | undefined, problems: Problems): void {
  const scopes = arrayAt(spec, 'scopes');
  const names = Object.keys(objectAt(spec, 'hard') ?? {}).sort();
  for (const scope of scopes) {
    if (typeof scope !== 'string' || !SCOPES.includes(scope)) {
      problems.invalid('spec.scopes', scopes, 'unsupported scope');
    }
    for (const name of names) {
      if (!isForQuota(name) || scopeCounts(scope, name)) continue;
      problems.invalid('spec.scopes', scopes, 'unsupported scope applied to resource');
    }
  }
  for (const pair of CONFLICTS) {
    if (pair.every((scope) => scopes.includes(scope))) problems.invalid('spec.scopes', scopes, 'conflicting scopes');
  }
}

const COMPUTE: ReadonlySet<string> = new Set([
  'cpu',
  'memory',
  'requests.cpu',
  'requests.memory',
  'limits.cpu',
  'limits.memory',
]);
const STORAGE = ['ephemeral-storage', 'requests.ephemeral-storage', 'limits.ephemeral-storage', 'requests.storage'];
const OBJECTS = [
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
];
const SERVICES = ['services.nodeports', 'services.loadbalancers'];
const FOR_QUOTA: ReadonlySet<string> = new Set([...COMPUTE, ...STORAGE, ...OBJECTS, ...SERVICES, 'pods']);

function isForQuota(name: string): boolean {
  return FOR_QUOTA.has(name) || name.startsWith('requests.hugepages-');
}

/** Whether a quota of the scope can count the resource (IsResourceQuotaScopeValidForResource). */
function scopeCounts(scope: JsonValue, name: string): boolean {
  switch (scope) {
    case 'BestEffort':
      return name === 'pods';
    case 'Terminating':
    case 'NotTerminating':
    case 'NotBestEffort':
    case 'PriorityClass':
    case 'CrossNamespacePodAffinity':
      return name === 'pods' || COMPUTE.has(name);
    default:
      return true;
  }
}

const TYPES = ['Pod', 'Container', 'PersistentVolumeClaim'];

export function checkLimitRange(range: JsonObject, problems: Problems): void {
  const types = new Set<string>();
  for (const [limit, at] of itemsOf(objectAt(range, 'spec'), 'limits', 'spec')) {
    const type = textOf(limit, 'type');
    if (!type.includes('/') && !TYPES.includes(type)) {
      problems.invalid(`${at}.type`, type, 'must be a standard limit type or fully qualified');
    }
    if (types.has(type)) problems.duplicate(`${at}.type`, type);
    types.add(type);
    if (type === 'Pod') {
      for (const field of ['default', 'defaultRequest']) {
        if (Object.keys(objectAt(limit, field) ?? {}).length === 0) continue;
        problems.forbidden(`${at}.${field}`, "may not be specified when `type` is 'Pod'");
      }
    }
    checkOrder(limit, at, problems);
  }
}

/** What must not be above what, in the order in which Kubernetes asks. */
const ORDER: readonly (readonly [low: string, high: string, field: string, shown: 'low' | 'high', sentence: string])[] =
  [
    ['min', 'max', 'min', 'low', 'min value LOW is greater than max value HIGH'],
    ['min', 'defaultRequest', 'defaultRequest', 'high', 'min value LOW is greater than default request value HIGH'],
    ['defaultRequest', 'max', 'defaultRequest', 'low', 'default request value LOW is greater than max value HIGH'],
    [
      'defaultRequest',
      'default',
      'defaultRequest',
      'low',
      'default request value LOW is greater than default limit value HIGH',
    ],
    ['min', 'default', 'default', 'low', 'min value LOW is greater than default value HIGH'],
    ['default', 'max', 'default', 'high', 'default value LOW is greater than max value HIGH'],
  ];

function checkOrder(limit: JsonObject, path: string, problems: Problems): void {
  const names = new Set(
    ['max', 'min', 'default', 'defaultRequest'].flatMap((field) => Object.keys(objectAt(limit, field) ?? {})),
  );
  for (const name of names) {
    for (const [low, high, field, shown, sentence] of ORDER) {
      const lower: JsonValue | undefined = objectAt(limit, low)?.[name];
      const upper: JsonValue | undefined = objectAt(limit, high)?.[name];
      const [least, most] = [parseQuantity(lower), parseQuantity(upper)];
      if (least === undefined || most === undefined || least <= most) continue;
      const detail = sentence
        .replace('LOW', `${canonicalQuantity(lower)}`)
        .replace('HIGH', `${canonicalQuantity(upper)}`);
      problems.invalid(`${path}.${field}[${name}]`, canonicalQuantity(shown === 'low' ? lower : upper), detail);
    }
  }
}
