import { broker, channel, inMemoryChannel, parallel, sequence } from '../../../kubernetes/kinds.ts';
import { titleOf } from '../../../kubernetes/object.ts';
import type { Edit } from '../../engine/edit.ts';
import { defineRule } from '../../engine/rule.ts';
import type { Subject } from '../../engine/subject.ts';
import { allowedTemplate, brokerClassOf, channelChoice, IN_MEMORY } from './channels.ts';

/**
 * No events in the memory of one pod.
 *
 * What a cluster fills in stands in config-br-defaults and default-ch-webhook, both InMemoryChannel as shipped
 * (knative/eventing config/core/configmaps/default-{broker,channel}.yaml); `eventing.clusterDefaults` says otherwise.
 */
export const inMemoryChannelRule = defineRule({
  id: 'eventing/in-memory-channel',
  title: 'events are not kept in the memory of one pod',
  why: 'An InMemoryChannel loses every event that it holds when its dispatcher restarts, and holds back nothing when a consumer is slow.',
  howToFix:
    'Name a durable channel such as KafkaChannel as the channelTemplate, or take a Broker of class Kafka. A Broker keeps its ' +
    'class and config for life: make a new one, and move the Triggers over.',
  kinds: [inMemoryChannel, channel, broker, sequence, parallel],
  action: 'deny',
  needsOthers: true,
  examples: {
    bad: `
apiVersion: messaging.knative.dev/v1
kind: Channel
metadata: {name: orders}
spec:
  channelTemplate: {apiVersion: messaging.knative.dev/v1, kind: InMemoryChannel}
`,
    good: `
apiVersion: messaging.knative.dev/v1
kind: Channel
metadata: {name: orders}
spec:
  channelTemplate: {apiVersion: messaging.knative.dev/v1, kind: KafkaChannel}
`,
  },

  judge(subject, context) {
    const { eventing, name: environment } = context.policy;
    const channels = eventing?.channels;
    if (eventing === undefined || channels === undefined || channels.includes(IN_MEMORY)) return [];
    if (subject.key === broker.key) {
      // A class that is not allowed at all is told by eventing/broker-class.
      const brokerClass = brokerClassOf(subject.object, eventing).name;
      if (eventing.brokerClasses !== undefined && !eventing.brokerClasses.includes(brokerClass)) return [];
    }

    const choice = channelChoice(subject, context);
    if (choice?.kind !== IN_MEMORY) return [];
    const message = `${titleOf(subject.reference)} ${choice.because}: it loses its events with a pod; ${environment} allows ${channels.join(' and ')}`;
    const fix = fixFor(subject, channels);
    return [{ path: choice.path, message, ...(fix === undefined ? {} : { fix }) }];
  },
});

/** Brokers and InMemoryChannels cannot turn into something else; what is made from a template can. */
function fixFor(subject: Subject, channels: readonly string[]): Edit[] | undefined {
  if (subject.key === broker.key || subject.key === inMemoryChannel.key) return undefined;
  const template = allowedTemplate(channels);
  return template === undefined ? undefined : [{ set: '/spec/channelTemplate', value: template }];
}
