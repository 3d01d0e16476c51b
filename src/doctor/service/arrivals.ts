/** Events that do not arrive: Triggers, Subscriptions and sources that lead to the Service, their Brokers, and where undelivered events go. */
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../../kubernetes/json.ts';
import { groupOf } from '../../kubernetes/kinds.ts';
import { annotationsOf, nameOf, referenceTo, titleOf } from '../../kubernetes/object.ts';
import { didYouMean } from '../../text/nearest.ts';
import { kubectl } from '../command.ts';
import { conditionOf, conditionsOf, reasonOf } from '../conditions.ts';
import { blind, itemsOf } from '../look.ts';
import { listed, note, type Verdict, well, wrong } from '../verdict.ts';
import { mistyped } from './eventTypes.ts';
import type { ServiceFacts } from './facts.ts';

const BROKER_CLASS = 'eventing.knative.dev/broker.class';

export function arrivals(facts: ServiceFacts): Verdict[] {
  if (facts.triggers.is === 'absent') return [];
  const hidden = blind('events/triggers', 'Triggers', facts.triggers);
  if (hidden !== undefined) return [hidden];
  const ours = <Each extends JsonObject>(objects: readonly Each[], field: string) =>
    objects
      .filter((object) => leadsHere(objectAt(object, 'spec', field), facts))
      .sort((left, right) => (nameOf(left) < nameOf(right) ? -1 : 1));
  const triggers = ours(itemsOf(facts.triggers), 'subscriber');
  const subscriptions = ours(itemsOf(facts.subscriptions), 'subscriber');
  const sources = ours(facts.sources.flatMap(itemsOf), 'sink');
  if (triggers.length + subscriptions.length + sources.length === 0) {
    const found = `no Trigger, Subscription or source of ${facts.namespace} leads to ${facts.name}: it gets no events from there`;
    return [note('events/none', found, kubectl('get triggers,subscriptions', facts.namespace))];
  }
  const brokers = [...new Set(triggers.map((trigger) => stringAt(trigger, 'spec', 'broker') ?? 'default'))].sort();
  return [
    ...brokers.flatMap((name) => ofBroker(name, triggers, facts)),
    ...triggers.flatMap((trigger) => ofTrigger(trigger, facts)),
    ...[...subscriptions, ...sources].flatMap((object) => ofOther(object, facts)),
  ];
}

/** By reference, or by the address that a Service has in the cluster. */
function leadsHere(destination: JsonObject | undefined, { name, namespace }: ServiceFacts): boolean {
  const ref = objectAt(destination, 'ref');
  if (ref !== undefined) {
    const isService =
      stringAt(ref, 'kind') === 'Service' &&
      ['serving.knative.dev', ''].includes(groupOf(stringAt(ref, 'apiVersion') ?? ''));
    return isService && stringAt(ref, 'name') === name && (stringAt(ref, 'namespace') ?? namespace) === namespace;
  }
  const host = /^https?:\/\/([^/:]+)/.exec(stringAt(destination, 'uri') ?? '')?.[1] ?? '';
  return host === `${name}.${namespace}` || host.startsWith(`${name}.${namespace}.`);
}

function ofBroker(name: string, triggers: readonly JsonObject[], facts: ServiceFacts): Verdict[] {
  const { namespace } = facts;
  const all = itemsOf(facts.brokers);
  const broker = all.find((each) => nameOf(each) === name);
  if (broker === undefined) {
    const known = all.map(nameOf).sort();
    const hint = didYouMean(name, known);
    const names = triggers.filter((trigger) => (stringAt(trigger, 'spec', 'broker') ?? 'default') === name).map(nameOf);
    const found = `${names.length === 1 ? `Trigger ${names[0]} asks` : `Triggers ${listed(names)} ask`} Broker ${name}, which is not in ${namespace}${known.length === 0 ? ': there is none' : hint === '' ? `; there is ${listed(known)}` : hint}`;
    return [wrong('events/broker', found, kubectl('get brokers', namespace))];
  }
  const ready = conditionOf(broker, 'Ready');
  if (ready !== undefined && ready.status !== 'True') {
    const found = `Broker ${name} is not ready, so that nothing passes through it: ${firstReason(broker)}`;
    return [
      wrong('events/broker', found, kubectl(`describe broker ${name}`, namespace), ...brokerLogs(broker, 'broker')),
    ];
  }
  return [
    ...senders(broker, facts),
    ...(ready === undefined && !facts.isEmbedded
      ? [
          note(
            'events/broker',
            `Broker ${name} has no status: no controller of Eventing has looked at it`,
            kubectl(`describe broker ${name}`, namespace),
          ),
        ]
      : []),
  ];
}

