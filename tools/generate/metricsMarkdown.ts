/** docs/metrics.md, from the catalogues of metrics. */
import type { ServingMetric } from '../../controllers/serving/instances/metricsCatalogue.ts';
import type { LetterMetric } from '../../src/platform/eventing/letters/metrics.ts';
import type { Metric } from '../../src/process/metrics/catalogue.ts';

const WHOSE = { webhook: '`weir webhook`', controller: '`weir controller`', both: 'both' } as const;

export interface Catalogues {
  readonly metrics: Readonly<Record<string, Metric>>;
  /** Of dead-letter sinks. */
  readonly letters: Readonly<Record<string, LetterMetric>>;
  /** Of Revisions that run on the platform on one machine. */
  readonly serving: Readonly<Record<string, ServingMetric>>;
}

export function metricsMarkdown({ metrics, letters, serving }: Catalogues): string {
  return `<!-- Written by tools/generate/metricsDocs.ts from src/process/metrics/catalogue.ts, src/platform/eventing/letters/metrics.ts and controllers/serving/instances/metricsCatalogue.ts: npm run generate -->
# Metrics

What \`weir webhook\` and \`weir controller\` tell Prometheus, at \`/metrics\`. No label is ever the name of an object, nor anything that a request can choose freely. The controllers' queues, rounds, requests and lead have the names that controller-runtime gives them, so that dashboards and alerts for controllers fit.

| metric | type | labels | of | what it says |
| --- | --- | --- | --- | --- |
${Object.entries(metrics)
  .map(
    ([name, { type, labels, of, help }]) =>
      `| \`${name}\` | ${type} | ${labels.join(', ')} | ${WHOSE[of]} | ${sentence(help)} |\n`,
  )
  .join('')}
## Of dead-letter sinks
What the sink of an environment ([events.md](events.md#in-a-cluster)) tells at the port that takes letters. Of which environment it is, the shipped targets take from its pod ([monitoring.md](monitoring.md)).

| metric | type | what it says |
| --- | --- | --- |
${Object.entries(letters)
  .map(([name, { type, help }]) => `| \`${name}\` | ${type} | ${sentence(help)} |\n`)
  .join('')}
## Of Services that run on one machine
Under \`weir up\` ([serving.md](serving.md#who-runs-the-code)) the controllers tell of Revisions, too, at the second of the ports that its first lines name as \`metrics\`: by Knative's own names, so that its dashboards and alerts fit ([monitoring.md](monitoring.md)), and with two that Knative lacks. These bear the names of Revisions, as Knative's do.

| metric | type | labels | what it says |
| --- | --- | --- | --- |
${Object.entries(serving)
  .map(([name, { type, labels, help }]) => `| \`${name}\` | ${type} | ${labels.join(', ')} | ${sentence(help)} |\n`)
  .join('')}`;
}

function sentence(help: string): string {
  return help.replace(/\.$/, '').replaceAll('|', '\\|');
}
