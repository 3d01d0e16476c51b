import { generateKeyPairSync } from 'node:crypto';
import type { JsonObject, JsonValue } from '../../../../src/kubernetes/json.ts';
import { signingKeyOf } from '../../../../src/platform/apiserver/auth/tokens/jwt.ts';
import type { Attributes, User } from '../../../../src/platform/apiserver/auth/user.ts';

export const NOW = new Date('2026-01-01T00:00:00Z');
export const KEY = signingKeyOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
export const ISSUER = 'https://kubernetes.default.svc';

export function aUser(name: string, ...groups: string[]): User {
  return { name, uid: '', groups, extra: {} };
}

type AskedResource = NonNullable<Attributes['resource']>;

/** @param what `pods`, `pods/log`, `deployments.apps` */
export function asks(user: User, verb: string, what: string, rest: Partial<AskedResource> = {}): Attributes {
  const [title = '', subresource = ''] = what.split('/');
  const [plural = '', ...group] = title.split('.');
  const resource = { group: group.join('.'), version: 'v1', plural, subresource, namespace: '', name: '', ...rest };
  return { user, verb, resource };
}

export function role(name: string, rules: JsonValue, namespace = ''): JsonObject {
  return { metadata: { name, ...(namespace !== '' && { namespace }) }, rules };
}

/** @param subjects `User:jane`, `Group:team`, `ServiceAccount:shop/web`, `ServiceAccount:web` */
export function binding(name: string, to: string, subjects: readonly string[], namespace = ''): JsonObject {
  const [kind = '', roleName = ''] = to.split(':');
  return {
    metadata: { name, ...(namespace !== '' && { namespace }) },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: roleName },
    subjects: subjects.map(subjectOf),
  };
}

function subjectOf(text: string): JsonObject {
  const at = text.indexOf(':');
  const kind = text.slice(0, at);
  const rest = text.slice(at + 1);
  if (kind !== 'ServiceAccount' || !rest.includes('/')) return { kind, name: rest };
  const [namespace = '', name = ''] = rest.split('/');
  return { kind, name, namespace };
}
