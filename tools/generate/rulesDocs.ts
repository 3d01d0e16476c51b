/** Writes docs/rules.md from the rule catalogue. */

import { everyRule } from '../../src/policy/rules/every.ts';
import { rulesMarkdown } from '../../src/report/rulesMarkdown.ts';
import { writeGenerated } from './generated.ts';

writeGenerated('docs/rules.md', rulesMarkdown(everyRule));
