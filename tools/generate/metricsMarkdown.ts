/** docs/metrics.md, from the catalogue of metrics. */
import type { Metric } from '../../src/process/metrics/catalogue.ts';

const WHOSE = { webhook: '`weir webhook`', controller: '`weir controller`', both: 'both' } as const;

export function metricsMarkdown(metrics: Readonly<Record<string, Metric>>): string {
  return `<!-- Written by tools/generate/metricsDocs.ts from src/process/metrics/catalogue.ts: npm run generate -->
# Metrics

What \`weir webhook\` and \`weir controller\` tell Prometheus, at \`/metrics\`. No label is ever the name of an object, nor anything that a request can choose freely. The controllers' queues, rounds, requests and lead have the names that controller-runtime gives them, so that dashboards and alerts for controllers fit.

| metric | type | labels | of | what it says |
| --- | --- | --- | --- | --- |
${Object.entries(metrics)
  .map(
    ([name, { type, labels, of, help }]) =>
      `| \`${name}\` | ${type} | ${labels.join(', ')} | ${WHOSE[of]} | ${sentence(help)} |\n`,
  )
  .join('')}`;
}

function sentence(help: string): string {
  return help.replace(/\.$/, '').replaceAll('|', '\\|');
}
