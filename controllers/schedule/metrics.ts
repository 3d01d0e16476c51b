/** What the controller of ScalingSchedules counts. */
import type { Registry } from 'prom-client';
import { counter, histogram, readGauge } from '../../src/process/metrics/make.ts';

export interface ScheduleMetrics {
  /** Seconds from the moment at which a state begins until all that it asks for is written. */
  transitioned(lagSeconds: number): void;
  /** Writes were refused by a webhook or for want of a right. */
  refused(count: number): void;
  /** @param window undefined where none is active */
  active(key: string, window: string | undefined): void;
}

export function scheduleMetrics(registry: Registry): ScheduleMetrics {
  const windows = new Set<string>();
  const lag = histogram(registry, 'weir_schedule_transition_lag_seconds');
  const refusals = counter(registry, 'weir_schedule_refusals_total');
  readGauge(registry, 'weir_schedule_active_windows', (gauge) => gauge.set(windows.size));
  return {
    transitioned: (seconds) => lag.observe(Math.max(0, seconds)),
    refused: (count) => refusals.inc(count),
    active(key, window) {
      if (window === undefined) windows.delete(key);
      else windows.add(key);
    },
  };
}
