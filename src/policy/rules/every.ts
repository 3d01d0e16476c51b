/** Every rule that has a name: what policies can set the action of, `weir explain` tells, and docs/rules.md lists. */
import type { Rule } from '../engine/rule.ts';
import { admissionRules } from './admission.ts';
import { auditRules } from './audit.ts';
import { rules } from './index.ts';
import { inputRules } from './yaml/index.ts';

export const everyRule: readonly Rule[] = [...rules, ...admissionRules, ...auditRules, ...inputRules];
