/** Who may do what, by Roles and their bindings (k8s.io/kubernetes plugin/pkg/auth/authorizer/rbac/rbac.go). */
import type { Reader } from '../../store/store.ts';
import { quoted } from '../denied.ts';
import type { Attributes, Authorizer, Decision, User } from '../user.ts';
import { type Binding, type Bound, followRoles, RBAC_GROUP, type Roles, type Subject } from './roles.ts';
import { allows, type PolicyRule } from './rule.ts';

/** Whose members may do anything, whatever the roles say. */
const PRIVILEGED_GROUP = 'system:masters';

export interface RbacAuthorizer extends Authorizer {
  /**
   * All that a user may do in a namespace, ClusterRoleBindings included; in the cluster where the namespace is empty.
   * `errors` tells of roles that are bound and not there.
   */
  rulesFor(user: User, namespace: string): { rules: PolicyRule[]; errors: string[] };
  /** The rules of the role that a binding refers to. */
  rulesBehind(binding: Binding): readonly PolicyRule[] | { readonly error: string };
  stop(): void;
}

/**
 * Follows the roles in the store until it is stopped.
 *
 * @example
 * const authorizer = rbacAuthorizer(store);
 * const { allowed, reason } = authorizer.decide({ user, verb: 'get', path: '/version' });
 */
export function rbacAuthorizer(reader: Reader): RbacAuthorizer {
  const roles = followRoles(reader);
  return {
    decide: (attributes) => decide(roles, attributes),
    rulesFor: (user, namespace) => rulesFor(roles, user, namespace),
    rulesBehind: (binding) => rulesBehind(roles, binding),
    stop: () => roles.stop(),
  };
}

function decide(roles: Roles, attributes: Attributes): Decision {
  const { user, resource } = attributes;
  if (user.groups.includes(PRIVILEGED_GROUP)) return { allowed: true, reason: '' };

  const errors: string[] = [];
  for (const bound of boundTo(roles, user, resource?.namespace ?? '')) {
    const rules = rulesBehind(roles, bound.binding);
    if ('error' in rules) errors.push(rules.error);
    else if (rules.some((rule) => allows(rule, attributes))) {
      return { allowed: true, reason: `RBAC: allowed by ${describe(bound)}` };
    }
  }
  return { allowed: false, reason: errors.length === 0 ? '' : `RBAC: ${together(errors)}` };
}

function rulesFor(roles: Roles, user: User, namespace: string): { rules: PolicyRule[]; errors: string[] } {
  const found: PolicyRule[] = [];
  const errors: string[] = [];
  for (const { binding } of boundTo(roles, user, namespace)) {
    const rules = rulesBehind(roles, binding);
    if ('error' in rules) errors.push(rules.error);
    else found.push(...rules);
  }
  return { rules: found, errors };
}

function boundTo(roles: Roles, { name, groups }: User, namespace: string): Bound[] {
  const ofCluster = roles.bindingsFor('', name, groups);
  return namespace === '' ? ofCluster : [...ofCluster, ...roles.bindingsFor(namespace, name, groups)];
}

function rulesBehind(roles: Roles, { namespace, roleRef }: Binding): readonly PolicyRule[] | { error: string } {
  const { kind, name } = roleRef;
  if (kind !== 'ClusterRole' && kind !== 'Role') return { error: `unsupported role reference kind: ${quoted(kind)}` };
  const rules = roles.rulesOf(kind, namespace, name);
  return rules ?? { error: `${kind.toLowerCase()}.${RBAC_GROUP} ${quoted(name)} not found` };
}

function describe({ binding, subject }: Bound): string {
  const { name, namespace, roleRef } = binding;
  const kind = namespace === '' ? 'ClusterRoleBinding' : 'RoleBinding';
  const title = namespace === '' ? name : `${name}/${namespace}`;
  const role = `${roleRef.kind} ${quoted(roleRef.name)}`;
  return `${kind} ${quoted(title)} of ${role} to ${describeSubject(subject, namespace)}`;
}

function describeSubject({ kind, name, namespace }: Subject, bindingNamespace: string): string {
  if (kind !== 'ServiceAccount') return `${kind} ${quoted(name)}`;
  return `${kind} ${quoted(`${name}/${namespace === '' ? bindingNamespace : namespace}`)}`;
}

/** As k8s.io/apimachinery pkg/util/errors prints several. */
export function together(errors: readonly string[]): string {
  const distinct = [...new Set(errors)];
  return distinct.length === 1 ? (distinct[0] ?? '') : `[${distinct.join(', ')}]`;
}
