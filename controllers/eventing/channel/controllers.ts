/** Channels: wires what `channel.ts` and `physical.ts` need. */
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import { isBeingDeleted } from '../../../src/kubernetes/object.ts';
import type { EventPlane } from '../../../src/platform/eventing/start.ts';
import type { MakeController } from '../../manager/controller.ts';
import { keyOf, placeOf } from '../../serving/read.ts';
import { followAddressables } from '../addressables.ts';
import { ownKey } from '../keys.ts';
import { channels, inMemoryChannels, kafkaChannels } from '../resources.ts';
import { reconcileChannel } from './channel.ts';
import { reconcilePhysical } from './physical.ts';

const PHYSICAL: readonly Resource[] = [inMemoryChannels, kafkaChannels];
/** Tells what takes events that there is no Channel, where there is none. */
const BEGIN = 'begin';

/** Its keys are those of both kinds: `InMemoryChannel:namespace/name`. */
export function physicalChannelController(plane: Pick<EventPlane, 'url' | 'setTopics'>): MakeController {
  return (tools) => {
    const addressables = followAddressables(tools);
    const followed = PHYSICAL.map((resource) => ({
      resource,
      store: tools.follow({
        resource,
        keysOf: (change) => ownKey(change).map((key) => `${resource.kind}:${key}`),
      }).store,
    }));
    tools.enqueue(BEGIN);
    return {
      name: 'eventing-physical-channel',
      rights: PHYSICAL.map((resource) => ({ resource, subresource: 'status', verbs: ['update'] })),
      async reconcile(key, { client }) {
        // before one says that it takes events
        plane.setTopics('channel', new Set(followed.flatMap(({ store }) => store.all().map(keyOf))));
        if (key === BEGIN) return undefined;
        addressables.forget(key);
        const colon = key.indexOf(':');
        const found = followed.find(({ resource }) => resource.kind === key.slice(0, colon));
        const { namespace, name } = placeOf(key.slice(colon + 1));
        const channel = found?.store.find(namespace, name);
        if (found === undefined || channel === undefined || isBeingDeleted(channel)) return undefined;
        const resolve = addressables.resolverFor({ namespace, key });
        const dependencies = { client, now: tools.clock.now(), url: plane.url, resolve };
        await reconcilePhysical(channel, found.resource, dependencies);
        return undefined;
      },
    };
  };
}

export const channelController: MakeController = (tools) => {
  const { store } = tools.follow({ resource: channels, keysOf: ownKey });
  // what stands behind a Channel has its name
  const backing = new Map(PHYSICAL.map((resource) => [resource, tools.follow({ resource, keysOf: ownKey }).store]));
  return {
    name: 'eventing-channel',
    rights: [
      { resource: channels, subresource: 'status', verbs: ['update'] },
      ...PHYSICAL.map((resource) => ({ resource, verbs: ['create'] as const })),
    ],
    async reconcile(key, { client }) {
      const { namespace, name } = placeOf(key);
      const channel = store.find(namespace, name);
      if (channel === undefined || isBeingDeleted(channel)) return undefined;
      await reconcileChannel(channel, {
        client,
        now: tools.clock.now(),
        backing: (resource) => backing.get(resource)?.find(namespace, name),
      });
      return undefined;
    },
  };
};
