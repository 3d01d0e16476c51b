import { broker, channel, kafkaChannel, parallel, sequence } from '../../../kubernetes/kinds.ts';
import { titleOf } from '../../../kubernetes/object.ts';
import { defineRule } from '../../engine/rule.ts';
import { channelChoice, IN_MEMORY } from './channels.ts';

/** Channels of the kinds that the environment runs; InMemoryChannel has a rule of its own. */
export const channelKind = defineRule({
  id: 'eventing/channel-kind',
  title: 'channels are of a kind that the environment runs',
  why: 'A channel whose controller is not installed never becomes ready, and everything that is sent to it waits.',
  howToFix: 'Name one of the kinds in `eventing.channels`.',
  kinds: [kafkaChannel, channel, broker, sequence, parallel],
  action: 'deny',
  needsOthers: true,
  examples: {
    bad: `
apiVersion: messaging.knative.dev/v1
kind: Channel
metadata: {name: orders}
spec:
  channelTemplate: {apiVersion: messaging.knative.dev/v1beta1, kind: NatssChannel}
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
    const channels = context.policy.eventing?.channels;
    if (channels === undefined) return [];
    const choice = channelChoice(subject, context);
    if (choice === undefined || choice.kind === IN_MEMORY || channels.includes(choice.kind)) return [];
    const allowed = channels.join(' and ');
    const message = `${titleOf(subject.reference)} ${choice.because}; ${context.policy.name} allows ${allowed}`;
    return [{ path: choice.path, message }];
  },
});
