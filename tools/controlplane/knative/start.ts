import { type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import type { Built } from '../build/build.ts';
import type { ControlPlane } from '../controlPlane.ts';
import { itemsOf } from '../kubernetes/api.ts';
import { createAll } from '../kubernetes/create.ts';
import { kubeconfigOf } from '../kubernetes/serviceAccount.ts';
import type { Family } from '../process/family.ts';
import type { Guarded } from '../process/guarded.ts';
import { freePorts } from '../process/ports.ts';
import { until } from '../process/wait.ts';
import { knativeManifests, NAMESPACE } from './manifests.ts';

const READY_SECONDS = 90;
const PROGRAMS = ['webhook', 'controller', 'autoscaler'] as const;
/** Goes into leases and Endpoints, which take no loopback address. Nothing is sent there. */
const POD_IP = '10.255.255.1';

/** The port of each program at which it tells Prometheus what it measures. */
export type MetricsPorts = Readonly<Record<(typeof PROGRAMS)[number], number>>;

/**
 * Installs Knative Serving and waits until its webhook judges and its controllers hold their leases.
 *
 * @param hasMetrics whether they measure anything: nothing unless config-observability asks for it when they start
 */
export async function startKnative(
  controlPlane: ControlPlane,
  family: Family,
  built: Built,
  hasMetrics = false,
): Promise<MetricsPorts> {
  const ports = await freePorts(PROGRAMS.length + 1);
  const [webhookPort = 0, ...metricsPorts] = ports;
  const manifests = knativeManifests(built.knativeConfig, webhookPort);
  await createAll(controlPlane, hasMetrics ? manifests.map(withMetrics) : manifests);

  const kubeconfig = await kubeconfigOf(controlPlane, { namespace: NAMESPACE, name: 'controller' });
  const [webhook, controller, autoscaler] = PROGRAMS.map((name, index) =>
    family.start({
      name: `knative-${name}`,
      command: built.pathOf(name),
      args: [],
      env: environment(name, kubeconfig, webhookPort, metricsPorts[index] ?? 0),
    }),
  );
  await webhookJudges(controlPlane, webhook);
  await isLeaseHeld(controlPlane, 'controller.', controller);
  await isLeaseHeld(controlPlane, 'autoscaler-bucket-', autoscaler);
  const [ofWebhook = 0, ofController = 0, ofAutoscaler = 0] = metricsPorts;
  return { webhook: ofWebhook, controller: ofController, autoscaler: ofAutoscaler };
}

function withMetrics(object: JsonObject): JsonObject {
  if (stringAt(object, 'metadata', 'name') !== 'config-observability') return object;
  return { ...object, data: { 'metrics-protocol': 'prometheus', 'request-metrics-protocol': 'prometheus' } };
}

/** As serving's config/core/deployments/*.yaml set it; PROFILING_PORT 0 takes a free one, metrics need a real one. */
function environment(
  name: string,
  kubeconfig: string,
  webhookPort: number,
  metricsPort: number,
): Readonly<Record<string, string>> {
  return {
    KUBECONFIG: kubeconfig,
    SYSTEM_NAMESPACE: NAMESPACE,
    CONFIG_LOGGING_NAME: 'config-logging',
    CONFIG_OBSERVABILITY_NAME: 'config-observability',
    METRICS_DOMAIN: 'knative.dev/serving',
    POD_NAME: `${name}-0`,
    POD_IP,
    WEBHOOK_NAME: 'webhook',
    WEBHOOK_PORT: String(webhookPort),
    PROFILING_PORT: '0',
    METRICS_PROMETHEUS_HOST: '127.0.0.1',
    METRICS_PROMETHEUS_PORT: String(metricsPort),
  };
}

/** Asks for a Service that is not written: the API server can only say yes when Knative's webhook has. */
async function webhookJudges({ api }: ControlPlane, of: Guarded | undefined): Promise<void> {
  const service = {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name: 'is-anybody-there' },
    spec: { template: { spec: { containers: [{ image: 'dev.local/none' }] } } },
  };
  await until("Knative's webhook judges", waiting(of), async () => {
    const answer: unknown = await api.create(
      '/apis/serving.knative.dev/v1/namespaces/default/services?dryRun=All',
      service,
    );
    return answer !== undefined;
  });
}

/** Each reconciler works once it holds its lease; they take theirs within the same moment. */
async function isLeaseHeld({ api }: ControlPlane, start: string, of: Guarded | undefined): Promise<void> {
  await until(`somebody holds Knative's lease ${start}*`, waiting(of), async () => {
    const leases = await api.get(`/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases`);
    return itemsOf(leases).some((lease) => {
      const isOfThem = stringAt(lease, 'metadata', 'name')?.startsWith(start);
      return isOfThem === true && (stringAt(lease, 'spec', 'holderIdentity') ?? '') !== '';
    });
  });
}

function waiting(of: Guarded | undefined) {
  return of === undefined ? { seconds: READY_SECONDS } : { seconds: READY_SECONDS, of };
}
