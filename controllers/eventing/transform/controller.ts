/** EventTransforms: wires what `reconcile.ts` needs, and tells what transforms of those that there are. */
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { isBeingDeleted } from '../../../src/kubernetes/object.ts';
import type { EventPlane } from '../../../src/platform/eventing/start.ts';
import type { MakeController } from '../../manager/controller.ts';
import { keyOf, namespaceOf, placeOf } from '../../serving/read.ts';
import { followAddressables } from '../addressables.ts';
import { ownKey } from '../keys.ts';
import { eventTransforms } from '../resources.ts';
import { reconcileTransform, specOf } from './reconcile.ts';

/** Tells what there is, also where there is nothing. */
const BEGIN = 'begin';

export function transformController({ transforms }: Pick<EventPlane, 'transforms'>): MakeController {
  return (tools) => {
    const addressables = followAddressables(tools);
    const { store } = tools.follow({ resource: eventTransforms, keysOf: ownKey });
    let isBegun = false;
    tools.enqueue(BEGIN);

    const resolverFor = (object: JsonObject) =>
      addressables.resolverFor({ namespace: namespaceOf(object), key: keyOf(object) });

    /** The manager begins when all that is followed is there. */
    function begin(): void {
      for (const object of store.all()) transforms.put(keyOf(object), specOf(object, resolverFor(object)));
      transforms.begin();
      isBegun = true;
    }

    return {
      name: 'eventing-transform',
      rights: [{ resource: eventTransforms, subresource: 'status', verbs: ['update'] }],
      async reconcile(key, { client }) {
        if (!isBegun) begin();
        if (key === BEGIN) return undefined;
        addressables.forget(key);
        const { namespace, name } = placeOf(key);
        const object = store.find(namespace, name);
        if (object === undefined) transforms.remove(key);
        if (object === undefined || isBeingDeleted(object)) return undefined;
        const resolve = resolverFor(object);
        // before its status says that it takes events
        transforms.put(key, specOf(object, resolve));
        const again = await reconcileTransform(object, { client, now: tools.clock.now(), transforms, resolve });
        return again && { again };
      },
    };
  };
}
