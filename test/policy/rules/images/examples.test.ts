import { describe } from '@jest/globals';
import { imagesRules } from '../../../../src/policy/rules/images/index.ts';
import { testExamples } from '../../examples.ts';

describe('the examples of images', () => {
  testExamples(imagesRules);
});
