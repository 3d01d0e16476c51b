/** The analysis of a TrafficRollout's document. */

import { parseDuration, SECOND } from '../knative/duration.ts';
import { isObject, type JsonValue } from '../kubernetes/json.ts';
import { join } from '../kubernetes/pointer.ts';
import { member, nameOf, type Part, type Problems } from '../schedule/problems.ts';
import { readLength } from '../schedule/values.ts';
import { didYouMean } from '../text/nearest.ts';
import { type Analysis, BUILT_IN, type Metric } from './model.ts';

const INTERVAL = 60_000;
const LEAST_INTERVAL = 1_000;
const LONGEST_INTERVAL = 86_400_000;
const FAILURE_LIMIT = 2;
const MINIMUM_REQUESTS = 10;
const MOST_METRICS = 20;
const LONGEST_QUERY = 4_096;
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const LONGEST_NAME = 63;

export function readAnalysis(spec: Part, problems: Problems): Analysis | undefined {
  const part = problems.part(spec, 'analysis');
  if (part === undefined) return undefined;
  problems.known(part, ['prometheus', 'interval', 'failureLimit', 'minimumRequests', 'metrics']);
  const prometheus = readPrometheus(part, problems);
  const metrics = readMetrics(part, prometheus !== undefined, problems);
  return {
    prometheus,
    interval: readInterval(part, problems),
    failureLimit: problems.integer(part, 'failureLimit', 1, 100) ?? FAILURE_LIMIT,
    minimumRequests: problems.integer(part, 'minimumRequests', 0, 1_000_000) ?? MINIMUM_REQUESTS,
    metrics,
  };
}

const ADDRESS = /^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/;

function readPrometheus(analysis: Part, problems: Problems): Analysis['prometheus'] {
  const part = problems.part(analysis, 'prometheus');
  if (part === undefined) return undefined;
  problems.known(part, ['address']);
  const address = problems.needed(part, 'address', 'http://prometheus.monitoring:9090');
  if (address === undefined || ADDRESS.test(address)) return { address: address ?? '' };
  problems.add(
    join(part.path, 'address'),
    `address is ${nameOf(address)}, and should be a URL without a user and a query, as in http://prometheus.monitoring:9090`,
  );
  return { address };
}

function readInterval(part: Part, problems: Problems): number {
  const interval = readLength(part, 'interval', '30s', problems) ?? INTERVAL;
  if (interval >= LEAST_INTERVAL && interval <= LONGEST_INTERVAL) return interval;
  problems.add(
    join(part.path, 'interval'),
    `interval is ${nameOf(part.object.interval)}, and should be from 1s to 24h`,
  );
  return INTERVAL;
}

function readMetrics(part: Part, hasPrometheus: boolean, problems: Problems): Metric[] {
  const items = problems.items(part, 'metrics');
  const path = join(part.path, 'metrics');
  if (items.length === 0 && (member(part.object, 'metrics') === undefined || Array.isArray(part.object.metrics))) {
    problems.add(part.path, 'metrics are missing; write metrics: [{name: error-rate, max: 0.01}]');
  }
  if (items.length > MOST_METRICS) {
    problems.add(path, `${items.length} metrics are more than ${MOST_METRICS}, the most that an analysis has`);
    return [];
  }
  const metrics: Metric[] = [];
  for (const [index, item] of items.entries()) {
    const metric = readMetric(item, join(path, index), hasPrometheus, problems);
    if (metric === undefined) continue;
    if (metrics.some(({ name }) => name === metric.name)) {
      problems.add(join(path, index, 'name'), `metric ${metric.name} is there twice; names tell metrics apart`);
    }
    metrics.push(metric);
  }
  return metrics;
}

function readMetric(item: JsonValue, path: string, hasPrometheus: boolean, problems: Problems): Metric | undefined {
  if (!isObject(item)) {
    problems.add(path, `a metric is ${nameOf(item)}, and should be an object as in {name: error-rate, max: 0.01}`);
    return undefined;
  }
  const part = { object: item, path };
  problems.known(part, ['name', 'max', 'query']);
  const name = problems.needed(part, 'name', 'error-rate');
  const query = problems.text(part, 'query', 'sum(rate(…))');
  if (name === undefined) return undefined;
  if (!NAME.test(name) || name.length > LONGEST_NAME) {
    problems.add(
      join(path, 'name'),
      `name is ${nameOf(name)}, and should be lower case letters, digits and dashes, at most ${LONGEST_NAME}`,
    );
    return undefined;
  }
  const isBuiltIn = BUILT_IN.some((each) => each === name);
  if (!isBuiltIn && member(item, 'query') === undefined) {
    problems.add(
      join(path, 'name'),
      `metric ${nameOf(name)} is not built in (${BUILT_IN.join(', ')}) and has no query${didYouMean(name, BUILT_IN)}`,
    );
  }
  if (query !== undefined && query.length > LONGEST_QUERY) {
    problems.add(join(path, 'query'), `the query has ${query.length} characters, above the most, ${LONGEST_QUERY}`);
  }
  if (query !== undefined && !hasPrometheus) {
    problems.add(
      join(path, 'query'),
      'a query needs a Prometheus; write prometheus: {address: http://prometheus.monitoring:9090}',
    );
  }
  const max = readMax(part, query === undefined && name === 'p95-latency', query === undefined, problems);
  return max === undefined ? undefined : { name, max, query };
}

/** `500ms` becomes 0.5. */
function readMax(part: Part, isTime: boolean, isBuiltIn: boolean, problems: Problems): number | undefined {
  const value = member(part.object, 'max');
  const path = join(part.path, 'max');
  if (value === undefined) {
    problems.add(part.path, `max is missing; write max: ${isTime ? '500ms' : '0.01'}`);
    return undefined;
  }
  if (isTime) {
    const parsed = parseDuration(typeof value === 'string' ? value : '');
    if (parsed.ok && parsed.value > 0n) return Number(parsed.value) / Number(SECOND);
    problems.add(path, `max is ${nameOf(value)}, and should be a length of time as in 500ms`);
    return undefined;
  }
  const isInside = typeof value === 'number' && Number.isFinite(value) && (!isBuiltIn || (value >= 0 && value <= 1));
  if (isInside) return value;
  const right = isBuiltIn ? 'a share from 0 to 1 as in 0.01' : 'a number';
  problems.add(path, `max is ${nameOf(value)}, and should be ${right}`);
  return undefined;
}
