import { acceptsEverything } from '../../../knative/eventing/filterShape.ts';
import { brokerOf, destinationAt, type Reference } from '../../../knative/eventing/references.ts';
import { arrayAt, type JsonObject, objectAt, stringAt, valueAt } from '../../../kubernetes/json.ts';
import {
  broker,
  keyOf,
  knativeService,
  parallel,
  sequence,
  sinkBinding,
  subscription,
  trigger,
} from '../../../kubernetes/kinds.ts';
import { referenceTo, titleOf, withName } from '../../../kubernetes/object.ts';
import { podTemplateOf } from '../../../kubernetes/podTemplate.ts';
import { type Inventory, sameNamespace } from '../../engine/inventory.ts';
import { defineRule, type RuleContext } from '../../engine/rule.ts';
import type { Subject } from '../../engine/subject.ts';
import { brokerAddress } from './brokerAddress.ts';
import { findReferenced } from './inSight.ts';

/**
 * Events that come back to the Trigger that sent them.
 *
 * What a subscriber answers goes into the Trigger's Broker (knative/eventing pkg/broker/filter), where it meets the same
 * Trigger. Whether a service answers, Git does not say; that a Sequence replies to the Broker, that a dead letter sink
 * is the Broker, or that a subscriber's own configuration names the Broker as where it sends to, it does.
 */
export const triggerLoop = defineRule({
  id: 'eventing/trigger-loop',
  title: 'no Trigger gets its own answers again',
  why: 'An event that makes another one that passes the same Trigger goes round until somebody pulls the plug, and scales everything on its way to the maximum.',
  howToFix:
    'Filter on the types that the subscriber handles, none of which it sends; send dead letters and replies somewhere else.',
  kinds: [trigger, broker],
  action: 'deny',
  needsOthers: true,
  examples: {
    bad: `
apiVersion: flows.knative.dev/v1
kind: Sequence
metadata: {name: enrich}
spec:
  channelTemplate: {apiVersion: messaging.knative.dev/v1, kind: KafkaChannel}
  steps:
  - ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: enricher}
  reply: {ref: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: orders}}
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: enrich}
spec:
  broker: orders
  subscriber: {ref: {apiVersion: flows.knative.dev/v1, kind: Sequence, name: enrich}}
`,
    good: `
apiVersion: flows.knative.dev/v1
kind: Sequence
metadata: {name: enrich}
spec:
  channelTemplate: {apiVersion: messaging.knative.dev/v1, kind: KafkaChannel}
  steps:
  - ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: enricher}
  reply: {ref: {apiVersion: eventing.knative.dev/v1, kind: Broker, name: orders}}
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: enrich}
spec:
  broker: orders
  filter: {attributes: {type: order.created.v1}}
  subscriber: {ref: {apiVersion: flows.knative.dev/v1, kind: Sequence, name: enrich}}
`,
  },

  judge(subject, context) {
    if (subject.key === broker.key) {
      const sink = destinationAt(subject.object, 'spec', 'delivery', 'deadLetterSink');
      if (sink === undefined || !isBroker(sink, subject.name, subject.namespace)) return [];
      const message = `${titleOf(subject.reference)} is its own dead letter sink: what cannot be delivered is sent again for ever; name another`;
      return [{ path: '/spec/delivery/deadLetterSink/ref', message }];
    }
    const loop = loopOf(subject, context);
    return loop === undefined ? [] : [loop];
  },
});

interface Loop {
  readonly path: string;
  readonly message: string;
}

/** How the Trigger's events come back to it, or undefined. */
export function loopOf({ object, name }: Subject, { inventory }: RuleContext): Loop | undefined {
  const home = brokerOf(object)?.reference;
  if (home === undefined) return undefined;

  const deadLetters = destinationAt(object, 'spec', 'delivery', 'deadLetterSink');
  if (deadLetters !== undefined && isBroker(deadLetters, home.name, home.namespace)) {
    const message = `${withName('Trigger', name)} sends its dead letters back to its own Broker ${home.name}, where they pass it again; name another sink`;
    return { path: '/spec/delivery/deadLetterSink/ref', message };
  }

  const subscriber = destinationAt(object, 'spec', 'subscriber');
  if (subscriber === undefined) return undefined;
  const path = '/spec/subscriber/ref';
  if (isBroker(subscriber, home.name, home.namespace)) {
    const message = `${withName('Trigger', name)} sends the events of Broker ${home.name} to that Broker again, where they pass it again; name another subscriber`;
    return { path, message };
  }
  if (!acceptsEverything(object)) return undefined;

  const way = wayBack(subscriber, home, inventory);
  if (way === undefined) return undefined;
  const message = `${withName('Trigger', name)} has no filter, and its subscriber ${subscriber.kind} ${subscriber.name} ${way} Broker ${home.name}, where that passes it again; filter on the types that it handles`;
  return { path, message };
}

