/** What the controller of ScalingSchedules counts; never by the name of an object. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export interface ScheduleMetrics {
  /** Seconds from the moment at which a state begins until all that it asks for is written. */
  transitioned(lagSeconds: number): void;
  /** Writes were refused by a webhook or for want of a right. */
  refused(count: number): void;
  /** @param window undefined where none is active */
  active(key: string, window: string | undefined): void;
}

const LAG_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600];

export function scheduleMetrics(registry: Registry): ScheduleMetrics {
  const windows = new Set<string>();
  const lag = new Histogram({
    name: 'weir_schedule_transition_lag_seconds',
    help: 'Seconds from the moment at which a window starts or ends until all that it asks for is written.',
    buckets: LAG_SECONDS,
    registers: [registry],
  });
  const refusals = new Counter({
    name: 'weir_schedule_refusals_total',
    help: 'Writes of a min-scale, max-scale or target that a webhook or a missing right refused.',
    registers: [registry],
  });
  new Gauge({
    name: 'weir_schedule_active_windows',
    help: 'ScalingSchedules with a window that is active now.',
    registers: [registry],
    collect() {
      this.set(windows.size);
    },
  });
  return {
    transitioned: (seconds) => lag.observe(Math.max(0, seconds)),
    refused: (count) => refusals.inc(count),
    active(key, window) {
      if (window === undefined) windows.delete(key);
      else windows.add(key);
    },
  };
}
