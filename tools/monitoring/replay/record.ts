/**
 * Writes down what Knative's real autoscaler and controller show Prometheus for a Service with ready pods, on a real API
 * server. Needs what `npm run controlplane -- --knative --build` builds.
 *
 *     node tools/monitoring/replay/record.ts
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { podsReady } from '../../controlplane/kubernetes/pods.ts';
import { until } from '../../controlplane/process/wait.ts';
import { startControlPlane } from '../../controlplane/start.ts';

const FOLDER = path.resolve('test/monitoring/exposition/opentelemetry');
const NAMESPACE = 'shop-prod';
const PODS = 2;

const service = {
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Service',
  metadata: { name: 'cart', namespace: NAMESPACE },
  spec: {
    template: {
      metadata: { annotations: { 'autoscaling.knative.dev/min-scale': String(PODS) } },
      spec: { containers: [{ image: 'dev.local/cart' }] },
    },
  },
};

const cluster = await startControlPlane({ knative: true, knativeMetrics: true });
try {
  await cluster.kubectl(['create', 'namespace', NAMESPACE]);
  await cluster.api.create(`/apis/serving.knative.dev/v1/namespaces/${NAMESPACE}/services`, service);
  await podsReady(cluster.api, { namespace: NAMESPACE, count: PODS });
  const { autoscaler, controller } = cluster.knativeMetrics ?? {};
  for (const [name, port] of Object.entries({ autoscaler, controller })) {
    const page = await until(`${name} counts the pods`, { seconds: 60 }, async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
      const text = await answer.text();
      return (name !== 'autoscaler' || /^kn_revision_pods_count\{.*\} 2$/m.test(text)) && text;
    });
    writeFileSync(path.join(FOLDER, `${name}.prom`), ofRevisions(page));
  }
} finally {
  await cluster.stop();
}

/** What rules and dashboards read, and what says whose page it is: queues and requests would be many times as much. */
function ofRevisions(page: string): string {
  const kept = page
    .split('\n')
    .filter((line) => /^(# (HELP|TYPE) )?(kn_revision_|kn_workqueue_depth|target_info)/.test(line));
  return `# Recorded by tools/monitoring/replay/record.ts from Knative Serving 1.23 (knative.dev/serving v0.50.0).\n${kept.join('\n')}\n`;
}
