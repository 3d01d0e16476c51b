/** No TrafficRollout is about the Service any more: spec.traffic stays as it is, and all else is again its author's. */
import { listAll } from '../../src/kubernetes/client/list.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { isBeingDeleted, nameOf } from '../../src/kubernetes/object.ts';
import { trafficRollouts } from '../../src/rollout/resource.ts';
import type { Outcome, Round } from '../manager/controller.ts';
import { isRolloutHolder } from '../minScale/rolloutClaims.ts';
import { traceOf } from '../minScale/trace.ts';
import { outcomeOf } from './carryOut.ts';
import { carryOutClaims, type Doing } from './claims.ts';
import type { Dependencies } from './dependencies.ts';
import { isKeptByUs } from './keep.ts';
import { SURE } from './sure.ts';
import { serviceOfRollout } from './view.ts';
import { keepFromCollection } from './write.ts';

const LATE_MS = 1_000;

export async function giveBack(
  namespace: string,
  service: string,
  round: Round,
  dependencies: Dependencies,
): Promise<Outcome | undefined> {
  const { view, clock } = dependencies;
  const { home } = dependencies.knative();
  const objects = view.revisionsOf(namespace, service);
  const isOurs = objects.some((revision) => {
    const podAutoscaler = view.stores.podAutoscalers.find(namespace, nameOf(revision));
    return isKeptByUs(revision) || isRolloutHolder(traceOf(podAutoscaler)?.holder);
  });
  if (!isOurs || home === undefined) return undefined;

  // this cache may be behind the one of Revisions
  const there = await listAll(round.client, trafficRollouts, { namespace });
  const isAbout = (each: JsonObject): boolean => serviceOfRollout(each) === service && !isBeingDeleted(each);
  if (there.objects.some(isAbout)) return { again: new Date(clock.now().getTime() + LATE_MS) };
  const now = clock.now();
  const limits = dependencies.limitsOf(namespace);
  const nobody = { name: undefined, wanted: new Map() };
  const doing: Doing = { namespace, objects, home, limits, now, round, sure: SURE, ...nobody };
  const released = await carryOutClaims(doing, dependencies, 'release');
  const cached = view.stores.revisions;
  await keepFromCollection(objects, [], 'release', { client: round.client, sure: SURE, cached });
  return outcomeOf([released], undefined, now);
}
