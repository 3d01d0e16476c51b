import {
  eventTransform,
  integrationSink,
  jobSink,
  kafkaSink,
  type PlacedReference,
  type Reference,
  referringKinds,
} from '../../../knative/eventing/references.ts';
import {
  broker,
  channel,
  defineKind,
  groupOf,
  inMemoryChannel,
  type Kind,
  kafkaChannel,
  knativeService,
  parallel,
  route,
  sequence,
  service,
} from '../../../kubernetes/kinds.ts';
import { titleOf, withName } from '../../../kubernetes/object.ts';
import { join } from '../../../kubernetes/pointer.ts';
import type { Inventory } from '../../engine/inventory.ts';
import type { EffectivePolicy } from '../../engine/policy.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import { sinkReference } from '../../model/deadLetters.ts';
import { isInjected } from './inSight.ts';
import { referencesIn } from './references.ts';

/** Kinds that take events in, and the apiVersion to name them by. */
const ADDRESSABLE: readonly (readonly [Kind, apiVersion: string])[] = [
  [knativeService, 'serving.knative.dev/v1'],
  [route, 'serving.knative.dev/v1'],
  [service, 'v1'],
  [broker, 'eventing.knative.dev/v1'],
  [channel, 'messaging.knative.dev/v1'],
  [inMemoryChannel, 'messaging.knative.dev/v1'],
  [kafkaChannel, 'messaging.knative.dev/v1'],
  [sequence, 'flows.knative.dev/v1'],
  [parallel, 'flows.knative.dev/v1'],
  [kafkaSink, 'eventing.knative.dev/v1alpha1'],
  [jobSink, 'sinks.knative.dev/v1alpha1'],
  [integrationSink, 'sinks.knative.dev/v1alpha1'],
  [eventTransform, 'eventing.knative.dev/v1alpha1'],
];
const addressableKeys = new Set(ADDRESSABLE.map(([kind]) => kind.key));
const addressableNames = new Set(ADDRESSABLE.map(([kind]) => kind.kind));

/** Kinds that people name although nothing can be sent to them. */
const DEAF = new Set([
  'apps/Deployment',
  'apps/StatefulSet',
  'apps/DaemonSet',
  'Pod',
  'batch/Job',
  'batch/CronJob',
  'serving.knative.dev/Configuration',
  'serving.knative.dev/Revision',
  'eventing.knative.dev/Trigger',
  'messaging.knative.dev/Subscription',
]);

/** References that lead to something: Knative resolves them by their status.address (knative/pkg resolver). */
export const subscriberRule = defineRule({
  id: 'eventing/subscriber',
  title: 'subscribers, sinks and Brokers are there, by their right group and kind',
  why: 'What refers to something that is not there never becomes ready: its events wait, or are dropped where they are made.',
  howToFix:
    'Name an object that is deployed with this one: `serving.knative.dev/v1` for a Knative Service, `v1` for a plain Service in front of a Deployment.',
  kinds: referringKinds,
  action: 'warn',
  needsOthers: true,
  examples: {
    bad: `
apiVersion: v1
kind: Service
metadata: {name: audit}
spec: {selector: {app: audit}, ports: [{port: 80}]}
---
apiVersion: eventing.knative.dev/v1
kind: Broker
metadata: {name: orders, annotations: {eventing.knative.dev/broker.class: Kafka}}
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: audit}
spec:
  broker: orders
  filter: {attributes: {type: order.created.v1}}
  subscriber: {ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: audit}}
`,
    good: `
apiVersion: v1
kind: Service
metadata: {name: audit}
spec: {selector: {app: audit}, ports: [{port: 80}]}
---
apiVersion: eventing.knative.dev/v1
kind: Broker
metadata: {name: orders, annotations: {eventing.knative.dev/broker.class: Kafka}}
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: audit}
spec:
  broker: orders
  filter: {attributes: {type: order.created.v1}}
  subscriber: {ref: {apiVersion: v1, kind: Service, name: audit}}
`,
  },

  judge(subject, { inventory, policy }) {
    const who = titleOf(subject.reference);
    const violations: Violation[] = [];
    for (const placed of referencesIn(subject.object)) {
      if (placed.role === 'broker' && isInjected(subject.object, placed.reference.name, inventory)) continue;
      if (isKeptByWeir(placed.reference, policy)) continue;
      const violation = judgeReference(placed, who, inventory);
      if (violation !== undefined) violations.push(violation);
    }
    return violations;
  },
});

