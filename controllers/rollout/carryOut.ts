/**
 * The writes that follow from a status: min-scale, no-gc and spec.traffic. More for a Revision comes after what it needs for
 * that; the way back comes before everything, and what is given back after it.
 */
import type { JsonObject } from '../../src/kubernetes/json.ts';
import type { Decision, TrafficWrite } from '../../src/rollout/decide.ts';
import type { Observed, ServiceSeen } from '../../src/rollout/observed.ts';
import type { RolloutStatus } from '../../src/rollout/status.ts';
import type { Outcome } from '../manager/controller.ts';
import { REFUSED_MS } from '../minScale/refusals.ts';
import { type Carried, carryOutClaims, type Doing } from './claims.ts';
import type { Dependencies } from './dependencies.ts';
import { isAsSeen } from './observe.ts';
import { happeningOf } from './tell.ts';
import { isForward, isWayBack } from './way.ts';
import { keepFromCollection, writeTraffic } from './write.ts';

export interface Todo extends Doing {
  readonly service: string;
  readonly rollout: JsonObject;
  /** Before it was decided. */
  readonly known: RolloutStatus | undefined;
  readonly observed: Observed;
}

export async function carryOut(
  todo: Todo,
  decision: Decision,
  dependencies: Dependencies,
): Promise<Outcome | undefined> {
  const { rollout, known, observed, now, round, sure } = todo;
  const { status, traffic, kept, next } = decision;
  const to = { client: round.client, sure, cached: dependencies.view.stores.revisions };
  const isBack = traffic !== undefined && isWayBack(known, status, traffic.targets, observed.service);
  // a change that came meanwhile asks for a round of its own
  if (isBack && !(await putTraffic(todo, traffic, dependencies))) return undefined;

  const held = await carryOutClaims(todo, dependencies, 'hold');
  await keepFromCollection(todo.objects, kept, 'hold', to);
  if (traffic !== undefined && !isBack && (!held.isShort || !isForward(status, traffic.targets, observed.service))) {
    if (!(await putTraffic(todo, traffic, dependencies))) return undefined;
  }

  await keepFromCollection(todo.objects, kept, 'release', to);
  const released = await carryOutClaims(todo, dependencies, 'release');
  for (const message of [...held.refused, ...released.refused].slice(0, 1)) {
    dependencies.record(happeningOf(rollout, { type: 'Warning', reason: 'ClaimRefused', message }));
  }
  return outcomeOf([held, released], next, now);
}

/**
 * On the version in the cache by now, unless its traffic is not what was judged: then it may be somebody else's.
 *
 * @returns whether it was written
 */
async function putTraffic(todo: Todo, write: TrafficWrite, { view, rivals, record }: Dependencies): Promise<boolean> {
  const { namespace, service, rollout, observed, known, round, sure } = todo;
  const there = view.stores.services.find(namespace, service);
  const { service: seen } = observed;
  if (there === undefined || seen === undefined || !isAsSeen(there, seen)) return false;
  await sure();
  await writeTraffic(there, write, round.client);
  if (write.told !== undefined) record(happeningOf(rollout, write.told));
  if (write.force && known?.stable !== undefined) rivals.putBack(seen.uid, whoOf(seen));
  return true;
}

function whoOf({ owner }: ServiceSeen): string {
  return (owner.kind === 'ours' ? undefined : owner.manager) ?? 'somebody';
}

export function outcomeOf(carried: readonly Carried[], next: Date | undefined, now: Date): Outcome | undefined {
  const error = carried.find((each) => each.error !== undefined)?.error;
  if (error !== undefined) throw error;
  const isRefused = carried.some(({ refused }) => refused.length > 0);
  const retry = isRefused ? new Date(now.getTime() + REFUSED_MS) : undefined;
  const moments = [next, retry, ...carried.map(({ again }) => again)].filter((each) => each !== undefined);
  if (moments.length === 0) return undefined;
  return { again: new Date(Math.min(...moments.map((each) => each.getTime()))) };
}
