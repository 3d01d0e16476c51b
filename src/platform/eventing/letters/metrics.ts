/** What a dead-letter sink tells Prometheus: its pod says whose it is, so that nothing here has a label. */
import type { LetterStore } from './store.ts';

export interface LetterMetric {
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  value(store: LetterStore): number;
}

export const LETTER_METRICS = {
  weir_dead_letters_kept: {
    type: 'gauge',
    help: 'Dead letters that are there.',
    value: ({ counts }) => counts.kept,
  },
  weir_dead_letters_kept_bytes: {
    type: 'gauge',
    help: 'What they take.',
    value: ({ counts }) => counts.bytes,
  },
  weir_dead_letters_full_ratio: {
    type: 'gauge',
    help: 'How near to the bound those are that were not put back, by number or by bytes: at 1 the oldest go for the next.',
    value: ({ full }) => full,
  },
  weir_dead_letters_taken_total: {
    type: 'counter',
    help: 'Dead letters that came.',
    value: ({ counts }) => counts.taken,
  },
  weir_dead_letters_returned_total: {
    type: 'counter',
    help: 'Dead letters that were put back.',
    value: ({ counts }) => counts.returned,
  },
  weir_dead_letters_forgotten_total: {
    type: 'counter',
    help: 'Dead letters that went, as too old or too many, without having been put back.',
    value: ({ counts }) => counts.forgotten,
  },
} as const satisfies Readonly<Record<string, LetterMetric>>;

/** In Prometheus' text format. */
export function metricsText(store: LetterStore): string {
  return Object.entries<LetterMetric>(LETTER_METRICS)
    .map(([name, { type, help, value }]) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value(store)}\n`)
    .join('');
}
