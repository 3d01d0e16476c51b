import { arrayAt, stringAt } from '../../../kubernetes/json.ts';
import { broker } from '../../../kubernetes/kinds.ts';
import { titleOf } from '../../../kubernetes/object.ts';
import { workloads } from '../../../kubernetes/podTemplate.ts';
import { join } from '../../../kubernetes/pointer.ts';
import { defineRule, type RuleContext, type Violation } from '../../engine/rule.ts';
import { type BrokerAddress, brokerAddress } from './brokerAddress.ts';
import { brokerClassOf, CHANNEL_BROKER } from './channels.ts';

/** A Broker's address is in its status.address.url; each class has an ingress of its own. */
export const brokerUrl = defineRule({
  id: 'eventing/broker-url',
  title: "no workload holds a Broker's address",
  why: 'The address hangs on the class of the Broker, on transport encryption and on where Knative runs: it breaks when one of them changes, and in the next environment.',
  howToFix:
    'Take the address from `K_SINK`, which a SinkBinding puts into the containers: `subject` names the workload, `sink` the Broker.',
  kinds: workloads,
  action: 'warn',
  needsOthers: true,
  examples: {
    bad: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: order}
spec:
  template:
    spec:
      containers:
      - image: registry.example.com/shop/order:1.4.2
        env: [{name: BROKER_URL, value: http://broker-ingress.knative-eventing.svc.cluster.local/shop/orders}]
`,
    good: `
apiVersion: sources.knative.dev/v1
kind: SinkBinding
metadata: {name: order}
spec:
  subject: {apiVersion: serving.knative.dev/v1, kind: Service, name: order}
  sink: {ref: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: orders}}
---
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: order}
spec:
  template:
    spec:
      containers:
      - image: registry.example.com/shop/order:1.4.2
`,
  },

  judge(subject, context) {
    const violations: Violation[] = [];
    for (const container of subject.template?.containers ?? []) {
      const variables = arrayAt(container.value, 'env');
      for (let index = 0; index < variables.length; index++) {
        const variable = variables[index];
        const value = stringAt(variable, 'value');
        const address = value === undefined ? undefined : brokerAddress(value);
        if (address === undefined) continue;
        const name = stringAt(variable, 'name') || 'a variable without a name';
        violations.push({
          path: join(container.path, 'env', index, 'value'),
          message: `${name} holds the address of Broker ${address.namespace}/${address.name}${mismatch(address, context)}; bind ${titleOf(subject.reference)} by a SinkBinding and read K_SINK`,
        });
      }
    }
    return violations;
  },
});

/** Said where the Broker is in sight and its class has another ingress. */
function mismatch({ ingress, namespace, name }: BrokerAddress, { inventory, policy }: RuleContext): string {
  const object = inventory.find(broker, namespace, name);
  if (object === undefined) return '';
  const brokerClass = brokerClassOf(object, policy.eventing ?? {}).name;
  const right =
    brokerClass === CHANNEL_BROKER ? 'broker-ingress' : brokerClass === 'Kafka' ? 'kafka-broker-ingress' : ingress;
  return right === ingress ? '' : `, which is wrong by now: its class is ${brokerClass}, whose ingress is ${right}`;
}
