/** What admission alone finds: who asks, what a DELETE leaves behind, and what did not happen on the way. */
import {
  clusterRole,
  clusterRoleBinding,
  networkPolicy,
  policyException,
  role,
  roleBinding,
} from '../../kubernetes/kinds.ts';
import type { Rule } from '../engine/rule.ts';
import { defaultsNotApplied } from './defaults/notApplied.ts';
import { deletionRules } from './deletion/index.ts';
import { namespaceEnvironmentLabel } from './namespace/environmentLabel.ts';
import { rbacReservedWrite } from './rbac/reservedWrite.ts';
import { rolloutCommand } from './rollout/command.ts';

/** A DELETE goes to the webhook for the sake of these alone, so that it is asked for no more kinds than need it. */
const GUARDED = [policyException, networkPolicy, role, roleBinding, clusterRole, clusterRoleBinding];

/** Those, and what it is asked for anyway. */
const DELETED = new Set([...GUARDED, ...deletionRules.flatMap(({ kinds }) => kinds)].map(({ key }) => key));

const reservedDeletion: Rule = {
  ...rbacReservedWrite,
  kinds: rbacReservedWrite.kinds.filter(({ key }) => DELETED.has(key)),
};

/** Judged beside every other rule when an object is created or changed, and the second list when one is deleted. */
export const admission = {
  changes: [rbacReservedWrite, rolloutCommand],
  deletions: [...deletionRules, reservedDeletion],
} as const satisfies { readonly changes: readonly Rule[]; readonly deletions: readonly Rule[] };

/** All of them, with those that webhooks/review finds by itself. */
export const admissionRules: readonly Rule[] = [
  defaultsNotApplied,
  rbacReservedWrite,
  namespaceEnvironmentLabel,
  rolloutCommand,
  ...deletionRules,
];
