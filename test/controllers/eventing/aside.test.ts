import { beforeEach, describe, expect, it } from '@jest/globals';
import { besideEventing } from '../../../controllers/eventing/aside.ts';
import { ownKey } from '../../../controllers/eventing/keys.ts';
import { pingSources } from '../../../controllers/eventing/resources.ts';
import type { Controller, Followed, FollowOptions, Round, Tools } from '../../../controllers/manager/controller.ts';
import { validatingWebhookConfigurations } from '../../../src/kubernetes/client/resources.ts';
import { Store } from '../../../src/kubernetes/client/store.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { SILENT } from '../../../src/kubernetes/log.ts';

const KEYS = ['shop/orders', 'shop/carts', 'begin'];
const [ORDERS, CARTS] = ['orders', 'carts'].map((name) => ({ metadata: { namespace: 'shop', name } }));

let followed: { readonly options: FollowOptions; readonly store: Store }[];

beforeEach(() => {
  followed = [];
});

/** As far as these controllers look. */
const tools = {
  log: SILENT,
  follow(options: FollowOptions) {
    const store = new Store();
    followed.push({ options, store });
    return { store } as unknown as Followed;
  },
} as unknown as Tools;
const ROUND = {} as Round;

function begin(leaves: boolean): Controller {
  const [make] = besideEventing(
    [
      ({ follow }) => {
        const { store } = follow({ resource: pingSources, keysOf: ownKey });
        for (const object of [ORDERS, CARTS]) store.set(object as JsonObject);
        const controller = { name: 'test', reconcile: () => Promise.resolve(undefined) };
        return leaves ? { ...controller, leave() {} } : controller;
      },
    ],
    'tests',
  );
  if (make === undefined) throw new Error('no controller');
  return make(tools);
}

function storeOf(resource: FollowOptions['resource']): Store {
  const found = followed.find(({ options }) => options.resource === resource);
  if (found === undefined) throw new Error(`nobody follows ${resource.plural}`);
  return found.store;
}

/** Whom it concerns that Eventing comes or goes. */
function concerned(): string[] {
  const { keysOf } =
    followed.find(({ options }) => options.resource === validatingWebhookConfigurations)?.options ?? {};
  return [...(keysOf?.({}) ?? [])].sort();
}

async function reconcileAll(controller: Controller): Promise<void> {
  for (const key of KEYS) await controller.reconcile(key, ROUND);
}

describe.each([
  ['is not installed', false],
  ['is installed', true],
])('where Eventing %s', (_, isInstalled) => {
  it('what is gone is forgotten, and known again when it is back', async () => {
    const controller = begin(true);
    if (isInstalled) storeOf(validatingWebhookConfigurations).set({ metadata: { name: 'sign' } });
    await reconcileAll(controller);
    expect(concerned()).toEqual(['begin', 'shop/carts', 'shop/orders']);

    storeOf(pingSources).delete(ORDERS as JsonObject);
    await reconcileAll(controller);
    expect(concerned()).toEqual(['begin', 'shop/carts']);

    storeOf(pingSources).set(ORDERS as JsonObject);
    await reconcileAll(controller);
    expect(concerned()).toEqual(['begin', 'shop/carts', 'shop/orders']);
  });
});

it('what is gone is caught up all the same by a controller that leaves nothing when Eventing comes', async () => {
  const controller = begin(false);
  storeOf(validatingWebhookConfigurations).set({ metadata: { name: 'sign' } });
  storeOf(pingSources).delete(ORDERS as JsonObject);
  await reconcileAll(controller);
  expect(concerned()).toContain('shop/orders');
});
