/** Writes docs/metrics.md from the catalogues of metrics. */
import { SERVING_METRICS } from '../../controllers/serving/instances/metricsCatalogue.ts';
import { LETTER_METRICS } from '../../src/platform/eventing/letters/metrics.ts';
import { METRICS } from '../../src/process/metrics/catalogue.ts';
import { writeGenerated } from './generated.ts';
import { metricsMarkdown } from './metricsMarkdown.ts';

writeGenerated(
  'docs/metrics.md',
  metricsMarkdown({ metrics: METRICS, letters: LETTER_METRICS, serving: SERVING_METRICS }),
);
