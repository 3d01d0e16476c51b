import type { Rule } from '../../engine/rule.ts';
import { rbacClusterAdmin } from './clusterAdmin.ts';
import { rbacDefaultServiceAccount } from './defaultServiceAccount.ts';
import { rbacEscalation } from './escalation.ts';
import { rbacReserved } from './reserved.ts';
import { rbacSecrets } from './secrets.ts';
import { rbacWildcards } from './wildcards.ts';

export const rbacRules: readonly Rule[] = [
  rbacWildcards,
  rbacEscalation,
  rbacSecrets,
  rbacClusterAdmin,
  rbacDefaultServiceAccount,
  rbacReserved,
];
