/** Nobody grants by a role, or by a binding to one, what they do not have. */

import type { RbacAuthorizer } from '../auth/rbac/authorizer.ts';
import { confirmNoEscalation } from '../auth/rbac/escalation.ts';
import { RBAC_GROUP } from '../auth/rbac/roles.ts';
import type { Guard } from './dependencies.ts';

export function escalationGuard(authorizer: RbacAuthorizer): Guard {
  return ({ operation, resource, namespace, name, object, old, user }) => {
    if (resource.group !== RBAC_GROUP || object === undefined) return;
    const pathName = operation === 'CREATE' ? '' : name;
    const write = { plural: resource.plural, user, namespace, pathName, object, ...(old !== undefined && { old }) };
    confirmNoEscalation(write, authorizer);
  };
}
