/** Which refused min-scale keeps the candidate from its next share. */
import { expect, it } from '@jest/globals';
import { Refusals } from '../../../controllers/minScale/refusals.ts';
import { Turns } from '../../../controllers/minScale/turns.ts';
import { carryOut, type Todo } from '../../../controllers/rollout/carryOut.ts';
import type { Dependencies } from '../../../controllers/rollout/dependencies.ts';
import { SURE } from '../../../controllers/rollout/sure.ts';
import { ApiError } from '../../../src/kubernetes/client/errors.ts';
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { nameOf } from '../../../src/kubernetes/object.ts';
import { trafficJson } from '../../../src/rollout/traffic.ts';
import { FakeClock } from '../../kubernetes/client/fakeClock.ts';
import { aDocument, aRollout } from '../../rollout/builders.ts';
import { atRest, FIRST, SECOND } from '../../rollout/world.ts';

const OVERTAKEN = 'api-service-00000';

/** Refuses the min-scale of the Revision, in the round in which the candidate gets its first share. */
async function round(refused: string, error: Error) {
  const world = atRest(aRollout({ strategy: { canary: { steps: [{ percent: 50, pause: {} }] } } }));
  world.ready(world.create(), 4);
  world.reconcile();
  world.route();
  const decision = world.decide();
  expect(decision.traffic?.targets).toContainEqual({ revision: SECOND, percent: 50, tag: 'candidate' });

  const store = (objects: readonly JsonObject[]) => ({
    find: (_: string, name: string) => objects.find((each) => nameOf(each) === name),
  });
  const objects = [OVERTAKEN, FIRST, SECOND].map((name): JsonObject => {
    return { metadata: { name, namespace: 'shop-prod', uid: name, resourceVersion: '1' } };
  });
  const metadata = { name: 'api-service', namespace: 'shop-prod', uid: world.uid };
  const ours = { manager: 'weir-rollout', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:traffic': {} } } };
  const service = { metadata: { ...metadata, managedFields: [ours] }, spec: { traffic: trafficJson(world.traffic) } };
  const stores = { revisions: store(objects), podAutoscalers: store(objects), services: store([service]) };
  const clock = new FakeClock();
  const written: string[] = [];
  const client = {
    get: async (_: Resource, { name }: { name: string }) => stores.revisions.find('', name),
    async patch({ plural }: Resource, { name }: { name: string }, { type }: { type: string }) {
      // no-gc and spec.traffic are applied
      if (name === refused && type === 'merge') throw error;
      written.push(`${plural} ${name}`);
    },
  };
  const todo = {
    namespace: 'shop-prod',
    name: 'api-service',
    service: 'api-service',
    rollout: aDocument(),
    known: world.known(),
    observed: world.observed(),
    objects,
    wanted: new Map([
      [OVERTAKEN, { minScale: 0, isBeyondPolicy: true }],
      [FIRST, { minScale: 4, isBeyondPolicy: false }],
    ]),
    home: 'revision',
    limits: { policy: undefined, autoscaler: undefined },
    now: clock.now(),
    round: { client, signal: new AbortController().signal },
    sure: SURE,
  };
  const dependencies = {
    view: { stores },
    schedules: { contendersFor: () => [] },
    turns: new Turns(),
    refusals: new Refusals(clock),
    record: () => {},
  };
  const ran = carryOut(todo as unknown as Todo, decision, dependencies as unknown as Dependencies);
  const [{ status }] = await Promise.allSettled([ran]);
  return { status, isGivenShare: written.includes('services api-service') };
}

const forbidden = new ApiError(403, 'Forbidden', 'nobody is held so');
const down = new ApiError(500, 'InternalError', 'it is down');

it.each<[what: string, refused: string, error: Error, isGivenShare: boolean, status: string]>([
  ['of nobody', '', forbidden, true, 'fulfilled'],
  ['of stable, which has to take everything back', FIRST, forbidden, false, 'fulfilled'],
  ['of one that is to have no pods', OVERTAKEN, forbidden, true, 'fulfilled'],
  ['of one that is to have no pods, which is tried again', OVERTAKEN, down, true, 'rejected'],
])('a refused min-scale %s', async (_, refused, error, isGivenShare, status) => {
  expect(await round(refused, error)).toEqual({ isGivenShare, status });
});
