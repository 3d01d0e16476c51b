/** What becomes of events: what comes in, what subscribers take, what is tried again, what nobody takes. */
import { DEAD_LETTER_SINKS, SHAPE } from '../rules/shape.ts';
import type { Dashboard } from './dashboard.ts';

const BROKER = 'namespace=~"$namespace",broker=~"$broker"';

export const eventing: Dashboard = {
  name: 'eventing',
  title: 'Knative eventing',
  says: 'Brokers and Triggers of the class MTChannelBasedBroker. The Kafka Broker has metrics of its own, which are not here.',
  variables: [
    { name: 'namespace', label: 'Namespace', query: `label_values(${SHAPE.brokerEvents}, namespace)` },
    { name: 'broker', label: 'Broker', query: `label_values(${SHAPE.brokerEvents}{namespace=~"$namespace"}, broker)` },
  ],
  rows: [
    {
      title: 'In',
      panels: [
        {
          title: 'Events by type',
          says: 'What reached the Brokers.',
          queries: [{ expr: `sum by (type) (${SHAPE.brokerEvents}{${BROKER}})`, legend: '{{type}}' }],
          unit: 'reqps',
          width: 12,
        },
        {
          title: 'Events by answer',
          says: '2xx were taken. Whoever got another answer has to send again.',
          queries: [
            { expr: `sum by (broker, class) (${SHAPE.brokerEvents}{${BROKER}})`, legend: '{{broker}} {{class}}' },
          ],
          unit: 'reqps',
          width: 12,
        },
      ],
    },
    {
      title: 'Out',
      panels: [
        {
          title: 'Tries by Trigger',
          says: 'Each try of a delivery, retries, replies and dead letters with them.',
          queries: [{ expr: `sum by (trigger) (${SHAPE.triggerTries}{${BROKER}})`, legend: '{{trigger}}' }],
          unit: 'reqps',
        },
        {
          title: 'Retries by Trigger',
          says: 'Tries that failed: after each comes a retry, and after the last a dead letter.',
          queries: [
            {
              expr: `sum by (trigger) (${SHAPE.triggerTries}{${BROKER},class!="2xx"}) or 0 * sum by (trigger) (${SHAPE.triggerTries}{${BROKER}})`,
              legend: '{{trigger}}',
            },
          ],
          unit: 'reqps',
        },
        {
          title: 'Time of a delivery (p95)',
          says: 'How long the subscriber takes for an event.',
          queries: [
            {
              expr: `histogram_quantile(0.95, sum by (trigger, le) (${SHAPE.triggerSeconds}{${BROKER}}))`,
              legend: '{{trigger}}',
            },
          ],
          unit: 's',
        },
      ],
    },
    {
      title: 'Dead letters',
      panels: [
        {
          title: 'Dead letters within ten minutes',
          says: `No metric counts them: what reaches Services called like ${DEAD_LETTER_SINKS} is counted. It should be none.`,
          queries: [
            {
              expr: `sum by (namespace, service) (${SHAPE.deadLetters}{namespace=~"$namespace"})`,
              legend: '{{namespace}}/{{service}}',
            },
          ],
          unit: 'short',
          limit: 1,
          width: 12,
        },
        {
          title: 'Requests to dead letter sinks',
          says: 'The same as a rate, by answer: a sink that fails loses the event.',
          queries: [
            {
              expr: `sum by (service, class) (${SHAPE.requests}{namespace=~"$namespace",service=~"${DEAD_LETTER_SINKS}"})`,
              legend: '{{service}} {{class}}',
            },
          ],
          unit: 'reqps',
          width: 12,
        },
      ],
    },
  ],
};
