/** Sequences and Parallels: wires what they are made of. */
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { isBeingDeleted } from '../../../src/kubernetes/object.ts';
import type { MakeController } from '../../manager/controller.ts';
import { ownerKey, placeOf } from '../../serving/read.ts';
import { ownKey } from '../keys.ts';
import { parallels, sequences, subscriptions } from '../resources.ts';
import { reconcileParallel } from './parallel.ts';
import { type Surroundings, TEMPLATES } from './parts.ts';
import { reconcileSequence } from './sequence.ts';

type Reconcile = (flow: JsonObject, surroundings: Surroundings) => Promise<void>;

export const sequenceController = flowController('eventing-sequence', sequences, reconcileSequence);
export const parallelController = flowController('eventing-parallel', parallels, reconcileParallel);

function flowController(name: string, resource: Resource, reconcile: Reconcile): MakeController {
  return (tools) => {
    const { store } = tools.follow({ resource, keysOf: ownKey });
    const parts = new Map(
      [...TEMPLATES, subscriptions].map((part) => [
        part,
        tools.follow({ resource: part, keysOf: ({ object, old }) => ownerKey(object ?? old, resource.kind) }).store,
      ]),
    );
    return {
      name,
      rights: [
        { resource, subresource: 'status', verbs: ['update'] },
        ...TEMPLATES.map((part) => ({ resource: part, verbs: ['create', 'delete'] as const })),
        { resource: subscriptions, verbs: ['create', 'update', 'delete'] },
      ],
      async reconcile(key, { client }) {
        const place = placeOf(key);
        const flow = store.find(place.namespace, place.name);
        if (flow === undefined || isBeingDeleted(flow)) return undefined;
        const partsOf = (part: Resource) => parts.get(part)?.inNamespace(place.namespace) ?? [];
        await reconcile(flow, {
          client,
          now: tools.clock.now(),
          channels: partsOf,
          subscriptions: partsOf(subscriptions),
        });
        return undefined;
      },
    };
  };
}
