import { brokerOf } from '../../../knative/eventing/references.ts';
import { type JsonObject, objectAt } from '../../../kubernetes/json.ts';
import { broker, parallel, sequence, subscription, trigger } from '../../../kubernetes/kinds.ts';
import { titleOf, withName } from '../../../kubernetes/object.ts';
import { defineRule, type RuleContext, type Violation } from '../../engine/rule.ts';
import type { Subject } from '../../engine/subject.ts';
import { channelOf, deliveryPlaces, nearestPlace } from './deliveryPlaces.ts';
import { brokerInSight, hasDeadLetterSink, triggersOf } from './inSight.ts';

/**
 * Somewhere for what cannot be delivered.
 *
 * A Trigger without a dead letter sink has its Broker's, a Subscription its channel's (knative/eventing
 * pkg/reconciler/broker/trigger/trigger.go, pkg/reconciler/subscription/subscription.go). So a Broker is told once,
 * instead of each of its Triggers.
 */
export const deadLetter = defineRule({
  id: 'eventing/dead-letter',
  title: 'what cannot be delivered goes to a dead letter sink',
  why: 'After the last attempt an event without a dead letter sink is dropped: nobody sees it, and nobody can send it again.',
  howToFix:
    'Name `delivery.deadLetterSink` on the Broker for all of its Triggers, or on each Trigger, Subscription, step or branch; ' +
    'or give the environment one in `eventing.delivery.deadLetterSink.default`, or let Weir keep one by `eventing.deadLetters.keep`.',
  kinds: [broker, trigger, subscription, sequence, parallel],
  action: 'warn',
  needsOthers: true,
  examples: {
    bad: `
apiVersion: eventing.knative.dev/v1
kind: Broker
metadata: {name: orders, annotations: {eventing.knative.dev/broker.class: Kafka}}
spec:
  config: {apiVersion: v1, kind: ConfigMap, name: kafka-broker-config, namespace: knative-eventing}
`,
    good: `
apiVersion: eventing.knative.dev/v1
kind: Broker
metadata: {name: orders, annotations: {eventing.knative.dev/broker.class: Kafka}}
spec:
  config: {apiVersion: v1, kind: ConfigMap, name: kafka-broker-config, namespace: knative-eventing}
  delivery:
    deadLetterSink: {ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: dead-letters}}
`,
  },

  judge(subject, context) {
    if (subject.key === broker.key) return judgeBroker(subject, context);
    if (subject.key === trigger.key) return judgeTrigger(subject, context);
    if (subject.key === subscription.key) return judgeSubscription(subject, context);
    return judgeFlow(subject, context);
  },
});

const ADVICE = 'name delivery.deadLetterSink';

function judgeBroker(subject: Subject, context: RuleContext): Violation[] {
  const { object, name, namespace } = subject;
  if (hasDeadLetterSink(deliveryOf(object))) return [];

  const triggers = triggersOf(name, namespace, context);
  const without = triggers.filter((item) => !hasDeadLetterSink(deliveryOf(item)));
  if (triggers.length > 0 && without.length === 0) return [];
  const whose = without.length === 0 ? 'its Triggers' : counted(without.length);
  const message = `${withName('Broker', name)} has no dead letter sink: events that ${whose} cannot deliver are lost; ${ADVICE}`;
  return [{ path: nearestPlace(object, 'spec', 'delivery'), message }];
}

function counted(triggers: number): string {
  return triggers === 1
    ? 'its one Trigger in sight without one of its own'
    : `its ${triggers} Triggers in sight without one of their own`;
}

function judgeTrigger({ object, name }: Subject, { inventory }: RuleContext): Violation[] {
  const placed = brokerOf(object);
  if (placed === undefined || hasDeadLetterSink(deliveryOf(object))) return [];
  if (brokerInSight(object, inventory) !== undefined) return [];
  const unseen = `its Broker ${placed.reference.name}, which may have one, is not in sight`;
  const message = `${withName('Trigger', name)} has no dead letter sink, and ${unseen}; ${ADVICE} on either`;
  return [{ path: nearestPlace(object, 'spec', 'delivery'), message }];
}

function judgeSubscription({ object, name }: Subject, { inventory }: RuleContext): Violation[] {
  if (hasDeadLetterSink(deliveryOf(object))) return [];
  const channel = channelOf(object, inventory);
  if (channel !== undefined && hasDeadLetterSink(deliveryOf(channel))) return [];
  const message = `${withName('Subscription', name)} has no dead letter sink: events that it cannot deliver are lost; ${ADVICE}`;
  return [{ path: nearestPlace(object, 'spec', 'delivery'), message }];
}

/** One finding for all the steps or branches, since one mistake made them. */
function judgeFlow(subject: Subject, { inventory }: RuleContext): Violation[] {
  const without = deliveryPlaces(subject, inventory).filter(({ delivery }) => !hasDeadLetterSink(delivery));
  if (without.length === 0) return [];

  const items = subject.key === sequence.key ? 'steps' : 'branches';
  const count = without.length === 1 ? `1 of its ${items} has` : `${without.length} of its ${items} have`;
  const message = `${titleOf(subject.reference)}: ${count} no dead letter sink, so that events are lost there; ${ADVICE} at each`;
  return [{ path: nearestPlace(subject.object, 'spec', items), message }];
}

function deliveryOf(object: JsonObject): JsonObject | undefined {
  return objectAt(object, 'spec', 'delivery');
}
