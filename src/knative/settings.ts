/**
 * What the cluster behind an environment is, as far as it decides what Knative accepts and fills in:
 * the policy's `spec.knative`, with the ConfigMaps that stand beside the manifests laid over it.
 */
export interface KnativeSettings {
  /** Knative Serving's minor version, such as "1.23". */
  readonly version: string;
  /** config-features, by key: `kubernetes.podspec-affinity: enabled`. */
  readonly features: Readonly<Record<string, string>>;
  /** config-autoscaler, by key: `max-scale-limit: "100"`. */
  readonly autoscaler: Readonly<Record<string, string>>;
  /** config-defaults, by key: `revision-timeout-seconds: "300"`. */
  readonly defaults: Readonly<Record<string, string>>;
  /** Namespaces of the ingress gateways, such as `kourier-system`. */
  readonly gateways: readonly string[];
  /** Where Knative Serving's own pods run. */
  readonly systemNamespace: string;
}

export const DEFAULT_SETTINGS: KnativeSettings = {
  version: '1.23',
  features: {},
  autoscaler: {},
  defaults: {},
  // Kourier's, by its own release and by Knative's operator
  gateways: ['kourier-system', 'knative-serving'],
  systemNamespace: 'knative-serving',
};
