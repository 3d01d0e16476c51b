/**
 * What the platform on one machine counts itself: how many requests each Revision had, how many of them failed, and how
 * long they took, by the second for the last minutes and by the minute for the last day.
 *
 * How long something took is kept as how often it fell between two of a row of bounds, each two percent above the one
 * before it: a percentile is right within one percent, whatever the load.
 */
import type { Clock } from '../../../src/kubernetes/clock.ts';
import type { PlaneObserver, RequestSeen } from '../../../src/platform/network/observer.ts';
import type { MetricResult } from '../../../src/rollout/observed.ts';
import { type MeasureInterval, unanswered } from './source.ts';

interface Bucket {
  /** Milliseconds since 1970. */
  readonly begins: number;
  requests: number;
  failed: number;
  readonly times: Map<number, number>;
}

interface Row {
  readonly width: number;
  readonly kept: number;
}

const SECONDS: Row = { width: 1_000, kept: 10 * 60_000 };
const MINUTES: Row = { width: 60_000, kept: 25 * 60 * 60_000 };
const ROWS = [SECONDS, MINUTES] as const;

const STEP = Math.log(1.02);
/** A client that hung up is no mistake of the Revision's; a status that is none is. */
const HUNG_UP = 499;

export class RequestCounters implements PlaneObserver {
  readonly #clock: Clock;
  /** By `namespace/revision`. */
  readonly #rows = new Map<string, readonly [Bucket[], Bucket[]]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  onRequest({ revision, status, milliseconds }: RequestSeen): void {
    const now = this.#clock.now().getTime();
    const rows = this.#rows.get(revision) ?? this.#begin(revision);
    const bin = Math.ceil(Math.log(Math.max(milliseconds, 0.01)) / STEP);
    const isFailed = status >= 500 || status < 100;
    for (const [index, row] of ROWS.entries()) {
      const bucket = bucketAt(rows[index === 0 ? 0 : 1], row, now);
      bucket.requests++;
      if (isFailed) bucket.failed++;
      if (status !== HUNG_UP) bucket.times.set(bin, (bucket.times.get(bin) ?? 0) + 1);
    }
  }

  #begin(revision: string): readonly [Bucket[], Bucket[]] {
    // a Revision that is gone is asked about no more
    this.#tidy();
    const rows: readonly [Bucket[], Bucket[]] = [[], []];
    this.#rows.set(revision, rows);
    return rows;
  }

  /** From the first moment to before the last. */
  read(revision: string, from: number, to: number): { requests: number; failed: number; p95: number | undefined } {
    const index = to - from <= SECONDS.kept ? 0 : 1;
    let requests = 0;
    let failed = 0;
    const times = new Map<number, number>();
    for (const bucket of this.#rows.get(revision)?.[index] ?? []) {
      if (bucket.begins < from || bucket.begins >= to) continue;
      requests += bucket.requests;
      failed += bucket.failed;
      for (const [bin, count] of bucket.times) times.set(bin, (times.get(bin) ?? 0) + count);
    }
    return { requests, failed, p95: p95Of(times) };
  }

  /** Forgets Revisions to which nobody has sent anything for a day. */
  #tidy(): void {
    const now = this.#clock.now().getTime();
    for (const [revision, [, minutes]] of this.#rows) {
      const last = minutes.at(-1);
      if (last === undefined || now - last.begins > MINUTES.kept) this.#rows.delete(revision);
    }
  }
}

/** Those that are too old go; a clock that was set back goes on in the last one. */
function bucketAt(buckets: Bucket[], { width, kept }: Row, now: number): Bucket {
  const begins = Math.floor(now / width) * width;
  const last = buckets.at(-1);
  if (last !== undefined && last.begins >= begins) return last;
  const bucket: Bucket = { begins, requests: 0, failed: 0, times: new Map() };
  buckets.push(bucket);
  const first = buckets.findIndex((each) => each.begins > begins - kept);
  if (first > 0) buckets.splice(0, first);
  return bucket;
}

/** In seconds; undefined where nothing was measured. */
function p95Of(times: ReadonlyMap<number, number>): number | undefined {
  let all = 0;
  for (const count of times.values()) all += count;
  if (all === 0) return undefined;
  let below = 0;
  for (const [bin, count] of [...times].sort(([one], [other]) => one - other)) {
    below += count;
    if (below >= all * 0.95) return Math.exp((bin - 0.5) * STEP) / 1000;
  }
  return undefined;
}

export function askCounters(counters: RequestCounters): MeasureInterval {
  return async (question) => {
    const { namespace, revision, from, to, analysis } = question;
    const { requests, failed, p95 } = counters.read(`${namespace}/${revision}`, from, to);
    const none = { type: 'none', message: 'there were no requests' } as const;
    const metrics = analysis.metrics.map(({ name, query }): MetricResult => {
      if (query !== undefined) {
        return { name, value: { type: 'error', message: 'a query needs analysis.prometheus.address' } };
      }
      const value = requests === 0 ? undefined : name === 'error-rate' ? failed / requests : p95;
      return { name, value: value === undefined ? none : { type: 'value', value } };
    });
    return { revision, from, to, requests, metrics };
  };
}

/** On a cluster, where nobody here sees a request. */
export const nobodyCounts: MeasureInterval = async (question) =>
  unanswered(
    question,
    'nobody counts requests here; write the address of a Prometheus to spec.analysis.prometheus.address',
  );
