/** What the controller of guard rails counts; never by the name of an object or of a namespace. */
import type { Registry } from 'prom-client';
import { counter, readGauge } from '../../src/process/metrics/make.ts';

export const WRITES = ['made', 'updated', 'repaired', 'adopted', 'removed', 'released', 'joined', 'left'] as const;
export type Write = (typeof WRITES)[number];

export interface GuardRailMetrics {
  wrote(environment: string, section: string, what: Write): void;
  /** How many guard rails of the namespace a team's object stands in the way of. */
  overridden(namespace: string, environment: string, count: number): void;
  forget(namespace: string): void;
}

export function guardRailMetrics(registry: Registry): GuardRailMetrics {
  const byNamespace = new Map<string, { readonly environment: string; readonly overridden: number }>();
  const writes = counter(registry, 'weir_guardrails_writes_total');
  readGauge(registry, 'weir_guardrails_namespaces', (gauge) => {
    for (const { environment } of byNamespace.values()) gauge.inc({ environment });
  });
  readGauge(registry, 'weir_guardrails_overridden', (gauge) => {
    for (const { environment, overridden } of byNamespace.values()) gauge.inc({ environment }, overridden);
  });
  return {
    wrote: (environment, section, what) => writes.inc({ environment, section, what }),
    overridden: (namespace, environment, count) => {
      byNamespace.set(namespace, { environment, overridden: count });
    },
    forget: (namespace) => void byNamespace.delete(namespace),
  };
}
