/**
 * Asks a Prometheus by its HTTP API (`/api/v1/query`). It may be away, slow, or lie: an answer is waited for so long, read
 * so far, and believed only where it is one number.
 */

import { sentenceOf } from '../../../src/kubernetes/client/errors.ts';
import { isArray, isObject, type JsonValue, numberAt, stringAt, valueAt } from '../../../src/kubernetes/json.ts';
import { BUILT_IN, type Metric } from '../../../src/rollout/model.ts';
import type { MetricResult } from '../../../src/rollout/observed.ts';
import { authorsQuery, builtInQuery, requestsQuery } from '../../../src/rollout/queries.ts';
import { cut } from '../../../src/text/cut.ts';
import type { MeasureInterval, Question } from './source.ts';

type Value = MetricResult['value'];

const WAIT_MS = 5_000;
/** One number is some hundred bytes. */
const MOST_BYTES = 1_000_000;
const MOST_WORDS = 200;

export const askPrometheus: MeasureInterval = async (question, signal) => {
  const { namespace, service, revision, stable, from, to, analysis } = question;
  const address = analysis.prometheus?.address ?? '';
  const asked = { namespace, revision, interval: to - from };
  const ask = (query: string): Promise<Value> => answerOf(address, query, to, signal);

  const requests = analysis.minimumRequests === 0 ? undefined : ask(requestsQuery(asked));
  const metrics = analysis.metrics.map(async (metric) => {
    const query =
      metric.query === undefined ? queryOf(metric, asked) : authorsQuery(metric.query, asked, { service, stable });
    return { name: metric.name, value: query === undefined ? notBuiltIn(metric) : await ask(query) };
  });
  const counted = await requests;
  return {
    revision,
    from,
    to,
    // no series at all is no request
    requests: counted?.type === 'value' ? counted.value : counted?.type === 'none' ? 0 : undefined,
    metrics: await Promise.all(metrics),
  };
};

function queryOf({ name }: Metric, asked: Parameters<typeof builtInQuery>[1]): string | undefined {
  const builtIn = BUILT_IN.find((each) => each === name);
  return builtIn === undefined ? undefined : builtInQuery(builtIn, asked);
}

function notBuiltIn({ name }: Metric): Value {
  return { type: 'error', message: `${name} is not built in, and has no query` };
}

async function answerOf(address: string, query: string, at: Question['to'], signal: AbortSignal): Promise<Value> {
  const where = `Prometheus at ${address}`;
  try {
    const url = `${address.replace(/\/+$/, '')}/api/v1/query`;
    const answer = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams({ query, time: String(at / 1000) }),
      // it leads to Prometheus, and nowhere else
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(WAIT_MS)]),
    });
    const text = await textOf(answer);
    if (text === undefined) return { type: 'error', message: `${where} answers more than ${MOST_BYTES} bytes` };
    return read(where, answer.status, text);
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    const isLate = error instanceof Error && error.name === 'TimeoutError';
    const why = isLate ? `it says nothing within ${WAIT_MS / 1000} s` : cut(sentenceOf(cause), MOST_WORDS);
    return { type: 'error', message: `${where} does not answer: ${why}` };
  }
}

async function textOf(answer: Response): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MOST_BYTES) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text;
}

function read(where: string, status: number, text: string): Value {
  const answer = parsed(text);
  if (stringAt(answer, 'status') === 'error') {
    return { type: 'error', message: `${where}: ${cut(stringAt(answer, 'error') ?? '', MOST_WORDS)}` };
  }
  const result = valueAt(answer, 'data', 'result');
  if (stringAt(answer, 'status') !== 'success' || !isArray(result)) {
    return { type: 'error', message: `${where} answers ${status} with nothing that Prometheus would say` };
  }
  if (stringAt(answer, 'data', 'resultType') === 'scalar') return sampleOf(where, result);
  const [first, ...others] = result;
  if (first === undefined) return { type: 'none', message: 'there is no value yet' };
  if (others.length > 0) {
    return { type: 'error', message: `${where} gives ${result.length} values for one query; sum them, or choose one` };
  }
  return sampleOf(where, isObject(first) ? first.value : undefined);
}

/** `[1792000000.1, "0.25"]`; NaN and infinite ones are judged where all values are (src/rollout/analysis.ts). */
function sampleOf(where: string, sample: JsonValue | undefined): Value {
  const text = stringAt(sample, 1);
  const value = text === undefined ? Number.NaN : (TEXTS.get(text) ?? (text.trim() === '' ? Number.NaN : Number(text)));
  if (text === undefined || numberAt(sample, 0) === undefined) {
    return { type: 'error', message: `${where} answers with no number` };
  }
  return { type: 'value', value };
}

const TEXTS: ReadonlyMap<string, number> = new Map([
  ['+Inf', Number.POSITIVE_INFINITY],
  ['-Inf', Number.NEGATIVE_INFINITY],
]);

function parsed(text: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
