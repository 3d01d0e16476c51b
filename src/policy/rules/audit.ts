/** What an audit alone finds: it is about what a cluster lacks. src/audit judges by them. */
import type { Rule } from '../engine/rule.ts';
import { namespaceGuardRails } from './namespace/guardRails.ts';

export const auditRules: readonly Rule[] = [namespaceGuardRails];
