/** What the controller does where its caches are behind the API server, or the world changes between its writes. */
import { afterAll, afterEach, beforeAll, expect, it, jest } from '@jest/globals';
import { services } from '../../../src/knative/resources.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import { stringAt } from '../../../src/kubernetes/json.ts';
import { trafficRollouts } from '../../../src/rollout/resource.ts';
import { recorded } from './recorded.ts';
import { SECOND, Stage, TIMEOUT } from './stage.ts';

jest.setTimeout(TIMEOUT);

const stage = new Stage();
beforeAll(() => stage.begin(), TIMEOUT);
afterEach(() => stage.close());
afterAll(() => stage.end());

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

it('writes no old share where it begins to lead with an old status in its cache', async () => {
  await stage.deployed();
  await stage.pass(60_000);
  const old = await stage.cluster.client.list(trafficRollouts);
  await stage.say(`abort ${SECOND}`);
  expect(await stage.traffic()).toBe('00001 100');
  await stage.stop();

  const { promise: caughtUp, resolve: catchUp } = Promise.withResolvers<void>();
  let isLate = true;
  let hasAsked = false;
  const { client: inner } = await stage.cluster.connect();
  const eye = recorded({
    ...inner,
    list: async (resource, options) =>
      isLate && resource.plural === trafficRollouts.plural ? old : inner.list(resource, options),
    get(resource, place, options) {
      if (resource.plural === trafficRollouts.plural) hasAsked = true;
      return inner.get(resource, place, options);
    },
    async watch(resource, options) {
      if (resource.plural === trafficRollouts.plural) await caughtUp;
      return inner.watch(resource, options);
    },
  });
  await stage.start({ client: eye.client });
  await until(() => hasAsked || eye.writes.length > 0);
  isLate = false;
  catchUp();
  stage.clock.advance(1_000);
  await stage.settle();
  expect([eye.writes, await stage.traffic(), await stage.phase()]).toEqual([[], '00001 100', 'Failed 0 0%']);
});

it('leaves spec.traffic to Git, which takes it between the decision and the write', async () => {
  await stage.open();
  const traffic = [{ latestRevision: true, percent: 100 }];
  const place = { namespace: stage.namespace, name: 'api-service' };
  const body = {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name: place.name },
    spec: { traffic },
  };
  const { client: inner } = await stage.cluster.connect();
  let isTaken = false;
  const client: Client = {
    ...inner,
    async patch(resource, at, patch, options) {
      // no-gc, which comes before the first pin
      if (resource.plural === 'revisions' && at.namespace === place.namespace && !isTaken) {
        isTaken = true;
        const manager = { fieldManager: 'argocd-controller', force: true };
        await stage.cluster.client.patch(services, place, { type: 'apply', body }, manager);
        const version = stringAt(await stage.service(), 'metadata', 'resourceVersion');
        const cache = stage.running.manager.caches.all().find(({ options: { resource: of } }) => of.kind === 'Service');
        const seen = () => cache?.follower.store.find(place.namespace, place.name);
        await until(() => stringAt(seen(), 'metadata', 'resourceVersion') === version);
      }
      return inner.patch(resource, at, patch, options);
    },
  };
  await stage.start({ client });
  await stage.settle();
  expect([isTaken, await stage.traffic()]).toEqual([true, 'latest 100']);
  expect(await stage.condition('Suspended')).toMatch(/^True WaitingForGit: .*argocd-controller/);
});
