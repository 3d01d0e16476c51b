/**
 * The dead-letter sinks that Weir keeps. Their own metrics are those of src/platform/eventing/letters/metrics.ts, and
 * `environment` comes from their pods by targets.ts.
 */
import { newWithin10m } from './promql.ts';
import type { RuleGroup } from './rule.ts';

/** The job's name, which targets.ts gives it. */
const JOB = 'weir-dead-letters';

export const deadLetterAlerts: RuleGroup = {
  name: 'weir-dead-letters',
  rules: [
    {
      alert: 'WeirDeadLetterSinkDown',
      // one that nobody keeps any more is still where Brokers may send
      expr: `(
  max by (environment) (weir_dead_letter_sinks)
  or
  max by (environment) (up{job="${JOB}"})
)
unless
max by (environment) (up{job="${JOB}"}) == 1`,
      for: '10m',
      severity: 'critical',
      summary: 'The dead-letter sink of {{ $labels.environment }} does not answer',
      description:
        'Events that nobody took have nowhere to go: a Broker tries its sink as often as a subscriber, and then the event is lost. A pod that moves is back within minutes.',
    },
    {
      alert: 'WeirDeadLetterSinkBlocked',
      expr: 'max by (environment) (weir_dead_letter_sinks{state="blocked"}) > 0',
      for: '10m',
      severity: 'warning',
      summary: 'Something stands in the way of the dead-letter sink of {{ $labels.environment }}',
      description:
        'The sink is not as the policy says: an object of somebody else has its name, or there is no image to run. An Event says which.',
    },
    {
      alert: 'WeirDeadLettersGrow',
      expr: `sum by (environment) (
${newWithin10m('weir_dead_letters_taken_total')}
) > 0`,
      for: '1m',
      severity: 'warning',
      summary: '{{ $value }} dead letters in {{ $labels.environment }} within ten minutes',
      description:
        'Events reached the sink that Weir keeps: no retry brought them to their subscriber. They can be read and put back.',
    },
    {
      alert: 'WeirDeadLettersPileUp',
      expr: 'max by (environment) (weir_dead_letters_full_ratio) > 0.8',
      for: '10m',
      severity: 'warning',
      summary: 'The dead-letter sink of {{ $labels.environment }} is {{ $value | humanizePercentage }} full',
      description:
        'So much of what it may keep was not put back. When it is full the oldest letters go for the next, and nobody else has them.',
    },
    {
      alert: 'WeirDeadLettersForgotten',
      expr: `sum by (environment) (
${newWithin10m('weir_dead_letters_forgotten_total')}
) > 0`,
      for: '1m',
      severity: 'warning',
      summary: '{{ $value }} dead letters of {{ $labels.environment }} went without having been put back',
      description: 'They were older than the policy keeps them, or too many: these events are lost.',
    },
  ],
};
