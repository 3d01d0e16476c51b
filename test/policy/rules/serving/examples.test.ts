import { describe } from '@jest/globals';
import { servingRules } from '../../../../src/policy/rules/serving/index.ts';
import { testExamples } from '../../examples.ts';

describe('the examples of serving', () => {
  testExamples(servingRules);
});
