/** What passed between two looks at the metrics, Revision by Revision. */
import type { Sample } from './exposition.ts';

export interface Measured {
  readonly requestsPerSecond: number;
  /** Of those, answered with 5xx. */
  readonly failuresPerSecond: number;
  /** Seconds below which 95 of 100 requests stayed; undefined without requests. */
  readonly p95: number | undefined;
  /** Requests that wait for an instance now. */
  readonly waiting: number;
  readonly isPanicking: boolean;
}

/** The samples of one moment. */
export interface Look {
  /** Milliseconds of a clock that only goes forward. */
  readonly at: number;
  readonly samples: readonly Sample[];
}

const DURATION = 'http_server_request_duration_seconds';

/** @returns by `namespace/name`; without a look before, there are no rates yet */
export function measuredBetween(before: Look | undefined, now: Look): ReadonlyMap<string, Measured> {
  const seconds = before === undefined ? 0 : (now.at - before.at) / 1000;
  const earlier = tallies(before?.samples ?? []);
  const found = new Map<string, Measured>();
  for (const [key, tally] of tallies(now.samples)) {
    const then = earlier.get(key);
    const rate = (of: (tally: Tally) => number) =>
      then === undefined || seconds <= 0 ? 0 : Math.max(0, of(tally) - of(then)) / seconds;
    found.set(key, {
      requestsPerSecond: rate(({ requests }) => requests),
      failuresPerSecond: rate(({ failures }) => failures),
      p95: then === undefined ? undefined : quantile(0.95, then.buckets, tally.buckets),
      waiting: tally.waiting,
      isPanicking: tally.isPanicking,
    });
  }
  return found;
}

interface Tally {
  requests: number;
  failures: number;
  /** Requests of at most so many seconds. */
  readonly buckets: Map<number, number>;
  waiting: number;
  isPanicking: boolean;
}

function tallies(samples: readonly Sample[]): Map<string, Tally> {
  const found = new Map<string, Tally>();
  for (const { name, labels, value } of samples) {
    const { k8s_namespace_name: namespace, kn_revision_name: revision } = labels;
    if (namespace === undefined || revision === undefined) continue;
    const key = `${namespace}/${revision}`;
    const tally = found.get(key) ?? { requests: 0, failures: 0, buckets: new Map(), waiting: 0, isPanicking: false };
    found.set(key, tally);
    add(tally, name, labels, value);
  }
  return found;
}

function add(tally: Tally, name: string, labels: Sample['labels'], value: number): void {
  switch (name) {
    case `${DURATION}_count`:
      tally.requests += value;
      if (labels.http_response_status_code?.startsWith('5')) tally.failures += value;
      return;
    case `${DURATION}_bucket`: {
      const bound = labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le);
      tally.buckets.set(bound, (tally.buckets.get(bound) ?? 0) + value);
      return;
    }
    case 'kn_revision_request_queued':
      tally.waiting += value;
      return;
    case 'kn_revision_panic_mode':
      tally.isPanicking = value > 0;
      return;
    default:
  }
}

/** Between the bounds of its bucket, as Prometheus' histogram_quantile; the last finite bound where it is beyond. */
function quantile(share: number, before: Tally['buckets'], after: Tally['buckets']): number | undefined {
  const bounds = [...after.keys()].sort((one, other) => one - other);
  const counts = bounds.map((bound) => Math.max(0, (after.get(bound) ?? 0) - (before.get(bound) ?? 0)));
  const all = counts.at(-1) ?? 0;
  if (all === 0) return undefined;
  const wanted = share * all;
  const index = counts.findIndex((count) => count >= wanted);
  const upper = bounds[index] ?? 0;
  const lower = bounds[index - 1] ?? 0;
  if (!Number.isFinite(upper)) return lower;
  const below = counts[index - 1] ?? 0;
  return lower + ((upper - lower) * (wanted - below)) / ((counts[index] ?? all) - below);
}
