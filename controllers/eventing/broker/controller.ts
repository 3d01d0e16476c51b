/** Brokers: wires what `reconcile.ts` needs. */
import { isBeingDeleted } from '../../../src/kubernetes/object.ts';
import type { EventPlane } from '../../../src/platform/eventing/start.ts';
import type { MakeController } from '../../manager/controller.ts';
import { keyOf, placeOf } from '../../serving/read.ts';
import { followAddressables } from '../addressables.ts';
import { ownKey } from '../keys.ts';
import { brokers } from '../resources.ts';
import { reconcileBroker } from './reconcile.ts';

/** Tells what takes events that there is no Broker, where there is none. */
const BEGIN = 'begin';

export function brokerController(plane: Pick<EventPlane, 'url' | 'setTopics'>): MakeController {
  return (tools) => {
    const addressables = followAddressables(tools);
    const { store } = tools.follow({ resource: brokers, keysOf: ownKey });
    tools.enqueue(BEGIN);
    return {
      name: 'eventing-broker',
      rights: [{ resource: brokers, subresource: 'status', verbs: ['update'] }],
      async reconcile(key, { client }) {
        // before it says that it takes events
        plane.setTopics('broker', new Set(store.all().map(keyOf)));
        if (key === BEGIN) return undefined;
        addressables.forget(key);
        const { namespace, name } = placeOf(key);
        const broker = store.find(namespace, name);
        if (broker === undefined || isBeingDeleted(broker)) return undefined;
        const resolve = addressables.resolverFor({ namespace, key });
        await reconcileBroker(broker, { client, now: tools.clock.now(), url: plane.url, resolve });
        return undefined;
      },
    };
  };
}
