/** A simulation as JSON: totals, and one entry for each minute or more, so that a day is read by a program and a person. */
import type { Timeline, Traffic } from '../../simulate/model.ts';
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
      wanted: most(of(wanted)),
      ready: most(of(ready)),
      pods: most(of(pods)),
      waiting: Math.round(most(of(waiting))),
    });
  }
  return entries;
}

function mean(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return Math.round((total / values.length) * 100) / 100;
}

function most(values: Float64Array): number {
  return values.reduce((highest, value) => Math.max(highest, value), 0);
}
