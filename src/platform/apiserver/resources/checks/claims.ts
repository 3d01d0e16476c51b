/** Claims of storage: k8s.io/kubernetes pkg/apis/core/validation (ValidatePersistentVolumeClaim). */
import { arrayAt, equals, type JsonObject, objectAt } from '../../../../kubernetes/json.ts';
import { dns1123SubdomainErrors } from '../../../../kubernetes/names.ts';
import { parseQuantity } from '../../../../kubernetes/quantity.ts';
import { canonicalQuantity } from '../go/quantity.ts';
import type { Problems } from '../problems.ts';
import { oneOf, textOf } from './common.ts';
import { checkSelector } from './selectors.ts';

const MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

export function checkClaim(claim: JsonObject, problems: Problems): void {
  checkClaimSpec(objectAt(claim, 'spec') ?? {}, 'spec', problems);
}

export function checkClaimSpec(spec: JsonObject, path: string, problems: Problems): void {
  const modes = arrayAt(spec, 'accessModes');
  if (modes.length === 0) problems.required(`${path}.accessModes`, 'at least 1 access mode is required');
  checkSelector(objectAt(spec, 'selector'), `${path}.selector`, problems);
  for (const mode of modes) oneOf(problems, `${path}.accessModes`, mode, MODES);
  if (modes.includes('ReadWriteOncePod') && modes.length > 1) {
    problems.forbidden(`${path}.accessModes`, 'may not use ReadWriteOncePod with other access modes');
  }
  const storage = objectAt(spec, 'resources', 'requests')?.storage;
  const size = parseQuantity(storage);
  if (size === undefined) problems.required(`${path}.resources[storage]`);
  else if (size <= 0n)
    problems.invalid(`${path}.resources[storage]`, canonicalQuantity(storage), 'must be greater than zero');
  const storageClass = textOf(spec, 'storageClassName');
  if (storageClass !== '') {
    problems.invalidBy(`${path}.storageClassName`, storageClass, dns1123SubdomainErrors(storageClass));
  }
  oneOf(problems, `${path}.volumeMode`, spec.volumeMode, ['Block', 'Filesystem']);
}

/** Once made, a claim may grow, and its volume may be named. */
export function checkClaimUpdate(claim: JsonObject, old: JsonObject, problems: Problems): void {
  const next = objectAt(claim, 'spec') ?? {};
  const before = objectAt(old, 'spec') ?? {};
  const fixed = ({ resources: _resources, volumeAttributesClassName: _class, ...rest }: JsonObject) => rest;
  const expected: JsonObject = {
    ...fixed(before),
    ...(before.volumeName === undefined && next.volumeName !== undefined && { volumeName: next.volumeName }),
  };
  if (!equals(fixed(next), expected)) {
    problems.forbidden(
      'spec',
      'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
    );
  }
  const size = (spec: JsonObject) => parseQuantity(objectAt(spec, 'resources', 'requests')?.storage) ?? 0n;
  if (size(next) < size(before)) {
    problems.forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity');
  }
}
