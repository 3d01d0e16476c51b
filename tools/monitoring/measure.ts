/**
 * How long a Prometheus takes for each record of today's Knative, over what queue-proxies of a large cluster told in an
 * hour: `node tools/monitoring/measure.ts`. It needs some 500 MB of disk for as long as it runs.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { valueAt } from '../../src/kubernetes/json.ts';
import { familyIn } from '../controlplane/process/family.ts';
import { run } from '../controlplane/process/run.ts';
import { providePrometheus } from './prometheus/provide.ts';
import { startPrometheus } from './prometheus/start.ts';
import { openTelemetry } from './rules/opentelemetry.ts';
import { isAlert } from './rules/rule.ts';
import { SHAPE } from './rules/shape.ts';

const REVISIONS = 500;
const PODS = 2;
const CODES = [200, 404, 500, 503];
/** Every so many Revisions, one of a sink of dead letters. */
const ONE_IN = 50;
const SCRAPE_SECONDS = 15;
/** As far as the records look back: an hour and ten minutes. */
const COUNTED_SECONDS = 4_200;
/** Buckets are read over five minutes. */
const BUCKETS_SECONDS = 360;
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, '+Inf'];
const TIMES = 7;
/** Within the last block of two hours that is over. */
const END = (Math.floor(Date.now() / 7_200_000) * 2 - 1) * 3_600 + 3_000;

const METRIC = 'http_server_request_duration_seconds';

/** One line a scrape; each pod has its own pace. */
function series(name: string, pod: number, seconds: number): string {
  let lines = '';
  for (let at = END - seconds; at <= END; at += SCRAPE_SECONDS) {
    lines += `${name} ${Math.floor(((at - END + COUNTED_SECONDS) * ((pod % 7) + 1)) / 20)} ${at}\n`;
  }
  return lines;
}

interface Pod {
  readonly number: number;
  /** Where it is scraped. */
  readonly at: string;
  /** Whose it is, as target_info says it. */
  readonly labels: string;
  /** Of a sink of dead letters: whose it is, as records say it. */
  readonly recorded?: string;
}

function* pods(): Generator<Pod> {
  for (let number = 0; number < REVISIONS * PODS; number++) {
    const revision = Math.floor(number / PODS);
    const isSink = revision % ONE_IN === 0;
    const service = `${isSink ? 'dead-letters' : 'service'}-${revision}`;
    const namespace = `shop-${revision % 20}`;
    const at = `job="knative-queue-proxy",instance="10.0.${number >> 8}.${number & 255}:9091",pod="${service}-00001-${number}"`;
    const labels = `k8s_namespace_name="${namespace}",kn_service_name="${service}",kn_revision_name="${service}-00001"`;
    const recorded = `namespace="${namespace}",service="${service}",revision="${service}-00001"`;
    yield { number, at, labels, ...(isSink ? { recorded } : {}) };
  }
}

/** OpenMetrics: all of a metric stands together. */
function* exposition(): Generator<string> {
  for (const { number, at } of pods()) {
    for (const code of CODES) {
      yield series(`${METRIC}_count{${at},http_response_status_code="${code}"}`, number, COUNTED_SECONDS);
    }
  }
  for (const { number, at } of pods()) {
    for (const code of CODES) {
      for (const le of BOUNDS) {
        yield series(`${METRIC}_bucket{${at},http_response_status_code="${code}",le="${le}"}`, number, BUCKETS_SECONDS);
      }
    }
  }
  for (const { number, at, labels } of pods()) yield series(`target_info{${at},${labels}}`, number, COUNTED_SECONDS);
  // what Prometheus would have recorded meanwhile
  for (const { number, at, recorded } of pods()) {
    if (recorded === undefined) continue;
    for (const code of CODES) {
      yield series(
        `${SHAPE.sinkRequests}{${at},${recorded},http_response_status_code="${code}"}`,
        number,
        COUNTED_SECONDS,
      );
    }
  }
  yield '# EOF\n';
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const folder = mkdtempSync(path.join(tmpdir(), 'weir-measure-'));
const family = familyIn(folder);
try {
  const { prometheus: binary, promtool } = await providePrometheus();
  const told = path.join(folder, 'told.txt');
  const file = await open(told, 'w');
  await file.writeFile(exposition());
  await file.close();
  const args = ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', told, path.join(folder, 'data')];
  const { code, stdout, stderr } = await run(promtool, args, { env: {}, seconds: 300 });
  if (code !== 0) throw new Error(`promtool refuses what it was told: ${stdout}${stderr}`);
  rmSync(told);
  const { get } = await startPrometheus({ family, binary, folder, config: {} });
  process.stdout.write(`${REVISIONS} Revisions of ${PODS} pods, ${CODES.length} codes, ${TIMES} evaluations each\n`);
  for (const rule of openTelemetry.rules) {
    if (isAlert(rule)) continue;
    const query = `query?stats=all&time=${END}&query=${encodeURIComponent(rule.expr)}`;
    const milliseconds: number[] = [];
    let answer = await get(query);
    for (let time = 0; time < TIMES; time++) {
      answer = await get(query);
      milliseconds.push(Number(valueAt(answer, 'stats', 'timings', 'execTotalTime')) * 1000);
    }
    const results = Array.isArray(answer.result) ? answer.result.length : 0;
    if (results === 0) continue; // of what no queue-proxy tells
    const samples = valueAt(answer, 'stats', 'samples', 'totalQueryableSamples');
    const [least, middle, most] = [Math.min(...milliseconds), median(milliseconds), Math.max(...milliseconds)].map(
      (each) => each.toFixed(1),
    );
    process.stdout.write(
      `${rule.record}: ${middle} ms (${least} to ${most}), ${samples} samples, ${results} results\n`,
    );
  }
} finally {
  await family.end();
  rmSync(folder, { recursive: true, force: true });
}
