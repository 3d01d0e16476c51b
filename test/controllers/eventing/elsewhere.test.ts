/** Subscriptions that name the namespace of their Channel, which the feature cross-namespace-event-links lets them. */
import { describe, expect, it } from '@jest/globals';
import {
  lookAtSubscription,
  type SubscriptionSurroundings,
} from '../../../controllers/eventing/delivery/subscription.ts';
import { unreadyAmong } from '../../../src/cli/events/unready.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { conditionsOf, eventing, refTo } from './harness.ts';

const HERE = 'shop';

/** Each namespace has the Channel. */
const surroundings: SubscriptionSurroundings = {
  find: ({ kind, namespace, name }) => ({ plural: 'inmemorychannels', object: eventing(kind, name, namespace, {}) }),
  resolve: () => ({ ok: true, url: 'http://cart.example.com', caCerts: '', audience: '' }),
  known: () => undefined,
};

function aSubscription(namespace: string): JsonObject {
  const channel = { ...refTo('InMemoryChannel', 'steps'), namespace };
  return eventing('Subscription', 'one', HERE, { channel, subscriber: { uri: 'http://cart.example.com' } });
}

function lookAt(namespace: string, more: Partial<SubscriptionSurroundings> = {}) {
  const { status, lane } = lookAtSubscription(aSubscription(namespace), { ...surroundings, ...more });
  return { conditions: conditionsOf({ status: status.toJson(new Date(0)) }), lane };
}

describe('a Subscription', () => {
  it('gets what comes into the Channel of its own namespace', () => {
    const { conditions, lane } = lookAt(HERE);
    expect(conditions).toContain('ReferencesResolved: True');
    expect(lane?.topic).toBe(`channel:${HERE}/steps`);
  });

  it("of another namespace's Channel gets nothing, and nothing of one of the same name here", () => {
    const { conditions, lane } = lookAt('elsewhere');
    expect(conditions).toContain(
      `ReferencesResolved: False NotLinkedOverNamespaces: Channel "steps" is of the namespace "elsewhere", and Weir's embedded platform links Subscriptions to Channels of their own namespace alone; make the Subscription there, where its subscriber may name this namespace`,
    );
    expect(lane).toBeUndefined();
  });

  it('that was led here by mistake gets what waits for it, and nothing more', () => {
    const { lane } = lookAt('elsewhere', { known: (inStatus) => inStatus });
    expect(lane?.topic).toBe(`channel:${HERE}/`);
  });
});

describe('a trace', () => {
  it.each<[spec: JsonObject, topic: string]>([
    [{ broker: 'other' }, 'broker:shop/other'],
    [{}, 'broker:shop/default'],
    [{ brokerRef: { name: 'other' } }, 'broker:shop/other'],
    [{ brokerRef: { name: 'default', namespace: 'elsewhere' } }, 'broker:elsewhere/default'],
  ])('of a Trigger that is not ready looks for it at the Broker that it names: %j', (spec, topic) => {
    expect(unreadyAmong([eventing('Trigger', 'orders', HERE, spec)])).toMatchObject([{ topic }]);
  });
});
