/** The traffic that a Prometheus recorded for a Service: requests a second, by a range query (its HTTP API v1). */
import { request } from 'node:http';
import { arrayAt, isArray, isObject, type JsonValue, stringAt } from '../../kubernetes/json.ts';
import { oneLine } from '../../report/safeText.ts';
import { lengthText } from '../../schedule/duration.ts';
import type { Traffic } from '../../simulate/model.ts';
import { readTraffic } from '../../simulate/traffic.ts';
import { Failure, systemReason } from '../failure.ts';

export interface PrometheusQuery {
  /** `http://127.0.0.1:9090`, with a path where it stands behind one. */
  readonly url: string;
  /** PromQL: requests a second, as one series. */
  readonly query: string;
  /** Seconds, up to now. */
  readonly since: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Prometheus gives no more points than 11,000 at once. */
const MOST_POINTS = 10_000;
const LEAST_STEP = 15;
const MOST_BYTES = 64 * 1024 * 1024;
const TIMEOUT_MS = 60_000;
/** Seconds without a sample after which there was no traffic; the rules' own rates look back as far. */
const GAP = 300;

/** Of Weir's recording rules (docs/monitoring.md), which are the same for Knative's metrics of both generations. */
export function defaultQuery(namespace: string, name: string): string {
  const quoted = (text: string): string => JSON.stringify(text);
  const within = namespace === '' ? '' : `namespace=${quoted(namespace)},`;
  return `sum(knative_service:requests:rate5m{seen_by="queue-proxy",${within}service=${quoted(name)}})`;
}

/**
 * @param tell hears of times without samples: which of them are of a Prometheus that was away, nobody can see
 * @throws Failure for each way in which nothing comes back
 */
export async function trafficFrom(query: PrometheusQuery, tell: (sentence: string) => void): Promise<Traffic> {
  const answer = await ask(urlOf(query), query.url);
  const given = samplesOf(answer, query);
  const gaps = gapsIn(given, stepOf(query));
  if (gaps.size > 0) tell(gapsText([...gaps.values()]));
  const samples = given.flatMap((sample): [number, string][] => {
    const [time] = sample;
    return gaps.has(time) ? [sample, [time + stepOf(query), '0']] : [sample];
  });
  const lines = samples.map(([time, value]) => `${time},${value}`);
  const { traffic, problems } = readTraffic(lines.join('\n'));
  if (traffic !== undefined) return traffic;
  const [problem] = problems;
  throw new Failure(`--prometheus ${query.url}: ${oneLine(problem?.message ?? 'no traffic')}`);
}

function stepOf({ since }: PrometheusQuery): number {
  return Math.max(LEAST_STEP, Math.ceil(since / MOST_POINTS));
}

/** Nobody measures a Service without Pods: where samples are missing it had no requests. By the time before, seconds. */
function gapsIn(samples: readonly [number, string][], step: number): Map<number, number> {
  const gaps = new Map<number, number>();
  for (const [index, [time]] of samples.entries()) {
    const length = (samples[index + 1]?.[0] ?? time) - time;
    if (length > Math.max(GAP, 2 * step)) gaps.set(time, length);
  }
  return gaps;
}

function gapsText(lengths: readonly number[]): string {
  const all = lengthText(lengths.reduce((sum, length) => sum + length, 0) * 1000);
  const what =
    lengths.length === 1
      ? `a time of ${all} without samples is`
      : `${lengths.length} times without samples, ${all} in all, are`;
  return `${what} taken for no requests; where the Prometheus was away there may have been some`;
}

function urlOf(asked: PrometheusQuery): URL {
  const { url, query, since, now } = asked;
  const base = URL.parse(url);
  if (base === null || base.protocol !== 'http:') {
    throw new Failure(`--prometheus ${oneLine(url)} is no URL that is asked; it is to be like http://127.0.0.1:9090`);
  }
  const end = Math.floor(now / 1000);
  base.pathname = `${base.pathname.replace(/\/+$/, '')}/api/v1/query_range`;
  base.search = new URLSearchParams({
    query,
    start: String(end - Math.floor(since)),
    end: String(end),
    step: String(stepOf(asked)),
  }).toString();
  return base;
}

function ask(url: URL, shown: string): Promise<JsonValue> {
  return new Promise((resolve, reject) => {
    const fail = (sentence: string): void => reject(new Failure(`--prometheus ${oneLine(shown)}: ${sentence}`));
    const asked = request(url, { timeout: TIMEOUT_MS, headers: { accept: 'application/json' } }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > MOST_BYTES) asked.destroy(new Error('the answer has more than 64 MB; ask for less by --since'));
      });
      response.on('end', () => {
        const body = parse(Buffer.concat(chunks).toString('utf8'));
        if (body !== undefined) resolve(body);
        else fail(`it answered ${response.statusCode} with what is no JSON; is it a Prometheus?`);
      });
    });
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    asked.on('error', (error) => fail(systemReason(error)));
    asked.end();
  });
}

function parse(text: string): JsonValue | undefined {
  try {
    const value: JsonValue = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** Its one series, a value a step; what is no number is none. */
function samplesOf(answer: JsonValue, { url, query }: PrometheusQuery): [number, string][] {
  const fail = (sentence: string): Failure => new Failure(`--prometheus ${oneLine(url)}: ${sentence}`);
  if (stringAt(answer, 'status') !== 'success') {
    throw fail(`${oneLine(stringAt(answer, 'error') ?? 'it answered without success')} (query: ${oneLine(query)})`);
  }
  const series = arrayAt(answer, 'data', 'result').filter(isObject);
  const [only, ...others] = series;
  if (only === undefined) {
    throw fail(`it has nothing for ${oneLine(query)}; name other words by --query, or a longer time by --since`);
  }
  if (others.length > 0) {
    throw fail(`it has ${series.length} series for ${oneLine(query)}; put sum(…) around it, so that there is one`);
  }
  const samples: [number, string][] = [];
  for (const sample of arrayAt(only, 'values')) {
    const [time, value] = isArray(sample) ? sample : [];
    if (typeof time !== 'number' || typeof value !== 'string' || !Number.isFinite(Number(value))) continue;
    samples.push([Math.round(time), String(Math.max(0, Number(value)))]);
  }
  if (samples.length === 0) throw fail(`it has no number for ${oneLine(query)} in that time`);
  return samples;
}
