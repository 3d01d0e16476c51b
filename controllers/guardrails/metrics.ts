/** What the controller of guard rails counts; never by the name of an object or of a namespace. */
import { Counter, Gauge, type Registry } from 'prom-client';

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
  const writes = new Counter({
    name: 'weir_guardrails_writes_total',
    help: 'Guard rails that were made, updated after a change of the policy, repaired after one by somebody else, adopted, removed or given back.',
    labelNames: ['environment', 'section', 'what'],
    registers: [registry],
  });
  new Gauge({
    name: 'weir_guardrails_namespaces',
    help: 'Namespaces whose guard rails are kept.',
    labelNames: ['environment'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { environment } of byNamespace.values()) this.inc({ environment });
    },
  });
  new Gauge({
    name: 'weir_guardrails_overridden',
    help: 'Guard rails in whose place an object of somebody else stands that says something else.',
    labelNames: ['environment'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { environment, overridden } of byNamespace.values()) this.inc({ environment }, overridden);
    },
  });
  return {
    wrote: (environment, section, what) => writes.inc({ environment, section, what }),
    overridden: (namespace, environment, count) => {
      byNamespace.set(namespace, { environment, overridden: count });
    },
    forget: (namespace) => void byNamespace.delete(namespace),
  };
}
