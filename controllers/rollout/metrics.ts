/** What the controller of TrafficRollouts counts. */
import type { Registry } from 'prom-client';
import type { Store } from '../../src/kubernetes/client/store.ts';
import { isBeingDeleted } from '../../src/kubernetes/object.ts';
import { counter, histogram, readGauge } from '../../src/process/metrics/make.ts';
import { PHASES, type RolloutStatus, readStatus } from '../../src/rollout/status.ts';

export interface RolloutMetrics {
  /** After the status was written. */
  decided(known: RolloutStatus | undefined, status: RolloutStatus): void;
}

export function rolloutMetrics(registry: Registry, rollouts: () => Store): RolloutMetrics {
  const transitions = counter(registry, 'weir_rollout_transitions_total');
  const intervals = counter(registry, 'weir_rollout_intervals_total');
  const returns = histogram(registry, 'weir_rollout_return_seconds');
  readGauge(registry, 'weir_rollouts', (gauge) => {
    const counts = new Map<string, number>();
    for (const object of rollouts().all()) {
      const phase = isBeingDeleted(object) ? undefined : (readStatus(object)?.phase ?? 'Waiting');
      if (phase !== undefined) counts.set(phase, (counts.get(phase) ?? 0) + 1);
    }
    for (const phase of PHASES) gauge.set({ phase }, counts.get(phase) ?? 0);
  });
  return {
    decided(known, status) {
      const isMoved = known?.phase !== status.phase || known.step !== status.step;
      if (isMoved) transitions.inc({ phase: status.phase });
      const { analysis } = status;
      if (analysis !== undefined && analysis.at !== known?.analysis?.at) intervals.inc({ verdict: analysis.verdict });
      const { since, routedSince, isWayBackDone } = status;
      // what the Route takes anew after it is no way back, nor is one where the Route had nothing to do
      const isDoneNow = isWayBackDone && known?.isWayBackDone !== true && known?.routedSince === undefined;
      if (!isDoneNow || routedSince === undefined) return;
      returns.observe(Math.max(0, Date.parse(routedSince) - Date.parse(since)) / 1000);
    },
  };
}
