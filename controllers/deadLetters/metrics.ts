/** What the controller of dead-letter sinks counts. */
import type { Registry } from 'prom-client';
import { counter, readGauge } from '../../src/process/metrics/make.ts';

/** `kept` as the policy says; `blocked`: something stands in its way; `leaving`: not asked for, and somebody sends there. */
export type SinkState = 'kept' | 'blocked' | 'leaving';
export type Write = 'made' | 'updated' | 'repaired' | 'removed';

export interface SinkMetrics {
  wrote(environment: string, what: Write): void;
  /** Undefined where there is none. */
  state(environment: string, state: SinkState | undefined): void;
}

export function sinkMetrics(registry: Registry): SinkMetrics {
  const states = new Map<string, SinkState>();
  const writes = counter(registry, 'weir_dead_letter_sinks_writes_total');
  readGauge(registry, 'weir_dead_letter_sinks', (gauge) => {
    for (const [environment, state] of states) gauge.set({ environment, state }, 1);
  });
  return {
    wrote: (environment, what) => writes.inc({ environment, what }),
    state(environment, state) {
      if (state === undefined) states.delete(environment);
      else states.set(environment, state);
    },
  };
}
