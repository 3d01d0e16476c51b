/** `npm run generate`: everything that is written from code. With `--check` it only says what is not current. */
import './policySchema.ts';
import './rulesDocs.ts';
import './policyDocs.ts';
import './overlays/index.ts';
import '../overlays/generate.ts';
import './metricsDocs.ts';
import './monitoring.ts';
