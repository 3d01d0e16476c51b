/** What Prometheus says of dead-letter sinks. */
import { type AlertCase, CONTROLLER, series } from './case.ts';

const SINK = { job: 'weir-dead-letters', instance: '10.0.0.4:8080', environment: 'prod' } as const;

const DOWN = {
  at: 20,
  labels: { environment: 'prod' },
  summary: 'The dead-letter sink of prod does not answer',
};

/** How many are in a state, as the controllers say. */
function sinks(environment: string, state: string): string {
  return series('weir_dead_letter_sinks', { ...CONTROLLER, environment, state });
}

interface Growth {
  readonly about?: string;
  /** The counter, a value a minute. */
  readonly taken: string;
  /** When it fires, and of how many; absent: it does not. */
  readonly at?: number;
  readonly count?: number;
  readonly clearAt: number;
}

const GROWTH: readonly Growth[] = [
  { taken: '0x10 3x60', at: 14, count: 3, clearAt: 30 },
  { about: 'its first pod begins with them', taken: '_x10 2x60', at: 14, count: 2, clearAt: 30 },
  {
    about: 'its container starts again, and has taken them before it is scraped',
    taken: '50x29 3x60',
    at: 34,
    count: 3,
    clearAt: 50,
  },
  {
    about: 'its container starts again, and takes them after that',
    taken: '50x29 0x2 3x60',
    at: 35,
    count: 3,
    clearAt: 50,
  },
  {
    about: 'its container starts again, and takes more than before',
    taken: '1x29 0x2 3x60',
    at: 35,
    count: 3,
    clearAt: 50,
  },
  { about: 'it takes them, and its container starts again', taken: '50x29 53 0x60', at: 34, count: 3, clearAt: 50 },
  { about: 'a few scrapes failed', taken: '50x29 stale stale stale stale 50x60', clearAt: 43 },
  { about: 'they came while nobody scraped', taken: '50x29 stale _x19 53x60', at: 54, count: 3, clearAt: 70 },
  {
    about: 'a new pod has the address of one that was there',
    taken: '50x9 stale _x29 3x60',
    at: 44,
    count: 3,
    clearAt: 60,
  },
];

function grows({ about, taken, at, count, clearAt }: Growth): AlertCase {
  const summary = `${count} dead letters in prod within ten minutes`;
  return {
    alert: 'WeirDeadLettersGrow',
    ...(about === undefined ? {} : { about }),
    series: { [series('weir_dead_letters_taken_total', SINK)]: taken },
    ...(at === undefined ? {} : { fires: { at, labels: { environment: 'prod' }, summary } }),
    clearAt,
  };
}

export const DEAD_LETTER_CASES: readonly AlertCase[] = [
  {
    alert: 'WeirDeadLetterSinkDown',
    about: 'it does not answer',
    series: {
      [sinks('prod', 'kept')]: '1x60',
      [series('up', SINK)]: '1x5 0x20 1x40',
    },
    fires: DOWN,
    clearAt: 40,
  },
  {
    alert: 'WeirDeadLetterSinkDown',
    about: 'it has no pod, and that of another environment is none of its own',
    series: {
      [sinks('prod', 'blocked')]: '1x30 _x30',
      [sinks('dev', 'kept')]: '1x60',
      [series('up', { ...SINK, environment: 'dev' })]: '1x60',
    },
    fires: DOWN,
    clearAt: 40,
  },
  {
    alert: 'WeirDeadLetterSinkDown',
    about: 'nobody keeps it any more, and it does not answer',
    series: { [series('up', SINK)]: '0x30 1x30' },
    fires: DOWN,
    clearAt: 40,
  },
  {
    alert: 'WeirDeadLetterSinkDown',
    about: 'its pod moves to another node',
    series: {
      [sinks('prod', 'kept')]: '1x60',
      [series('up', SINK)]: '1x20 0x5 _x40',
      [series('up', { ...SINK, instance: 'other' })]: '_x24 1x40',
    },
    clearAt: 30,
  },
  {
    alert: 'WeirDeadLetterSinkBlocked',
    series: {
      [sinks('prod', 'blocked')]: '1x30 _x30',
      [sinks('prod', 'kept')]: '_x31 1x30',
    },
    fires: {
      at: 15,
      labels: { environment: 'prod' },
      summary: 'Something stands in the way of the dead-letter sink of prod',
    },
    clearAt: 40,
  },
  ...GROWTH.map(grows),
  {
    alert: 'WeirDeadLettersPileUp',
    series: { [series('weir_dead_letters_full_ratio', SINK)]: '0.5x10 0.85x20 0.4x30' },
    fires: {
      at: 25,
      labels: { environment: 'prod' },
      summary: 'The dead-letter sink of prod is 85% full',
    },
    clearAt: 40,
  },
  {
    alert: 'WeirDeadLettersForgotten',
    series: { [series('weir_dead_letters_forgotten_total', SINK)]: '0x10 4x60' },
    fires: {
      at: 14,
      labels: { environment: 'prod' },
      summary: '4 dead letters of prod went without having been put back',
    },
    clearAt: 30,
  },
  {
    alert: 'WeirDeadLettersForgotten',
    about: 'a few scrapes failed',
    series: { [series('weir_dead_letters_forgotten_total', SINK)]: '5x29 stale stale stale stale 5x60' },
    clearAt: 43,
  },
];
