/** What a policy reserves though admission asks nobody who writes it: a role or binding may still be found to give too much. */
import { pointer } from '../../../kubernetes/pointer.ts';
import { didYouMean } from '../../../text/nearest.ts';
import type { ReservedAccess } from '../../model/rbac.ts';
import { isAskedAtAdmission, resourcesAskedAbout } from './reservedWrite.ts';

export interface KeptInRoles {
  /** JSON pointer into the policy. */
  readonly path: string;
  readonly message: string;
}

export function keptInRolesAlone(reserved: readonly ReservedAccess[]): KeptInRoles[] {
  const found: KeptInRoles[] = [];
  for (const [index, { apiGroup, resources }] of reserved.entries()) {
    for (const [at, resource] of resources.entries()) {
      if (isAskedAtAdmission(apiGroup, resource)) continue;
      const whose = apiGroup === '' ? resource : `${resource} of ${apiGroup}`;
      found.push({
        path: pointer('spec', 'rbac', 'reserved', index, 'resources', at),
        message: `at admission nobody is asked who writes ${whose}, which rbac.reserved names: roles and bindings alone are held to it${didYouMean(resource, resourcesAskedAbout(apiGroup))}`,
      });
    }
  }
  return found;
}