/** The environment's own dead-letter sink, which nobody deploys along: Weir's controllers make it. */
function isKeptByWeir({ apiVersion, kind, namespace, name }: Reference, policy: EffectivePolicy): boolean {
  if (policy.eventing?.deadLetters?.keep !== true) return false;
  const sink = sinkReference(policy.name);
  return name === sink.name && namespace === sink.namespace && kind === sink.kind && apiVersion === sink.apiVersion;
}

function judgeReference(placed: PlacedReference, who: string, inventory: Inventory): Violation | undefined {
  const { reference, path } = placed;
  const named = kindOf(reference);
  const { key } = named;
  // nearly every one is there, and needs no words
  if (addressableKeys.has(key) && !DEAF.has(key) && isThereOrUnknown(named, reference, inventory)) return undefined;

  const kind = key === knativeService.key ? 'Knative Service' : reference.kind;
  const what = `${placeName(placed)} of ${who} is ${withName(kind, reference.name)}`;
  if (DEAF.has(key)) {
    const message = `${what}, to which nothing can be sent; name the Service in front of it`;
    return { path: join(path, 'kind'), message };
  }
  if (!addressableKeys.has(key)) return wrongGroup(placed, what);

  const other = sameNameElsewhere(reference, inventory);
  if (other !== undefined) {
    const [kind, apiVersion] = other;
    const message = `${what} in ${groupName(key)}, and there is none; a ${kind.kind} of that name is in ${groupName(kind.key)}: write apiVersion ${apiVersion}`;
    const at = join(path, 'apiVersion');
    return { path: at, message, fix: [{ set: at, value: apiVersion }] };
  }
  const home = reference.namespace === '' ? '' : ` in namespace ${reference.namespace}`;
  return {
    path: path === '/spec/broker' ? path : join(path, 'name'),
    message: `${what}, which is not in sight${home}; deploy it along, or name one that is there`,
  };
}

function isThereOrUnknown(kind: Kind, reference: Reference, inventory: Inventory): boolean {
  return !inventory.knows(kind) || inventory.find(kind, reference.namespace, reference.name) !== undefined;
}

/** `subscriber`, `step 2`, `reply of branch 1`. */
function placeName({ role, path }: PlacedReference): string {
  const [, , list, index] = path.split('/');
  if (index === undefined || (list !== 'steps' && list !== 'branches')) return role;
  const number = Number(index) + 1;
  return list === 'branches'
    ? `${role} of branch ${number}`
    : role === 'step'
      ? `step ${number}`
      : `${role} of step ${number}`;
}

function kindOf({ apiVersion, kind }: Reference): Kind {
  return defineKind(groupOf(apiVersion), kind);
}

/** A kind that takes events in, under a group that has none of that name: `eventing.knative.dev/v1 Service`. */
function wrongGroup({ reference, path }: PlacedReference, what: string): Violation | undefined {
  if (!addressableNames.has(reference.kind) || !/(^v1$|\.knative\.dev\/)/.test(reference.apiVersion)) return undefined;
  const groups = ADDRESSABLE.filter(([kind]) => kind.kind === reference.kind).map(([, apiVersion]) => apiVersion);
  const [only] = groups;
  const at = join(path, 'apiVersion');
  const message = `${what} of ${reference.apiVersion}, which has no such kind; write apiVersion ${groups.join(' or ')}`;
  if (groups.length > 1 || only === undefined) return { path: at, message };
  return { path: at, message, fix: [{ set: at, value: only }] };
}

/** Only the two kinds that share the name Service are mixed up with each other. */
function sameNameElsewhere(reference: Reference, inventory: Inventory) {
  return ADDRESSABLE.find(
    ([kind]) => kind.kind === reference.kind && inventory.find(kind, reference.namespace, reference.name) !== undefined,
  );
}

function groupName(key: string): string {
  const slash = key.indexOf('/');
  return slash < 0 ? 'the core group' : key.slice(0, slash);
}
