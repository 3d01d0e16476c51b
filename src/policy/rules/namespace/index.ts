import type { Rule } from '../../engine/rule.ts';
import { namespaceEnvironment } from './environment.ts';

export const namespaceRules: readonly Rule[] = [namespaceEnvironment];
