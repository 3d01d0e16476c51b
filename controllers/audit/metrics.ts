/** How much an audit finds, by rule and environment: never by namespace, of which a cluster may have thousands. */
import type { Registry } from 'prom-client';
import type { Audit } from '../../src/audit/judge.ts';
import { readGauge } from '../../src/process/metrics/make.ts';

interface Series {
  readonly rule: string;
  readonly environment: string;
  readonly action: string;
}

export class AuditMetrics {
  /** By key of the controller: how often each series was found there. */
  readonly #found = new Map<string, ReadonlyMap<string, number>>();

  constructor(registry: Registry) {
    readGauge(registry, 'weir_audit_findings', (gauge) => {
      for (const counts of this.#found.values()) {
        for (const [series, number] of counts) gauge.inc(labelsOf(series), number);
      }
    });
  }

  found(key: string, { environment, findings, excused }: Audit): void {
    const counts = new Map<string, number>();
    const add = (rule: string, action: string): void => {
      const series = JSON.stringify([rule, environment, action]);
      counts.set(series, (counts.get(series) ?? 0) + 1);
    };
    for (const { rule, action } of findings) add(rule, action);
    for (const { finding } of excused) add(finding.rule, 'excused');
    this.#found.set(key, counts);
  }

  nothing(key: string): void {
    this.#found.delete(key);
  }
}

function labelsOf(series: string): Record<keyof Series, string> {
  const [rule = '', environment = '', action = ''] = JSON.parse(series);
  return { rule, environment, action };
}
