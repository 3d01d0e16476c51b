import { describe } from '@jest/globals';
import { scheduleRules } from '../../../../src/policy/rules/schedule/index.ts';
import { testExamples } from '../../examples.ts';

describe('examples of schedule', () => testExamples(scheduleRules));
