import { describe } from '@jest/globals';
import { knativeRules } from '../../../../src/policy/rules/knative/index.ts';
import { testExamples } from '../../examples.ts';

describe('the examples of knative', () => {
  testExamples(knativeRules);
});
