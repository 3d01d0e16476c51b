import { BROKER_CLASS } from '../../../knative/eventing/brokerAndTrigger.ts';
import { broker } from '../../../kubernetes/kinds.ts';
import { titleOf } from '../../../kubernetes/object.ts';
import { pointer } from '../../../kubernetes/pointer.ts';
import { defineRule } from '../../engine/rule.ts';
import { brokerClassOf } from './channels.ts';
import { nearestPlace } from './deliveryPlaces.ts';

/** Broker classes that the environment runs. */
export const brokerClass = defineRule({
  id: 'eventing/broker-class',
  title: 'every Broker is of a class that the environment runs',
  why: 'No controller looks after a Broker of an unknown class: it never becomes ready, and its Triggers wait for ever.',
  howToFix: `Set the annotation \`${BROKER_CLASS}\` to a class in \`eventing.brokerClasses\`. A Broker keeps its class for life: make a new one, and move the Triggers over.`,
  kinds: [broker],
  action: 'deny',
  examples: {
    bad: `
apiVersion: eventing.knative.dev/v1
kind: Broker
metadata: {name: orders, annotations: {eventing.knative.dev/broker.class: RabbitMQBroker}}
spec:
  config: {apiVersion: rabbitmq.com/v1beta1, kind: RabbitmqCluster, name: orders}
`,
    good: `
apiVersion: eventing.knative.dev/v1
kind: Broker
metadata: {name: orders, annotations: {eventing.knative.dev/broker.class: Kafka}}
spec:
  config: {apiVersion: v1, kind: ConfigMap, name: kafka-broker-config, namespace: knative-eventing}
`,
  },

  judge(subject, { policy }) {
    const classes = policy.eventing?.brokerClasses;
    if (policy.eventing === undefined || classes === undefined) return [];
    const found = brokerClassOf(subject.object, policy.eventing);
    if (classes.includes(found.name)) return [];

    const given = found.isWritten
      ? `has the class ${found.name}`
      : `has no class, and the cluster then takes ${found.name}`;
    const path = found.isWritten
      ? pointer('metadata', 'annotations', BROKER_CLASS)
      : nearestPlace(subject.object, 'metadata', 'annotations');
    return [{ path, message: `${titleOf(subject.reference)} ${given}; ${policy.name} allows ${classes.join(', ')}` }];
  },
});
