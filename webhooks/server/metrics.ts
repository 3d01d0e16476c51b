/**
 * What Prometheus reads. Never labelled by what a request can choose freely: a kind or an environment that nobody knows
 * is `other`, or every hostile request would be a time series of its own.
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { CertificateSource, ClusterView, PolicyStore } from '../dependencies.ts';
import type { Door, Facts } from '../review/review.ts';

/** Seconds. The aim is 3 ms for 99 of 100, so that most of them lie around it. */
const LATENCY_BUCKETS = [0.0005, 0.001, 0.0015, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.02, 0.05];

/** What stands for everything that is not known. */
const OTHER = 'other';

export interface MetricsParts {
  readonly policies: PolicyStore;
  readonly cluster: ClusterView;
  readonly certificates: CertificateSource;
  /** How many Events and statuses of exceptions were not written, since the start. */
  lostEvents(): number;
}

export class Metrics {
  readonly registry = new Registry();
  readonly #policies: PolicyStore;

  readonly #reviews = this.#counter('weir_admission_reviews_total', 'Reviews that were answered.', [
    'door',
    'kind',
    'operation',
    'environment',
    'verdict',
  ]);
  readonly #findings = this.#counter('weir_admission_findings_total', 'Findings of the judging side.', [
    'rule',
    'environment',
    'action',
  ]);
  readonly #excused = this.#counter('weir_admission_excused_total', 'Findings that a PolicyException excused.', [
    'rule',
    'environment',
  ]);
  readonly #filled = this.#counter('weir_admission_filled_total', 'Reviews in which defaults were written.', [
    'environment',
  ]);
  readonly #failures = this.#counter(
    'weir_admission_failures_total',
    "Reviews that met a mistake of Weir's or of its installation.",
    ['door'],
  );
  readonly #breakGlass = this.#counter('weir_break_glass_total', 'Denials that somebody passed who may.', [
    'environment',
  ]);
  readonly #refused = this.#counter('weir_http_refused_total', 'Requests that held no review.', ['code']);
  readonly #reloads = this.#counter('weir_policy_reloads_total', 'Policy folders that were read anew.', ['outcome']);
  readonly #stale = new Gauge({
    name: 'weir_policy_refused',
    help: '1 while the policy folder holds what cannot be used, and the last good policies judge.',
    registers: [this.registry],
  });
  readonly #seconds = new Histogram({
    name: 'weir_admission_duration_seconds',
    help: "From a request's head to its answer.",
    labelNames: ['door'],
    buckets: LATENCY_BUCKETS,
    registers: [this.registry],
  });

  constructor({ policies, cluster, certificates, lostEvents }: MetricsParts) {
    this.#policies = policies;
    this.#stale.set(0);
    for (const outcome of ['accepted', 'refused']) this.#reloads.inc({ outcome }, 0);
    for (const door of ['mutate', 'validate', 'validate-namespace']) this.#failures.inc({ door }, 0);

    new Counter({
      name: 'weir_events_lost_total',
      help: 'Events that found their queue full, and Events and statuses of exceptions that the API server refused.',
      registers: [this.registry],
      collect() {
        this.reset();
        this.inc(lostEvents());
      },
    });
    this.#gauge(
      'weir_cache_age_seconds',
      'Since the cache of a kind last heard from the API server.',
      ['kind'],
      (gauge) => {
        for (const [kind, age] of cluster.ages()) gauge.set({ kind }, age);
      },
    );
    this.#gauge('weir_certificate_expiry_timestamp_seconds', 'When the serving certificate expires.', [], (gauge) => {
      const current = certificates.current();
      if (current !== undefined) gauge.set(current.expiresAt.getTime() / 1000);
    });
    this.#gauge('weir_policy_info', 'Says by its label which policies judge.', ['hash'], (gauge) => {
      gauge.set({ hash: policies.hash() }, 1);
    });
  }

  /** @param seconds from the request's head to its answer */
  review(facts: Facts, seconds: number): void {
    const environment = this.#environment(facts.environment);
    this.#seconds.observe({ door: facts.door }, seconds);
    this.#reviews.inc({
      door: facts.door,
      kind: facts.kind,
      operation: facts.operation,
      environment,
      verdict: facts.verdict,
    });
    for (const { rule, action } of facts.findings) this.#findings.inc({ rule, environment, action });
    for (const { finding } of facts.excused) this.#excused.inc({ rule: finding.rule, environment });
    if (facts.patched > 0) this.#filled.inc({ environment });
    if (facts.failures.length > 0) this.mistake(facts.door);
    if (facts.breakGlass !== undefined && !facts.isDryRun) this.#breakGlass.inc({ environment });
  }

  mistake(door: Door['door']): void {
    this.#failures.inc({ door });
  }

  /** @param code of HTTP, or 200 for a review that was answered without being judged */
  refused(code: number): void {
    this.#refused.inc({ code });
  }

  reload(isAccepted: boolean): void {
    this.#reloads.inc({ outcome: isAccepted ? 'accepted' : 'refused' });
    this.#stale.set(isAccepted ? 0 : 1);
  }

  #environment(name: string): string {
    return name === '' || this.#policies.policyFor(name) !== undefined ? name : OTHER;
  }

  #counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  /** Read when it is asked for; labels of the last time go. */
  #gauge<Label extends string>(
    name: string,
    help: string,
    labelNames: Label[],
    read: (gauge: Gauge<Label>) => void,
  ): void {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [this.registry],
      collect() {
        this.reset();
        read(this);
      },
    });
  }
}