/** Who sends to the Broker, as far as sources say it: applications may, too. */
function senders(broker: JsonObject, { sources, namespace, isEmbedded }: ServiceFacts): Verdict[] {
  const name = nameOf(broker);
  const to = sendersTo(name, sources);
  if (to.length === 0)
    return [
      note(
        'events/senders',
        `no source of ${namespace} sends to Broker ${name}: what an application sends itself is not seen here`,
        kubectl(`get broker ${name}`, namespace, '-o', 'jsonpath={.status.address.url}'),
        ...(isEmbedded ? [] : brokerLogs(broker, 'ingress')),
      ),
    ];
  const broken = to.filter((source) => isBroken(source));
  return broken.map((source) => {
    const { kind } = referenceTo(source);
    return wrong(
      'events/source',
      `${titleOf(referenceTo(source))}, which sends to Broker ${name}, is not ready: ${firstReason(source)}`,
      kubectl(`describe ${kind.toLowerCase()} ${nameOf(source)}`, namespace),
    );
  });
}

function sendersTo(broker: string, sources: ServiceFacts['sources']): JsonObject[] {
  return sources
    .flatMap(itemsOf)
    .filter(
      (source) =>
        stringAt(source, 'spec', 'sink', 'ref', 'kind') === 'Broker' &&
        stringAt(source, 'spec', 'sink', 'ref', 'name') === broker,
    );
}

function isBroken(object: JsonObject): boolean {
  const ready = conditionOf(object, 'Ready');
  return ready !== undefined && ready.status !== 'True';
}

/** The condition that is False says more than Ready, which only sums up. */
function firstReason(object: JsonObject): string {
  const bad = conditionsOf(object).filter(({ status, type }) => status !== 'True' && type !== 'Ready');
  const worst = bad.find(({ status }) => status === 'False') ?? bad[0];
  const told = worst ?? conditionOf(object, 'Ready');
  if (told === undefined) return 'no reason is given';
  return worst === undefined ? reasonOf(told) : `${told.type} is ${told.status}, ${reasonOf(told)}`;
}

function ofTrigger(trigger: JsonObject, facts: ServiceFacts): Verdict[] {
  const { namespace, isEmbedded } = facts;
  const name = nameOf(trigger);
  const brokerName = stringAt(trigger, 'spec', 'broker') ?? 'default';
  const broker = itemsOf(facts.brokers).find((each) => nameOf(each) === brokerName);
  const describe = kubectl(`describe trigger ${name}`, namespace);
  const verdicts: Verdict[] = [];
  const ready = conditionOf(trigger, 'Ready');
  const brokerIsWell = broker !== undefined && !isBroken(broker);
  // what its Broker lacks is told by the Broker
  if (isBroken(trigger) && brokerIsWell)
    verdicts.push(
      wrong(
        'events/trigger',
        `Trigger ${name} is not ready: ${firstReason(trigger)}`,
        describe,
        ...brokerLogs(broker, 'filter'),
      ),
    );
  else if (ready === undefined && brokerIsWell && !isEmbedded)
    verdicts.push(
      note('events/trigger', `Trigger ${name} has no status: no controller of Eventing has looked at it`, describe),
    );
  verdicts.push(...deadLetters(trigger, broker, facts));
  if (!brokerIsWell || verdicts.some(({ state }) => state === 'wrong')) return verdicts;
  return [
    well('events/trigger', `Trigger ${name} passes on ${shownBy(trigger, brokerName)}`),
    ...mistyped(trigger, sendersTo(brokerName, facts.sources), namespace),
    ...verdicts,
  ];
}

/** What a Trigger lets through: the commonest reason why nothing comes. */
function shownBy(trigger: JsonObject, broker: string): string {
  const filters = arrayAt(trigger, 'spec', 'filters').filter(isObject);
  if (filters.length > 0) {
    const written = filters.map((filter) => JSON.stringify(filter)).join(' and ');
    return `events of Broker ${broker} that its filters take, and no others: ${written}`;
  }
  const attributes = objectAt(trigger, 'spec', 'filter', 'attributes') ?? {};
  const wanted = Object.keys(attributes)
    .sort()
    .map((key) => `${key} ${stringAt(attributes, key) ?? ''}`);
  if (wanted.length === 0) return `every event of Broker ${broker}`;
  return `events of Broker ${broker} with ${wanted.join(' and ')}, and no others`;
}

