import { describe } from '@jest/globals';
import { resourcesRules } from '../../../../src/policy/rules/resources/index.ts';
import { testExamples } from '../../examples.ts';

describe('the examples of resources', () => {
  testExamples(resourcesRules);
});
