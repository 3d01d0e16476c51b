import { describe } from '@jest/globals';
import { rules } from '../../../../src/policy/rules/index.ts';
import { testExamples } from '../../examples.ts';

describe('the examples of exceptions', () => {
  testExamples(rules.filter((rule) => rule.id.startsWith('exceptions/')));
});
