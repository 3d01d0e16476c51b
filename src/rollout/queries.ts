/**
 * The built-in metrics as Prometheus is asked for them, over one interval and of one Revision.
 *
 * Since Knative 1.19 queue-proxy tells `http_server_request_duration_seconds` and says in `target_info`, on the same page,
 * whose pod it is; up to 1.18 it told `revision_request_*` with labels of its own, in milliseconds
 * (tools/monitoring/rules/opentelemetry.ts and opencensus.ts name the sources). Both are asked for at once, the newer
 * first: a cluster in the middle of an upgrade has both. The recording rules that dashboards read are not used: their
 * window is five minutes whatever the interval, and not every Prometheus has them.
 */
import type { BuiltIn } from './model.ts';

export interface Asked {
  readonly namespace: string;
  readonly revision: string;
  /** Milliseconds. */
  readonly interval: number;
}

/** How many requests the Revision had in the interval. */
export function requestsQuery(asked: Asked): string {
  return eitherOf(newer('increase', 'count', '', asked), older('increase', 'count', '', asked));
}

export function builtInQuery(metric: BuiltIn, asked: Asked): string {
  return metric === 'error-rate' ? errorRate(asked) : p95(asked);
}

/** The share that ended with 5xx, or without an answer, for which Knative writes no code of HTTP. */
function errorRate(asked: Asked): string {
  const [newerOnes, olderOnes] = [
    // what is no code at all is written as -1 or 0
    share('', 'http_response_status_code!~"[1-4][0-9][0-9]"', (labels) => newer('rate', 'count', labels, asked)),
    share('', 'response_code_class!~"[1-4]xx"', (labels) => older('rate', 'count', labels, asked)),
  ];
  return eitherOf(newerOnes, olderOnes);
}

/** No error at all is no series at all: nothing of something is zero. */
function share(all: string, bad: string, sum: (labels: string) => string): string {
  return `((${sum(bad)} or ${sum(all)} * 0) / (${sum(all)} > 0))`;
}

/** In seconds. */
function p95(asked: Asked): string {
  return eitherOf(
    `histogram_quantile(0.95, ${newer('rate', 'bucket', '', asked, 'le')})`,
    `histogram_quantile(0.95, ${older('rate', 'bucket', '', asked, 'le')}) / 1000`,
  );
}

function eitherOf(first: string, second: string): string {
  return `(${first}) or (${second})`;
}

type Part = 'count' | 'bucket';
type By = 'rate' | 'increase';

/** An address that passes from one pod to the next has two target_info for a moment, and a join takes only one. */
function newer(how: By, part: Part, labels: string, { namespace, revision, interval }: Asked, by = ''): string {
  const metric = `http_server_request_duration_seconds_${part}{${joined('kn_revision_name=""', labels)}}`;
  const info = `target_info{k8s_namespace_name=${quoted(namespace)},kn_revision_name=${quoted(revision)}}`;
  const measured = `${how}(${metric}[${range(interval)}])`;
  return `sum${grouped(by)}(${measured} * on (job, instance) group_left topk by (job, instance) (1, ${info}))`;
}

function older(how: By, part: Part, labels: string, { namespace, revision, interval }: Asked, by = ''): string {
  const name = part === 'count' ? 'revision_request_count' : 'revision_request_latencies_bucket';
  const whose = `namespace_name=${quoted(namespace)},revision_name=${quoted(revision)}`;
  return `sum${grouped(by)}(${how}(${name}{${joined(whose, labels)}}[${range(interval)}]))`;
}

function joined(left: string, right: string): string {
  return right === '' ? left : `${left},${right}`;
}

function grouped(by: string): string {
  return by === '' ? ' ' : ` by (${by}) `;
}

/** PromQL's own: whole seconds. */
function range(interval: number): string {
  return `${Math.max(1, Math.round(interval / 1000))}s`;
}

/** Strings of PromQL are Go's: names of Kubernetes need no more than this, and anything else cannot break out. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

/** What stands for what in the query of an author: `$namespace`, `$service`, `$revision`, `$stable`, `$interval`. */
export function authorsQuery(
  query: string,
  { namespace, revision, interval }: Asked,
  { service, stable }: { readonly service: string; readonly stable: string },
): string {
  const values: Readonly<Record<string, string>> = { namespace, service, revision, stable, interval: range(interval) };
  return query.replaceAll(/\$(namespace|service|revision|stable|interval)\b/g, (_, name: string) => values[name] ?? '');
}
