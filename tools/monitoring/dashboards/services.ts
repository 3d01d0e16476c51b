/** How a service fares: what it is asked, how fast it answers, which pods are wanted and there. */
import { DERIVED, SHAPE } from '../rules/shape.ts';
import type { Dashboard } from './dashboard.ts';

const WHERE = 'namespace=~"$namespace",service=~"$service"';
const { pods } = SHAPE;

function quantiles(buckets: string): { expr: string; legend: string }[] {
  return [0.5, 0.95, 0.99].map((quantile) => ({
    expr: `histogram_quantile(${quantile}, sum by (le) (${buckets}{${WHERE}}))`,
    legend: `p${quantile * 100}`,
  }));
}

export const services: Dashboard = {
  name: 'services',
  title: 'Knative services',
  says: 'Requests, latency, pods and cold starts, of Knative 1.19 and later as of earlier ones.',
  variables: [
    { name: 'namespace', label: 'Namespace', query: `label_values(${SHAPE.pods.ready}, namespace)` },
    { name: 'service', label: 'Service', query: `label_values(${SHAPE.pods.ready}{namespace=~"$namespace"}, service)` },
  ],
  rows: [
    {
      title: 'Requests',
      panels: [
        {
          title: 'Requests by answer',
          says: 'What the queue-proxies answered; none is where there was no answer at all.',
          queries: [{ expr: `sum by (class) (${SHAPE.requests}{${WHERE}})`, legend: '{{class}}' }],
          unit: 'reqps',
        },
        {
          title: 'Requests by Revision',
          says: 'How traffic is split: during a canary both Revisions stand here.',
          queries: [{ expr: `sum by (revision) (${SHAPE.requests}{${WHERE}})`, legend: '{{revision}}' }],
          unit: 'reqps',
        },
        {
          title: 'Failed requests',
          says: 'The share of 5xx, as the service’s own pods saw it and as the activator did. Above 5 % somebody is told.',
          queries: [
            {
              expr: `max by (namespace, service, seen_by) (${DERIVED.errorRatio}{${WHERE}})`,
              legend: '{{service}} ({{seen_by}})',
            },
          ],
          unit: 'percentunit',
          limit: 0.05,
        },
      ],
    },
    {
      title: 'Latency and cold starts',
      panels: [
        {
          title: 'Latency',
          says: 'From the queue-proxy to its answer: without the way there, and without a wait for a pod.',
          queries: quantiles(SHAPE.requestSeconds),
          unit: 's',
        },
        {
          title: 'Latency through the activator',
          says: 'With the wait for a pod. The activator stays on the way where there is little spare capacity.',
          queries: quantiles(SHAPE.activatorSeconds),
          unit: 's',
        },
        {
          title: 'Cold starts (p95, approximated)',
          says: 'What a request waits in the activator beyond what the service itself takes, over half an hour. No metric tells a cold start itself.',
          queries: [{ expr: `max by (namespace, service) (${DERIVED.coldStartP95}{${WHERE}})`, legend: '{{service}}' }],
          unit: 's',
          limit: 3,
        },
      ],
    },
    {
      title: 'Pods',
      panels: [
        {
          title: 'Pods wanted and there',
          says: 'Desired is what the load asks for, requested what is left of it between min-scale and max-scale, ready what serves.',
          queries: [
            { expr: `sum(${pods.desired}{${WHERE}})`, legend: 'desired' },
            { expr: `sum(${pods.requested}{${WHERE}})`, legend: 'requested' },
            { expr: `sum(${pods.ready}{${WHERE}})`, legend: 'ready' },
          ],
          unit: 'short',
        },
        {
          title: 'Pods that are not ready',
          says: 'Pending wait for a node or an image, not ready for their probe, terminating for their last request.',
          queries: [
            { expr: `sum(${pods.pending}{${WHERE}})`, legend: 'pending' },
            { expr: `sum(${pods.notReady}{${WHERE}})`, legend: 'not ready' },
            { expr: `sum(${pods.terminating}{${WHERE}})`, legend: 'terminating' },
          ],
          unit: 'short',
        },
        {
          title: 'Ready pods by Revision',
          says: 'An old Revision that keeps pods without traffic costs for nothing.',
          queries: [{ expr: `max by (revision) (${pods.ready}{${WHERE}})`, legend: '{{revision}}' }],
          unit: 'short',
        },
        {
          title: 'Concurrency and its target',
          says: 'Requests at once over the stable window, and how many a pod should have.',
          queries: [
            { expr: `max by (revision) (${SHAPE.concurrency}{${WHERE}})`, legend: '{{revision}}' },
            { expr: `max by (revision) (${SHAPE.concurrencyTarget}{${WHERE}})`, legend: '{{revision}} target' },
          ],
          unit: 'short',
        },
        {
          title: 'Panic mode',
          says: '1 while the autoscaler follows the last seconds alone. It should end within a minute or two.',
          queries: [{ expr: `max by (revision) (${SHAPE.panic}{${WHERE}})`, legend: '{{revision}}' }],
          unit: 'short',
        },
        {
          title: 'Waiting in the activator',
          says: 'Requests that wait for a pod now. Since Knative 1.19.',
          queries: [{ expr: `sum by (revision) (${SHAPE.queued}{namespace=~"$namespace"})`, legend: '{{revision}}' }],
          unit: 'short',
        },
      ],
    },
  ],
};
