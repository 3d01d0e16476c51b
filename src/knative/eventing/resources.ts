/** Knative Eventing's resources, in the versions of 1.23; each is a Resource of src/kubernetes/client. */

interface EventingResource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly isNamespaced: true;
}

export const brokers = eventing('eventing.knative.dev', 'Broker', 'brokers');
export const triggers = eventing('eventing.knative.dev', 'Trigger', 'triggers');
export const channels = eventing('messaging.knative.dev', 'Channel', 'channels');
export const inMemoryChannels = eventing('messaging.knative.dev', 'InMemoryChannel', 'inmemorychannels');
export const subscriptions = eventing('messaging.knative.dev', 'Subscription', 'subscriptions');
export const sequences = eventing('flows.knative.dev', 'Sequence', 'sequences');
export const parallels = eventing('flows.knative.dev', 'Parallel', 'parallels');

/** What others bring, and what takes events where it is there. */
export const kafkaChannels = eventing('messaging.knative.dev', 'KafkaChannel', 'kafkachannels');
export const kafkaSinks = eventing('eventing.knative.dev', 'KafkaSink', 'kafkasinks', 'v1alpha1');
export const eventTransforms = eventing('eventing.knative.dev', 'EventTransform', 'eventtransforms', 'v1alpha1');

export const pingSources = eventing('sources.knative.dev', 'PingSource', 'pingsources');
export const apiServerSources = eventing('sources.knative.dev', 'ApiServerSource', 'apiserversources');
export const containerSources = eventing('sources.knative.dev', 'ContainerSource', 'containersources');
export const sinkBindings = eventing('sources.knative.dev', 'SinkBinding', 'sinkbindings');
export const kafkaSources = eventing('sources.knative.dev', 'KafkaSource', 'kafkasources');

function eventing(group: string, kind: string, plural: string, version = 'v1'): EventingResource {
  return { group, version, plural, kind, isNamespaced: true };
}
