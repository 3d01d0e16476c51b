/** The conditions of a Sequence and of a Parallel (knative/eventing pkg/apis/flows/v1 sequence_lifecycle.go, parallel_lifecycle.go). */
export const CHANNELS_READY = 'ChannelsReady';
export const SUBSCRIPTIONS_READY = 'SubscriptionsReady';
export const ADDRESSABLE = 'Addressable';
export const DEPENDENTS = [CHANNELS_READY, SUBSCRIPTIONS_READY, ADDRESSABLE, 'EventPoliciesReady'];
