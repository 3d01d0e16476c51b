/** Where events go: knative/pkg apis/duck/v1 destination.go and knative_reference.go. */
import { isObject, type JsonObject, type JsonValue } from '../../kubernetes/json.ts';
import { join } from '../../kubernetes/pointer.ts';
import type { FieldError } from '../fieldError.ts';
import { disallowed, generic, invalid, missing } from './fieldErrors.ts';

export interface ReferenceOptions {
  /** The namespace that a reference has to stay in; undefined where any is allowed. */
  readonly within?: string | undefined;
}

/** A required destination: absent counts as an empty one. */
export function validateDestination(
  destination: JsonValue | undefined,
  path: string,
  options: ReferenceOptions = {},
): FieldError[] {
  const value = isObject(destination) ? destination : {};
  const { ref, uri } = value;
  const hasRef = isObject(ref);
  if (!hasRef && typeof uri !== 'string') return [generic(path, 'expected at least one, got none: ref, uri')];

  if (typeof uri === 'string') {
    if (hasRef && isAbsolute(uri)) {
      const message = 'Absolute URI is not allowed when Ref or [apiVersion, kind, name] is present';
      return [generic(join(path, 'uri'), `${message}: [apiVersion, kind, name], ref, uri`)];
    }
    if (!hasRef && !hasHost(uri)) {
      const value = 'Relative URI is not allowed when Ref and [apiVersion, kind, name] is absent';
      return [invalid(join(path, 'uri'), value)];
    }
  }
  if (hasRef && typeof uri !== 'string') return validateReference(ref, join(path, 'ref'), options);
  return validateCertificates(value.CACerts, join(path, 'CACerts'));
}

/** A destination that may be left out. */
export function validateOptionalDestination(
  destination: JsonValue | undefined,
  path: string,
  options: ReferenceOptions = {},
): FieldError[] {
  return destination === undefined || destination === null ? [] : validateDestination(destination, path, options);
}

/** A KReference: apiVersion, kind and name; `group` only behind the feature kreference-group. */
export function validateReference(reference: JsonObject, path: string, options: ReferenceOptions = {}): FieldError[] {
  const errors: FieldError[] = [];
  if (!isFilled(reference.name)) errors.push(missing(join(path, 'name')));
  if (isFilled(reference.group)) errors.push(disallowed(join(path, 'group')));
  if (!isFilled(reference.apiVersion)) errors.push(missing(join(path, 'apiVersion')));
  if (!isFilled(reference.kind)) errors.push(missing(join(path, 'kind')));

  const { namespace } = reference;
  const { within } = options;
  if (within !== undefined && within !== '' && isFilled(namespace) && namespace !== within) {
    const details = `parent namespace: ${JSON.stringify(within)} does not match ref: ${JSON.stringify(namespace)}`;
    errors.push(generic(join(path, 'namespace'), 'mismatched namespaces', details));
  }
  return errors;
}

export function isFilled(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null && value !== '';
}

const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:/;
const AUTHORITY = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/?#]*)/;

/** True where Go's net/url finds a scheme. */
function isAbsolute(uri: string): boolean {
  return SCHEME.test(uri);
}

/** True where there is a host behind the scheme, and behind the user that may stand in front of it. */
function hasHost(uri: string): boolean {
  const authority = AUTHORITY.exec(uri)?.[1] ?? '';
  return authority.slice(authority.lastIndexOf('@') + 1) !== '';
}

function validateCertificates(value: JsonValue | undefined, path: string): FieldError[] {
  if (typeof value !== 'string') return [];
  const begin = value.indexOf('-----BEGIN ');
  if (begin < 0) return [invalid(path, 'CA Cert provided is invalid')];
  return value.startsWith('-----BEGIN CERTIFICATE-----', begin)
    ? []
    : [invalid(path, 'CA Cert provided is not a certificate')];
}
