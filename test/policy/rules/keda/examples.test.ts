import { describe } from '@jest/globals';
import { kedaRules } from '../../../../src/policy/rules/keda/index.ts';
import { testExamples } from '../../examples.ts';

describe('examples of keda', () => testExamples(kedaRules));
