/** Writes docs/metrics.md from the catalogue of metrics. */
import { METRICS } from '../../src/process/metrics/catalogue.ts';
import { writeGenerated } from './generated.ts';
import { metricsMarkdown } from './metricsMarkdown.ts';

writeGenerated('docs/metrics.md', metricsMarkdown(METRICS));