function deadLetters(trigger: JsonObject, broker: JsonObject | undefined, facts: ServiceFacts): Verdict[] {
  const { namespace } = facts;
  const check = 'events/dead-letters';
  const name = nameOf(trigger);
  const own = objectAt(trigger, 'spec', 'delivery', 'deadLetterSink');
  const sink = own ?? objectAt(broker, 'spec', 'delivery', 'deadLetterSink');
  const whose = own === undefined ? `Broker ${broker === undefined ? '' : nameOf(broker)}` : `Trigger ${name}`;
  if (sink === undefined) {
    return broker === undefined
      ? []
      : [
          note(
            check,
            `what Trigger ${name} cannot deliver is dropped after its retries: neither it nor its Broker has a deadLetterSink`,
            'weir explain eventing/dead-letter',
          ),
        ];
  }
  const resolved = conditionOf(own === undefined ? broker : trigger, 'DeadLetterSinkResolved');
  if (resolved?.status === 'False')
    return [
      wrong(
        check,
        `the deadLetterSink of ${whose} cannot be found: ${reasonOf(resolved)}`,
        kubectl(`describe trigger ${name}`, namespace),
      ),
    ];
  const ref = objectAt(sink, 'ref');
  const target = stringAt(ref, 'name') ?? '';
  const isHere = (stringAt(ref, 'namespace') ?? namespace) === namespace && stringAt(ref, 'kind') === 'Service';
  const known = itemsOf(facts.services).map(nameOf);
  if (isHere && facts.services.is === 'seen' && !known.includes(target)) {
    return [
      wrong(
        check,
        `the deadLetterSink of ${whose} is Service ${target}, which is not in ${namespace}: what cannot be delivered is lost${didYouMean(target, known)}`,
        kubectl('get ksvc,services', namespace),
      ),
    ];
  }
  const where = target === '' ? (stringAt(sink, 'uri') ?? '') : `${stringAt(ref, 'kind') ?? ''} ${target}`;
  const look = isHere
    ? [kubectl('logs --tail=20', namespace, '--selector', `serving.knative.dev/service=${target}`)]
    : [];
  return [
    note(
      check,
      `what Trigger ${name} cannot deliver goes to ${where}: look there for events that did not arrive`,
      ...look,
    ),
  ];
}

function ofOther(object: JsonObject, { namespace, isEmbedded }: ServiceFacts): Verdict[] {
  const reference = referenceTo(object);
  const check = reference.kind === 'Subscription' ? 'events/subscription' : 'events/source';
  const describe = kubectl(`describe ${reference.kind.toLowerCase()} ${nameOf(object)}`, namespace);
  if (isBroken(object)) return [wrong(check, `${titleOf(reference)} is not ready: ${firstReason(object)}`, describe)];
  if (conditionOf(object, 'Ready') === undefined && !isEmbedded)
    return [note(check, `${titleOf(reference)} has no status: no controller of Eventing has looked at it`, describe)];
  return [well(check, `${titleOf(reference)} leads to it`)];
}

type Part = 'broker' | 'ingress' | 'filter';

/** Of knative/eventing config/brokers/mt-channel-broker, and of knative-extensions/eventing-kafka-broker. */
const CHANNEL_BASED: Readonly<Record<Part, string>> = {
  broker: 'deployment/mt-broker-controller',
  ingress: 'deployment/mt-broker-ingress',
  filter: 'deployment/mt-broker-filter',
};
const KAFKA: Readonly<Record<Part, string>> = {
  broker: 'deployment/kafka-controller',
  ingress: 'deployment/kafka-broker-receiver',
  filter: 'statefulset/kafka-broker-dispatcher',
};

/** Where a Broker's data plane says what became of an event, by its class. */
function brokerLogs(broker: JsonObject, part: Part): string[] {
  const className = stringAt(annotationsOf(broker), BROKER_CLASS) ?? 'MTChannelBasedBroker';
  const isKafka = className.startsWith('Kafka');
  if (!isKafka && className !== 'MTChannelBasedBroker') return [];
  return [kubectl(`logs ${(isKafka ? KAFKA : CHANNEL_BASED)[part]} --tail=50`, 'knative-eventing')];
}
