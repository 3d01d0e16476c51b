import { describe } from '@jest/globals';
import { networkRules } from '../../../../src/policy/rules/network/index.ts';
import { testExamples } from '../../examples.ts';

describe('the examples of network', () => {
  testExamples(networkRules);
});
