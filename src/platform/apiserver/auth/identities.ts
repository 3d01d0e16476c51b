/** Names and groups that Kubernetes gives to those who ask (k8s.io/apiserver pkg/authentication). */
import type { User } from './user.ts';

export const MASTERS = 'system:masters';
export const AUTHENTICATED = 'system:authenticated';
export const UNAUTHENTICATED = 'system:unauthenticated';
const ACCOUNTS = 'system:serviceaccounts';
const ACCOUNT_PREFIX = 'system:serviceaccount:';

/** Who asks without a token, where that is allowed. */
export const ANONYMOUS: User = { name: 'system:anonymous', uid: '', groups: [UNAUTHENTICATED], extra: {} };

/** Whoever holds the administrator's token: RBAC does not apply. */
export const ADMINISTRATOR: User = { name: 'kubernetes-admin', uid: '', groups: [MASTERS, AUTHENTICATED], extra: {} };

/** `system:serviceaccount:shop:web` */
export function accountName(namespace: string, name: string): string {
  return `${ACCOUNT_PREFIX}${namespace}:${name}`;
}

/** The groups of every ServiceAccount in the namespace, without `system:authenticated`. */
export function accountGroups(namespace: string): string[] {
  return [ACCOUNTS, `${ACCOUNTS}:${namespace}`];
}

/** A ServiceAccount as a user. */
export function accountUser(namespace: string, name: string, uid = '', extra: User['extra'] = {}): User {
  const groups = [...accountGroups(namespace), AUTHENTICATED];
  return { name: accountName(namespace, name), uid, groups, extra };
}

export interface AccountReference {
  readonly namespace: string;
  readonly name: string;
}

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const NODE_PREFIX = 'system:node:';

/** The ServiceAccount that a user's name says it is; undefined for anybody else. */
export function accountIn(user: string): AccountReference | undefined {
  if (!user.startsWith(ACCOUNT_PREFIX)) return undefined;
  const [namespace = '', name = '', ...more] = user.slice(ACCOUNT_PREFIX.length).split(':');
  if (more.length > 0 || !LABEL.test(namespace) || namespace.length > 63) return undefined;
  return isSubdomain(name) ? { namespace, name } : undefined;
}

/** The node that a user's name says it is. */
export function nodeIn(user: string): string | undefined {
  if (!user.startsWith(NODE_PREFIX)) return undefined;
  const name = user.slice(NODE_PREFIX.length);
  return isSubdomain(name) ? name : undefined;
}

function isSubdomain(name: string): boolean {
  return name.length <= 253 && SUBDOMAIN.test(name);
}
