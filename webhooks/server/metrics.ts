/**
 * What Prometheus reads. Never labelled by what a request can choose freely: a kind or an environment that nobody knows
 * is `other`, or every hostile request would be a time series of its own.
 */
import { Registry } from 'prom-client';
import { counter, histogram, readCounter, readGauge } from '../../src/process/metrics/make.ts';
import { type PolicyMetrics, policyMetrics } from '../../src/process/metrics/policies.ts';
import type { CertificateSource, ClusterView, PolicyStore } from '../dependencies.ts';
import type { Door, Facts } from '../review/review.ts';

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
  readonly #reloads: PolicyMetrics;

  readonly #reviews = counter(this.registry, 'weir_admission_reviews_total');
  readonly #findings = counter(this.registry, 'weir_admission_findings_total');
  readonly #excused = counter(this.registry, 'weir_admission_excused_total');
  readonly #filled = counter(this.registry, 'weir_admission_filled_total');
  readonly #failures = counter(this.registry, 'weir_admission_failures_total');
  readonly #breakGlass = counter(this.registry, 'weir_break_glass_total');
  readonly #refused = counter(this.registry, 'weir_http_refused_total');
  readonly #seconds = histogram(this.registry, 'weir_admission_duration_seconds');

  constructor({ policies, cluster, certificates, lostEvents }: MetricsParts) {
    this.#policies = policies;
    this.#reloads = policyMetrics(this.registry, policies);
    for (const door of ['mutate', 'validate', 'validate-namespace']) this.#failures.inc({ door }, 0);

    readCounter(this.registry, 'weir_events_lost_total', lostEvents);
    readGauge(this.registry, 'weir_cache_age_seconds', (ages) => {
      for (const [kind, age] of cluster.ages()) ages.set({ kind }, age);
    });
    readGauge(this.registry, 'weir_certificate_expiry_timestamp_seconds', (expiry) => {
      const current = certificates.current();
      if (current !== undefined) expiry.set(current.expiresAt.getTime() / 1000);
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
    this.#reloads.reload(isAccepted);
  }

  #environment(name: string): string {
    return name === '' || this.#policies.policyFor(name) !== undefined ? name : OTHER;
  }
}