function isBroker(reference: Reference, name: string, namespace: string): boolean {
  return (
    keyOf({ ...reference }) === broker.key && reference.name === name && sameNamespace(reference.namespace, namespace)
  );
}

/** More hops than this, nobody has; the bound keeps hostile input cheap. */
const MOST_HOPS = 64;

/** How what the subscriber gets comes to the Broker, in words that stand between the two; undefined where it does not. */
function wayBack(subscriber: Reference, home: Reference, inventory: Inventory): string | undefined {
  const seen = new Set<string>();
  const open: Reference[] = [subscriber];
  for (let next = open.shift(); next !== undefined && seen.size < MOST_HOPS; next = open.shift()) {
    const id = `${keyOf({ ...next })} ${next.namespace}/${next.name}`;
    if (seen.has(id)) continue;
    seen.add(id);

    if (isBroker(next, home.name, home.namespace)) return 'leads back to';
    const object = findReferenced(inventory, next);
    if (object !== undefined && sendsTo(object, home, inventory))
      return next === subscriber ? 'sends to' : 'leads back to';
    open.push(...onward(next, object, inventory));
  }
  return undefined;
}

/** Where an event goes from here without anything deciding on it but the code of a step. */
function onward(reference: Reference, object: JsonObject | undefined, inventory: Inventory): Reference[] {
  const key = keyOf({ ...reference });
  const next: (Reference | undefined)[] = [];
  if (key === broker.key) {
    for (const item of inventory.inNamespace(trigger, reference.namespace)) {
      const from = brokerOf(item)?.reference;
      if (from?.name === reference.name && acceptsEverything(item))
        next.push(destinationAt(item, 'spec', 'subscriber'));
    }
  } else if (key === sequence.key && object !== undefined) {
    next.push(destinationAt(object, 'spec', 'reply'));
  } else if (key === parallel.key && object !== undefined) {
    next.push(destinationAt(object, 'spec', 'reply'));
    for (const index of arrayAt(object, 'spec', 'branches').keys()) {
      next.push(destinationAt(object, 'spec', 'branches', index, 'reply'));
    }
  } else if (key.startsWith('messaging.knative.dev/')) {
    for (const item of inventory.inNamespace(subscription, reference.namespace)) {
      if (stringAt(item, 'spec', 'channel', 'name') !== reference.name) continue;
      next.push(destinationAt(item, 'spec', 'subscriber'), destinationAt(item, 'spec', 'reply'));
    }
  }
  return next.filter((item) => item !== undefined);
}

/** True where the workload's own configuration names the Broker: in its environment, or by a SinkBinding. */
function sendsTo(object: JsonObject, home: Reference, inventory: Inventory): boolean {
  const template = podTemplateOf(object);
  for (const container of template?.containers ?? []) {
    for (const variable of arrayAt(container.value, 'env')) {
      const address = brokerAddress(stringAt(variable, 'value') ?? '');
      if (address?.name === home.name && sameNamespace(address.namespace, home.namespace)) return true;
    }
  }
  if (keyOf(object) !== knativeService.key) return false;

  const { namespace, name } = referenceTo(object);
  // one binds what is in its own namespace alone
  return inventory.inNamespace(sinkBinding, namespace).some((binding) => {
    const subject = objectAt(binding, 'spec', 'subject');
    const sink = destinationAt(binding, 'spec', 'sink');
    if (sink === undefined || keyOf(subject) !== knativeService.key || valueAt(subject, 'name') !== name) return false;
    return isBroker(sink, home.name, home.namespace);
  });
}
