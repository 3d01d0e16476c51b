/** What a DELETE is judged by, at the API alone: the object that goes, with those that stay in sight. */
import type { Rule } from '../../engine/rule.ts';
import { deletionInUse } from './inUse.ts';
import { deletionLastNetworkPolicy } from './lastNetworkPolicy.ts';
import { deletionNamespace } from './namespaceInUse.ts';

export const deletionRules: readonly Rule[] = [deletionInUse, deletionLastNetworkPolicy, deletionNamespace];
