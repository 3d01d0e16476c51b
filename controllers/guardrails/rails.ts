/** The resources that guard rails are of, beside Secrets. */
import type { Resource } from '../../src/kubernetes/client/resource.ts';
import {
  limitRanges,
  networkPolicies,
  resourceQuotas,
  roleBindings,
  roles,
} from '../../src/kubernetes/client/resources.ts';

/** Followed by their label, in the order in which they are made. */
export const RAILS: readonly Resource[] = [networkPolicies, roles, roleBindings, limitRanges, resourceQuotas];
