import { describe } from '@jest/globals';
import { securityRules } from '../../../../src/policy/rules/security/index.ts';
import { testExamples } from '../../examples.ts';

describe('the examples of security', () => {
  testExamples(securityRules);
});
