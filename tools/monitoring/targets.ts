/**
 * What Prometheus reads, told once: as PodMonitors for the Prometheus operator, and as a scrape configuration for a
 * Prometheus without it. Both give a target the same job, so that the rules need not know which it was.
 */

export interface Target {
  readonly name: string;
  readonly says: string;
  /** Where its pods are; every namespace unless set. */
  readonly namespaces?: readonly string[];
  /** A label that the pods have, with its values where only some count. */
  readonly selects: { readonly label: string; readonly values?: readonly string[] };
  /** The name of the container's port. */
  readonly port: string;
  readonly every: string;
  /** Labels for what is read, by the labels of the pod that say them. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The job: a label of the pod behind a prefix, or a name for all. */
  readonly job: { readonly prefix: string; readonly label: string } | { readonly name: string };
}

export const TARGETS: readonly Target[] = [
  {
    name: 'weir',
    says: 'Weir: its webhook and its controllers.',
    namespaces: ['weir-system'],
    selects: { label: 'app.kubernetes.io/name', values: ['weir-webhook', 'weir-controller'] },
    port: 'metrics',
    every: '30s',
    job: { prefix: '', label: 'app.kubernetes.io/name' },
  },
  {
    name: 'weir-dead-letters',
    says: 'The dead-letter sinks that Weir keeps, one for each environment that asks for it, at the port that takes letters.',
    namespaces: ['weir-system'],
    selects: { label: 'app.kubernetes.io/name', values: ['dead-letters'] },
    port: 'http',
    every: '30s',
    labels: { environment: 'weir.dev/dead-letters' },
    job: { name: 'weir-dead-letters' },
  },
  {
    name: 'knative-serving',
    says: 'Knative Serving: activator, autoscaler, controller, webhook.',
    namespaces: ['knative-serving'],
    selects: { label: 'app.kubernetes.io/name', values: ['knative-serving'] },
    port: 'metrics',
    every: '30s',
    job: { prefix: 'knative-', label: 'app.kubernetes.io/component' },
  },
  {
    name: 'knative-eventing',
    says: 'Knative Eventing: the brokers’ ingress and filter, the in-memory channel, sources and controllers.',
    namespaces: ['knative-eventing'],
    selects: { label: 'app.kubernetes.io/name', values: ['knative-eventing'] },
    port: 'metrics',
    every: '30s',
    job: { prefix: 'knative-', label: 'app.kubernetes.io/component' },
  },
  {
    name: 'knative-queue-proxy',
    says: 'The queue-proxy of every Revision’s pods. They come and go: what a pod served since the last scrape goes with it.',
    selects: { label: 'serving.knative.dev/revision' },
    port: 'http-usermetric',
    every: '15s',
    job: { name: 'knative-queue-proxy' },
  },
];

/** Of what the operator reads. The wave is that of custom resources in overlays/: Argo CD applies their kinds before. */
export function metadataOf(name: string): Readonly<Record<string, unknown>> {
  return {
    name,
    namespace: 'weir-system',
    labels: { 'app.kubernetes.io/part-of': 'weir' },
    annotations: { 'argocd.argoproj.io/sync-wave': '3' },
  };
}

/** monitoring.coreos.com/v1, as prometheus-operator documents it. */
export function podMonitor(target: Target): Readonly<Record<string, unknown>> {
  const { name, namespaces, selects, port, every } = target;
  const { label: key, values } = selects;
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    metadata: metadataOf(name),
    spec: {
      namespaceSelector: namespaces === undefined ? { any: true } : { matchNames: namespaces },
      selector: {
        matchExpressions: [values === undefined ? { key, operator: 'Exists' } : { key, operator: 'In', values }],
      },
      podMetricsEndpoints: [
        {
          port,
          interval: every,
          relabelings: labelsOf(target).map(({ source_labels, target_label, ...rest }) => ({
            ...(source_labels === undefined ? {} : { sourceLabels: source_labels }),
            targetLabel: target_label,
            ...rest,
          })),
        },
      ],
    },
  };
}

/** One of Prometheus' `scrape_configs`. */
export function scrapeConfig(target: Target): Readonly<Record<string, unknown>> {
  const { name, namespaces, selects, port, every } = target;
  const pod = `__meta_kubernetes_pod_label_${meta(selects.label)}`;
  return {
    job_name: name,
    scrape_interval: every,
    kubernetes_sd_configs: [
      { role: 'pod', ...(namespaces === undefined ? {} : { namespaces: { names: namespaces } }) },
    ],
    relabel_configs: [
      {
        source_labels: [selects.values === undefined ? pod.replace('_label_', '_labelpresent_') : pod],
        regex: selects.values?.join('|') ?? 'true',
        action: 'keep',
      },
      { source_labels: ['__meta_kubernetes_pod_container_port_name'], regex: port, action: 'keep' },
      { source_labels: ['__meta_kubernetes_pod_phase'], regex: '(Failed|Succeeded)', action: 'drop' },
      ...labelsOf(target),
      { source_labels: ['__meta_kubernetes_namespace'], target_label: 'namespace' },
      { source_labels: ['__meta_kubernetes_pod_name'], target_label: 'pod' },
      { source_labels: ['__meta_kubernetes_pod_container_name'], target_label: 'container' },
    ],
  };
}

interface Relabelling {
  readonly source_labels?: readonly string[];
  readonly target_label: string;
  readonly replacement?: string;
}

function labelsOf({ job, labels = {} }: Target): Relabelling[] {
  const more = Object.entries(labels).map(([target_label, label]) => ({
    source_labels: [`__meta_kubernetes_pod_label_${meta(label)}`],
    target_label,
  }));
  return [jobOf(job), ...more];
}

function jobOf(job: Target['job']): Relabelling {
  if ('name' in job) return { target_label: 'job', replacement: job.name };
  const source_labels = [`__meta_kubernetes_pod_label_${meta(job.label)}`];
  return { source_labels, target_label: 'job', ...(job.prefix === '' ? {} : { replacement: `${job.prefix}$1` }) };
}

/** As Prometheus spells a label within a name of its own. */
function meta(label: string): string {
  return label.replace(/[^a-zA-Z0-9]/g, '_');
}
