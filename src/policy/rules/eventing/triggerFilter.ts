import { acceptsEverything } from '../../../knative/eventing/filterShape.ts';
import { brokerOf } from '../../../knative/eventing/references.ts';
import { trigger } from '../../../kubernetes/kinds.ts';
import { titleOf } from '../../../kubernetes/object.ts';
import { defineRule } from '../../engine/rule.ts';
import { nearestPlace } from './deliveryPlaces.ts';
import { loopOf } from './triggerLoop.ts';

/** A filter on every Trigger; one that closes a loop is told by eventing/trigger-loop instead. */
export const triggerFilter = defineRule({
  id: 'eventing/trigger-filter',
  title: 'each Trigger says which events it wants',
  why: 'A Trigger without a filter gets every event of its Broker, those that are invented next year too; its subscriber starts for each, and answers with errors to what it does not know.',
  howToFix:
    'Name the types that the subscriber handles in `spec.filter.attributes`, or as `filters` with exact, prefix, suffix, any and all.',
  kinds: [trigger],
  action: 'warn',
  needsOthers: true,
  examples: {
    bad: `
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: projection}
spec:
  broker: orders
  subscriber: {ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: projection}}
`,
    good: `
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: projection}
spec:
  broker: orders
  filters:
  - prefix: {type: order.}
  subscriber: {ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: projection}}
`,
  },

  judge(subject, context) {
    if (!acceptsEverything(subject.object) || loopOf(subject, context) !== undefined) return [];
    const from = brokerOf(subject.object)?.reference.name ?? '';
    const message = `${titleOf(subject.reference)} has no filter and gets every event of Broker ${from}; name the types that its subscriber handles`;
    return [{ path: nearestPlace(subject.object, 'spec', 'filter'), message }];
  },
});
