/** What admission alone finds: who asks, what a DELETE leaves behind, and what did not happen on the way. */
import type { Rule } from '../engine/rule.ts';
import { defaultsNotApplied } from './defaults/notApplied.ts';
import { deletionRules } from './deletion/index.ts';
import { namespaceEnvironmentLabel } from './namespace/environmentLabel.ts';
import { rbacReservedWrite } from './rbac/reservedWrite.ts';

/** Judged beside every other rule when an object is created or changed, and the second list when one is deleted. */
export const admission = {
  changes: [rbacReservedWrite],
  deletions: [...deletionRules, rbacReservedWrite],
} as const satisfies { readonly changes: readonly Rule[]; readonly deletions: readonly Rule[] };

/** All of them, with those that webhooks/review finds by itself. */
export const admissionRules: readonly Rule[] = [
  defaultsNotApplied,
  rbacReservedWrite,
  namespaceEnvironmentLabel,
  ...deletionRules,
];
