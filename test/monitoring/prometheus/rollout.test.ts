/** What a rollout asks a real Prometheus, which scrapes a stand-in for queue-proxy in the metrics of both generations. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { askPrometheus } from '../../../controllers/rollout/measure/prometheus.ts';
import { judge } from '../../../src/rollout/analysis.ts';
import type { MetricResult } from '../../../src/rollout/observed.ts';
import { familyIn } from '../../../tools/controlplane/process/family.ts';
import { until } from '../../../tools/controlplane/process/wait.ts';
import { providePrometheus } from '../../../tools/monitoring/prometheus/provide.ts';
import { type Prometheus, startPrometheus } from '../../../tools/monitoring/prometheus/start.ts';
import { aRollout } from '../../rollout/builders.ts';

jest.setTimeout(240_000);

const INTERVAL_MS = 8_000;
const SECONDS = 90;
const folder = mkdtempSync(path.join(tmpdir(), 'weir-rollout-'));
const family = familyIn(folder);
const signal = new AbortController().signal;

/** Requests a second, the share of 500, and the share of those that take longer than a tenth of a second. */
const fares = { rate: 20, errors: 0.25, slow: 0.2 };
const counted = { good: 0, bad: 0, fast: 0, all: 0 };
let last = Date.now();

/** A pod of each generation, under the same load. */
function page(generation: string): string {
  const now = Date.now();
  const requests = ((now - last) / 1000) * fares.rate;
  last = now;
  counted.all += requests;
  counted.bad += requests * fares.errors;
  counted.good += requests * (1 - fares.errors);
  counted.fast += requests * (1 - fares.slow);
  return generation === 'old' ? older() : newer();
}

function newer(): string {
  const metric = 'http_server_request_duration_seconds';
  const { good, bad, fast, all } = counted;
  return [
    'target_info{k8s_namespace_name="shop",kn_revision_name="cart-00002"} 1',
    ...[
      ['200', good],
      ['500', bad],
    ].flatMap(([code, count]) => {
      const share = Number(count) / Math.max(all, 1e-9);
      const label = `http_response_status_code="${code}"`;
      return [
        `${metric}_bucket{${label},le="0.1"} ${fast * share}`,
        `${metric}_bucket{${label},le="0.5"} ${count}`,
        `${metric}_bucket{${label},le="+Inf"} ${count}`,
        `${metric}_count{${label}} ${count}`,
      ];
    }),
    '',
  ].join('\n');
}

function older(): string {
  const whose = 'namespace_name="shop",revision_name="cart-00003"';
  const { good, bad, fast, all } = counted;
  return [
    `revision_request_count{${whose},response_code_class="2xx"} ${good}`,
    `revision_request_count{${whose},response_code_class="5xx"} ${bad}`,
    `revision_request_latencies_bucket{${whose},le="100"} ${fast}`,
    `revision_request_latencies_bucket{${whose},le="500"} ${all}`,
    `revision_request_latencies_bucket{${whose},le="+Inf"} ${all}`,
    '',
  ].join('\n');
}

let server: Server;
let prometheus: Prometheus;

beforeAll(async () => {
  server = createServer((request, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(page(request.url?.slice(1) ?? ''));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const target = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { prometheus: binary } = await providePrometheus();
  prometheus = await startPrometheus({
    family,
    binary,
    folder: path.join(folder, 'prometheus'),
    config: {
      global: { scrape_interval: '1s' },
      scrape_configs: ['new', 'old'].map((name) => ({
        job_name: name,
        metrics_path: `/${name}`,
        static_configs: [{ targets: [target] }],
      })),
    },
  });
}, 240_000);

afterAll(async () => {
  await family.end();
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
});

const { analysis } = aRollout({
  analysis: {
    prometheus: { address: 'http://prometheus' },
    minimumRequests: 50,
    metrics: [
      { name: 'error-rate', max: 0.01 },
      { name: 'p95-latency', max: '500ms' },
      { name: 'own', query: 'vector(0.5)', max: 1 },
    ],
  },
});

async function ask(revision: string) {
  if (analysis === undefined) throw new Error('no analysis');
  const to = Date.now();
  const question = { namespace: 'shop', service: 'cart', revision, stable: 'cart-00001', from: to - INTERVAL_MS, to };
  const result = await askPrometheus(
    { ...question, analysis: { ...analysis, prometheus: { address: prometheus.address } } },
    signal,
  );
  return { result, verdict: judge(analysis, result).verdict };
}

function numberOf(metrics: readonly MetricResult[], name: string): number {
  const found = metrics.find((each) => each.name === name)?.value;
  return found?.type === 'value' ? found.value : Number.NaN;
}

describe.each([
  ['since Knative 1.19', 'cart-00002'],
  ['up to Knative 1.18', 'cart-00003'],
])('a Revision with the metrics %s', (_, revision) => {
  it('that answers badly has failed, and that answers well again has passed', async () => {
    fares.errors = 0.25;
    await until('it is measured', { seconds: SECONDS }, async () => {
      const { result, verdict } = await ask(revision);
      const { metrics, requests = 0 } = result;
      const errors = numberOf(metrics, 'error-rate');
      if (verdict !== 'Failed' || !(errors > 0.2 && errors < 0.3)) throw new Error(JSON.stringify(result));
      expect(requests).toBeGreaterThan(50);
      expect(numberOf(metrics, 'own')).toBe(0.5);
      const p95 = numberOf(metrics, 'p95-latency');
      expect([p95 > 0.1, p95 <= 0.5]).toEqual([true, true]);
      return true;
    });
    fares.errors = 0;
    await until('it has passed', { seconds: SECONDS }, async () => {
      const { result, verdict } = await ask(revision);
      if (verdict !== 'Passed') throw new Error(JSON.stringify(result));
      expect(numberOf(result.metrics, 'error-rate')).toBe(0);
      return true;
    });
  });
});

it('says nothing of a Revision that nobody asks', async () => {
  const { result, verdict } = await ask('cart-00009');
  expect([result.requests, verdict]).toEqual([0, 'Inconclusive']);
});
