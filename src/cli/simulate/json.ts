/** A simulation as JSON: totals, and one entry for each minute or more, so that a day is read by a program and a person. */
import type { Timeline, Traffic } from '../../simulate/model.ts';
import { peak, sum } from '../../simulate/values.ts';
import type { Run } from './draw.ts';

/** Seconds of one entry. */
const STEP = 60;

export function jsonOf(traffic: Traffic, runs: readonly Run[]): unknown {
  return {
    kind: 'Simulation',
    begin: traffic.begin === 0 ? null : new Date(traffic.begin).toISOString(),
    seconds: traffic.rates.length,
    step: STEP,
    runs: runs.map(({ label, simulation }) => ({
      settings: label,
      totals: simulation.totals,
      timeline: timeline(traffic, simulation),
    })),
  };
}

function timeline({ rates }: Traffic, { wanted, ready, pods, waiting }: Timeline): unknown[] {
  const entries: unknown[] = [];
  for (let from = 0; from < rates.length; from += STEP) {
    const of = (values: Float64Array) => values.subarray(from, from + STEP);
    entries.push({
      second: from,
      requestsPerSecond: mean(of(rates)),
      wanted: peak(of(wanted)),
      ready: peak(of(ready)),
      pods: peak(of(pods)),
      waiting: Math.round(peak(of(waiting))),
    });
  }
  return entries;
}

function mean(values: Float64Array): number {
  return Math.round((sum(values) / values.length) * 100) / 100;
}
