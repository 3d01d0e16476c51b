/** Resources of the API, and the paths under which an API server has them. */
import type { JsonObject } from '../json.ts';
import { defineKind, type Kind } from '../kinds.ts';
import { ApiError } from './errors.ts';

export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** `networkpolicies`. */
  readonly plural: string;
  /** `NetworkPolicy`. */
  readonly kind: string;
  readonly isNamespaced: boolean;
}

/** One object: `namespace` is empty or absent where the kind has none. */
export interface Place {
  readonly namespace?: string;
  readonly name: string;
  /** `status`, `scale`. */
  readonly subresource?: string;
}

export function apiVersionOf({ group, version }: Resource): string {
  return group === '' ? version : `${group}/${version}`;
}

export function kindOf({ group, kind }: Resource): Kind {
  return defineKind(group, kind);
}

/** With apiVersion and kind, which the server leaves out of the items of a list of its own kinds. */
export function typed(object: JsonObject, resource: Resource): JsonObject {
  if (object.kind !== undefined && object.apiVersion !== undefined) return object;
  return { apiVersion: apiVersionOf(resource), kind: resource.kind, ...object };
}

/** As RBAC and kubectl name it: `networkpolicies.networking.k8s.io`, `secrets`. */
export function fullName({ group, plural }: Resource): string {
  return group === '' ? plural : `${plural}.${group}`;
}

/** `/apis/networking.k8s.io/v1/namespaces/shop-prod/networkpolicies`; without a namespace those of all. */
export function collectionPath(resource: Resource, namespace = ''): string {
  const { group, version, plural, isNamespaced } = resource;
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return isNamespaced && namespace !== '' ? `${root}/namespaces/${segment(namespace)}/${plural}` : `${root}/${plural}`;
}

export function objectPath(resource: Resource, { namespace, name, subresource }: Place): string {
  const path = `${collectionPath(resource, namespace)}/${segment(name)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}

/** `?a=1&b=2`; what is undefined or empty is left out. */
export function query(values: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== '' && value !== false) parameters.set(name, String(value));
  }
  return parameters.size === 0 ? '' : `?${parameters}`;
}

/** A name never leads to another place: without one a DELETE would be for the whole collection, `..` leads out of it. */
function segment(name: string): string {
  if (name === '' || name === '.' || name === '..') throw new ApiError(400, 'BadRequest', `"${name}" is no name`);
  return encodeURIComponent(name);
}
