/** Writes docs/rules.md from the rule catalogue. */

import { rules } from '../../src/policy/rules/index.ts';
import { inputRules } from '../../src/policy/rules/yaml/index.ts';
import { rulesMarkdown } from '../../src/report/rulesMarkdown.ts';
import { writeGenerated } from './generated.ts';

writeGenerated('docs/rules.md', rulesMarkdown([...rules, ...inputRules]));
