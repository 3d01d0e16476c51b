import { describe } from '@jest/globals';
import { eventingRules } from '../../../../src/policy/rules/eventing/index.ts';
import { testExamples } from '../../examples.ts';

describe('examples of eventing', () => testExamples(eventingRules));
