/** Which policies hold, and what became of each change of their folder. */
import type { Registry } from 'prom-client';
import { counter, gauge, readGauge } from './make.ts';

export interface PolicyMetrics {
  reload(isAccepted: boolean): void;
}

export function policyMetrics(registry: Registry, policies: { hash(): string }): PolicyMetrics {
  const reloads = counter(registry, 'weir_policy_reloads_total');
  const refused = gauge(registry, 'weir_policy_refused');
  refused.set(0);
  for (const outcome of ['accepted', 'refused']) reloads.inc({ outcome }, 0);
  readGauge(registry, 'weir_policy_info', (info) => info.set({ hash: policies.hash() }, 1));
  return {
    reload(isAccepted) {
      reloads.inc({ outcome: isAccepted ? 'accepted' : 'refused' });
      refused.set(isAccepted ? 0 : 1);
    },
  };
}
