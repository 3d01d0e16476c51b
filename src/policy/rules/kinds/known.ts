/**
 * Every kind of the groups that Weir knows, with the version to write: the CRDs of knative/serving, knative/eventing and
 * the extensions in knative-extensions, kedacore/keda 2, and Weir's own.
 */

type Kinds = Readonly<Record<string, string>>;

export const KNOWN_KINDS: Readonly<Record<string, Kinds>> = {
  'serving.knative.dev': {
    Service: 'v1',
    Configuration: 'v1',
    Route: 'v1',
    Revision: 'v1',
    DomainMapping: 'v1beta1',
  },
  'eventing.knative.dev': {
    Broker: 'v1',
    Trigger: 'v1',
    EventType: 'v1beta2',
    EventPolicy: 'v1alpha1',
    EventTransform: 'v1alpha1',
    RequestReply: 'v1alpha1',
    KafkaSink: 'v1alpha1',
    RabbitmqBrokerConfig: 'v1alpha1',
  },
  'messaging.knative.dev': {
    Channel: 'v1',
    Subscription: 'v1',
    InMemoryChannel: 'v1',
    KafkaChannel: 'v1beta1',
    NatsJetStreamChannel: 'v1alpha1',
    NatssChannel: 'v1beta1',
    RabbitmqChannel: 'v1beta1',
  },
  'flows.knative.dev': { Sequence: 'v1', Parallel: 'v1' },
  'sources.knative.dev': {
    ApiServerSource: 'v1',
    ContainerSource: 'v1',
    PingSource: 'v1',
    SinkBinding: 'v1',
    KafkaSource: 'v1',
    IntegrationSource: 'v1alpha1',
    AwsSqsSource: 'v1alpha1',
    CamelSource: 'v1alpha1',
    CephSource: 'v1alpha1',
    CouchDbSource: 'v1alpha1',
    GitHubSource: 'v1alpha1',
    GitLabSource: 'v1alpha1',
    PrometheusSource: 'v1alpha1',
    RabbitmqSource: 'v1alpha1',
    RedisStreamSource: 'v1alpha1',
  },
  'sinks.knative.dev': { JobSink: 'v1alpha1', IntegrationSink: 'v1alpha1', RedisStreamSink: 'v1alpha1' },
  'bindings.knative.dev': { KafkaBinding: 'v1', GitHubBinding: 'v1alpha1', GitLabBinding: 'v1alpha1' },
  'operator.knative.dev': { KnativeServing: 'v1beta1', KnativeEventing: 'v1beta1' },
  'autoscaling.internal.knative.dev': { PodAutoscaler: 'v1alpha1', Metric: 'v1alpha1' },
  'networking.internal.knative.dev': {
    Ingress: 'v1alpha1',
    Certificate: 'v1alpha1',
    ServerlessService: 'v1alpha1',
    ClusterDomainClaim: 'v1alpha1',
    Domain: 'v1alpha1',
    Realm: 'v1alpha1',
  },
  'caching.internal.knative.dev': { Image: 'v1alpha1' },
  'keda.sh': {
    ScaledObject: 'v1alpha1',
    ScaledJob: 'v1alpha1',
    TriggerAuthentication: 'v1alpha1',
    ClusterTriggerAuthentication: 'v1alpha1',
  },
  'eventing.keda.sh': { CloudEventSource: 'v1alpha1', ClusterCloudEventSource: 'v1alpha1' },
  'http.keda.sh': { HTTPScaledObject: 'v1alpha1', InterceptorRoute: 'v1beta1' },
  'weir.dev': {
    EnvironmentPolicy: 'v1alpha1',
    PolicyException: 'v1alpha1',
    PolicyTest: 'v1alpha1',
    ScalingSchedule: 'v1alpha1',
    Configuration: 'v1alpha1',
  },
};

/**
 * Groups to which others add no kinds. In the rest (sources and channels of other makers) a kind that is not listed is
 * a mistake only where it is nearly one that is.
 */
export const CLOSED_GROUPS: ReadonlySet<string> = new Set([
  'serving.knative.dev',
  'flows.knative.dev',
  'keda.sh',
  'weir.dev',
]);

export const KNOWN_GROUPS: readonly string[] = Object.keys(KNOWN_KINDS);

/** The version to write for a kind, or undefined where the group has no such kind. */
export function versionOf(group: string, kind: string): string | undefined {
  const kinds = Object.hasOwn(KNOWN_KINDS, group) ? KNOWN_KINDS[group] : undefined;
  return kinds !== undefined && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
}

export function kindsIn(group: string): readonly string[] {
  return Object.hasOwn(KNOWN_KINDS, group) ? Object.keys(KNOWN_KINDS[group] ?? {}) : [];
}

/** The only group that has the kind; undefined where none or more than one has it. */
export function groupWith(kind: string): string | undefined {
  const groups = KNOWN_GROUPS.filter((group) => versionOf(group, kind) !== undefined);
  return groups.length === 1 ? groups[0] : undefined;
}
