import { describe } from '@jest/globals';
import { autoscalingRules } from '../../../../src/policy/rules/autoscaling/index.ts';
import { testExamples } from '../../examples.ts';

describe('the examples of autoscaling', () => {
  testExamples(autoscalingRules);
});
