/** Whether an object is of a kind that exists. */
import type { Rule } from '../../engine/rule.ts';
import { coreServiceWithPods } from './coreService.ts';
import { unknownKind } from './unknown.ts';

export const kindsRules: readonly Rule[] = [unknownKind, coreServiceWithPods];
