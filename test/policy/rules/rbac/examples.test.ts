import { describe } from '@jest/globals';
import { rbacRules } from '../../../../src/policy/rules/rbac/index.ts';
import { testExamples } from '../../examples.ts';

describe('the examples of rbac', () => {
  testExamples(rbacRules);
});
