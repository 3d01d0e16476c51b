import { describe } from '@jest/globals';
import { rolloutRules } from '../../../../src/policy/rules/rollout/index.ts';
import { testExamples } from '../../examples.ts';

describe('examples of rollout', () => testExamples(rolloutRules));
