/**
 * Who gets events: wires Triggers and Subscriptions. One controller for both, since what brings events is told of all of
 * them at once before it brings the first. Its keys are `trigger:namespace/name` and `subscription:namespace/name`.
 */
import type { Client } from '../../../src/kubernetes/client/client.ts';
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import type { Change, Store } from '../../../src/kubernetes/client/store.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { nameOf, uidOf } from '../../../src/kubernetes/object.ts';
import type { EventPlane } from '../../../src/platform/eventing/start.ts';
import type { MakeController } from '../../manager/controller.ts';
import { keyOf, namespaceOf, placeOf } from '../../serving/read.ts';
import { writeStatus } from '../../serving/write.ts';
import { followAddressables } from '../addressables.ts';
import { brokers, subscriptions, triggers } from '../resources.ts';
import { followDependencies } from './dependencies.ts';
import { type LaneSays, Lanes } from './lanes.ts';
import { lookAtSubscription } from './subscription.ts';
import { brokerName, type Look, lookAtTrigger } from './trigger.ts';

type Kind = 'trigger' | 'subscription';

/** What is asked of the API server is one status each. */
const WORKERS = 4;

export function deliveryController(plane: Pick<EventPlane, 'setLanes' | 'hasLane'>): MakeController {
  return (tools) => {
    const lanes = new Lanes(plane);
    const addressables = followAddressables(tools);
    const ofKind: Readonly<Record<Kind, { readonly resource: Resource; readonly store: Store }>> = {
      trigger: {
        resource: triggers,
        store: tools.follow({ resource: triggers, keysOf: (change) => keys('trigger', change) }).store,
      },
      subscription: {
        resource: subscriptions,
        store: tools.follow({ resource: subscriptions, keysOf: (change) => keys('subscription', change) }).store,
      },
    };
    const theirBrokers = tools.follow({ resource: brokers, keysOf: ({ object, old }) => ofBroker(object ?? old) });
    const dependencies = followDependencies(tools, (namespace) => ofKind.trigger.store.inNamespace(namespace));

    function* ofBroker(broker: JsonObject | undefined): Generator<string> {
      if (broker === undefined) return;
      for (const trigger of ofKind.trigger.store.inNamespace(namespaceOf(broker))) {
        if (brokerName(trigger) === nameOf(broker)) yield `trigger:${keyOf(trigger)}`;
      }
    }

    function look(kind: Kind, object: JsonObject): Look {
      const namespace = namespaceOf(object);
      const key = `${kind}:${keyOf(object)}`;
      addressables.forget(key);
      const surroundings = {
        find: addressables.finderFor(key),
        resolve: addressables.resolverFor({ namespace, key }),
        known: (inStatus: Parameters<Lanes['known']>[1]) => lanes.known(key, inStatus),
      };
      if (kind === 'subscription') return lookAtSubscription(object, surroundings);
      return lookAtTrigger(object, {
        ...surroundings,
        broker: (name) => theirBrokers.store.find(namespace, name),
        dependency: (text) => dependencies.find(text, namespace),
      });
    }

    /** The manager begins when all that is followed is there. */
    function beginLanes(): void {
      const all = new Map<string, LaneSays>();
      for (const kind of ['trigger', 'subscription'] as const) {
        for (const object of ofKind[kind].store.all()) {
          const { lane } = look(kind, object);
          if (lane !== undefined) all.set(`${kind}:${keyOf(object)}`, lane);
        }
      }
      lanes.begin(all);
    }

    async function reconcile(kind: Kind, place: string, client: Client): Promise<void> {
      const key = `${kind}:${place}`;
      const { namespace, name } = placeOf(place);
      const { resource, store } = ofKind[kind];
      const object = store.find(namespace, name);
      if (object === undefined) {
        addressables.forget(key);
        lanes.remove(key);
        return;
      }
      lanes.removeOther(key, uidOf(object));
      const { status, lane } = look(kind, object);
      // before its status says that it gets events
      if (lane !== undefined) lanes.put(key, lane);
      await writeStatus(client, resource, object, status.toJson(tools.clock.now()));
    }

    tools.enqueue(BEGIN);
    return {
      name: 'eventing-delivery',
      workers: WORKERS,
      rights: [
        { resource: triggers, subresource: 'status', verbs: ['update'] },
        { resource: subscriptions, subresource: 'status', verbs: ['update'] },
      ],
      async reconcile(key, { client }) {
        if (!lanes.isBegun) beginLanes();
        if (key === BEGIN) return undefined;
        const colon = key.indexOf(':');
        await reconcile(key.slice(0, colon) === 'trigger' ? 'trigger' : 'subscription', key.slice(colon + 1), client);
        return undefined;
      },
    };
  };
}

/** Also where there is nobody to get events, it is to be known that there is not. */
const BEGIN = 'begin';

function keys(kind: Kind, { object, old }: Change): string[] {
  const either = object ?? old;
  return either === undefined ? [] : [`${kind}:${keyOf(either)}`];
}
