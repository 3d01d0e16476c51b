import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { SERVING_METRICS } from '../../../controllers/serving/instances/metricsCatalogue.ts';
import { LETTER_METRICS } from '../../../src/platform/eventing/letters/metrics.ts';
import { METRICS, type Metric } from '../../../src/process/metrics/catalogue.ts';
import { counter, gauge, histogram, readCounter } from '../../../src/process/metrics/make.ts';
import { metricsMarkdown } from '../../../tools/generate/metricsMarkdown.ts';

const all: [string, Metric][] = Object.entries(METRICS);

describe('the catalogue of metrics', () => {
  it('is what docs/metrics.md says; npm run generate writes it anew', () => {
    expect(readFileSync('docs/metrics.md', 'utf8')).toBe(
      metricsMarkdown({ metrics: METRICS, letters: LETTER_METRICS, serving: SERVING_METRICS }),
    );
  });

  it.each(all)('%s is named as Prometheus asks for', (name, { type, buckets, help }) => {
    expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    expect(buckets !== undefined).toBe(type === 'histogram');
    expect(buckets).toEqual(buckets && [...buckets].sort((left, right) => left - right));
    expect(help).not.toBe('');
  });

  it('never labels by the name of an object: a `name` is that of a queue or a Lease', () => {
    const named = all.filter(([, { labels }]) =>
      labels.some((label) => /^(name|namespace|pod|object|key|uid)$/.test(label)),
    );
    expect(named.map(([name]) => name).filter((name) => !/^(workqueue|leader_election)_/.test(name))).toEqual([]);
  });
});

describe('metrics of the catalogue', () => {
  it('are one in a registry, however many ask for them', () => {
    const registry = new Registry();
    expect(counter(registry, 'weir_policy_reloads_total')).toBe(counter(registry, 'weir_policy_reloads_total'));
    expect(gauge(registry, 'weir_policy_refused')).toBe(gauge(registry, 'weir_policy_refused'));
    const seconds = histogram(registry, 'workqueue_work_duration_seconds');
    expect(histogram(registry, 'workqueue_work_duration_seconds')).toBe(seconds);
  });

  it('are read when they are asked for', async () => {
    const registry = new Registry();
    let lost = 1;
    readCounter(registry, 'weir_events_lost_total', () => lost);
    expect(await registry.metrics()).toContain('\nweir_events_lost_total 1\n');
    lost = 3;
    expect(await registry.metrics()).toContain('\nweir_events_lost_total 3\n');
  });
});
