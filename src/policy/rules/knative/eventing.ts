import { validatedEventingKinds, validateEventing } from '../../../knative/eventing/validate.ts';
import { defineRule } from '../../engine/rule.ts';
import { violationOf } from './refusal.ts';

/** What Knative Eventing's webhook refuses. The words are Knative's; see src/knative/eventing. */
export const eventing = defineRule({
  id: 'knative/eventing',
  title: 'every Broker, Trigger, channel and source is one that Knative accepts',
  why: 'The webhook denies it at the sync, when the commit has long been merged, and the events of the meantime are nowhere.',
  howToFix: 'Change what the message names.',
  kinds: validatedEventingKinds,
  action: 'deny',
  examples: {
    bad: `
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: orders}
spec:
  broker: default
  filter: {attributes: {type: order.created.v1}}
`,
    good: `
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: orders}
spec:
  broker: default
  filter: {attributes: {type: order.created.v1}}
  subscriber:
    ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: orders}
`,
  },
  judge: (subject) => validateEventing(subject.object).map((error) => violationOf(error)),
});
