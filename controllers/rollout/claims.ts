/**
 * Brings the min-scale of a Service's Revisions to what the rollout claims, where no schedule claims them as well: then the
 * schedule holds them, at the larger value of both (controllers/schedule/look.ts).
 */
import { podAutoscalers, revisions } from '../../src/knative/resources.ts';
import type { ScalingHome } from '../../src/knative/serving/scalingHome.ts';
import { ApiError, isNotFound, sentenceOf } from '../../src/kubernetes/client/errors.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { isBeingDeleted, nameOf, uidOf } from '../../src/kubernetes/object.ts';
import type { Limits } from '../../src/policy/scaling/within.ts';
import { stateAt } from '../../src/schedule/state.ts';
import type { Round } from '../manager/controller.ts';
import { type Held, isEmpty, isUnrecorded, type Plan, planHold, planPutBack } from '../minScale/hold.ts';
import type { Refusals } from '../minScale/refusals.ts';
import { isRolloutHolder, rolloutHolder } from '../minScale/rolloutClaims.ts';
import { traceOf } from '../minScale/trace.ts';
import type { Turns } from '../minScale/turns.ts';
import { carryOut } from '../minScale/write.ts';
import type { Contenders } from '../schedule/contenders.ts';
import { claimsOn } from '../schedule/view.ts';
import type { Sure } from './sure.ts';
import type { View } from './view.ts';
import type { Wanted } from './wanted.ts';

export interface Doing {
  readonly namespace: string;
  /** Of the TrafficRollout; undefined where none is about the Service any more. */
  readonly name: string | undefined;
  readonly sure: Sure;
  readonly objects: readonly JsonObject[];
  readonly wanted: ReadonlyMap<string, Wanted>;
  readonly home: ScalingHome;
  readonly limits: Limits;
  readonly now: Date;
  readonly round: Round;
}

export interface Hands {
  readonly view: View;
  readonly schedules: Contenders;
  readonly turns: Turns;
  readonly refusals: Refusals;
}

export interface Carried {
  /** Sentences about what was refused, now or a short while ago. */
  readonly refused: readonly string[];
  /** The first that may pass by itself. */
  readonly error: unknown;
  /** Somebody has not got the min-scale that goes with its share: one that was to have none stands in nobody's way. */
  readonly isShort: boolean;
  /** When a schedule begins or ends to claim one of the Revisions. */
  readonly again: Date | undefined;
}

/** @param part what is claimed, or what is not claimed any more */
export async function carryOutClaims(doing: Doing, hands: Hands, part: 'hold' | 'release'): Promise<Carried> {
  const refused: string[] = [];
  let error: unknown;
  let isShort = false;
  let again: Date | undefined;
  for (const revision of doing.objects) {
    if (doing.wanted.has(nameOf(revision)) !== (part === 'hold')) continue;
    const until = nextOfSchedules(revision, doing, hands);
    if (until !== undefined && (again === undefined || until < again)) again = until;
    const isForShare = (doing.wanted.get(nameOf(revision))?.minScale ?? 0) > 0;
    try {
      const why = await hands.turns.take([uidOf(revision)], () => carryOutOne(nameOf(revision), doing, hands));
      if (why === undefined) continue;
      refused.push(`${nameOf(revision)}: ${why}`);
      isShort ||= isForShare;
    } catch (each) {
      doing.round.signal.throwIfAborted();
      if (isNotFound(each)) continue;
      error ??= each;
      isShort ||= isForShare;
    }
  }
  return { refused, error, isShort, again };
}

/** Only of Revisions that are claimed, or held. */
function nextOfSchedules(revision: JsonObject, { namespace, wanted, now }: Doing, hands: Hands): Date | undefined {
  if (!wanted.has(nameOf(revision)) && !isHeldByRollout(revision, namespace, hands)) return undefined;
  let next: Date | undefined;
  for (const { schedule } of hands.schedules.contendersFor(namespace, revision)) {
    const { until } = stateAt(schedule, now);
    if (until !== undefined && (next === undefined || until < next)) next = until;
  }
  return next;
}

function isHeldByRollout(revision: JsonObject, namespace: string, { view }: Hands): boolean {
  return isRolloutHolder(traceOf(view.stores.podAutoscalers.find(namespace, nameOf(revision)))?.holder);
}

/** @returns why it was refused; undefined where it is as it should be */
async function carryOutOne(name: string, doing: Doing, hands: Hands): Promise<string | undefined> {
  const { namespace, wanted, now } = doing;
  const { view, schedules } = hands;
  const revision = view.stores.revisions.find(namespace, name);
  const podAutoscaler = view.stores.podAutoscalers.find(namespace, name);
  if (revision === undefined || podAutoscaler === undefined || isBeingDeleted(podAutoscaler)) return undefined;
  if (claimsOn(revision, schedules.contendersFor(namespace, revision), now).length > 0) return undefined;

  const held: Held = { revision, podAutoscaler, recorded: undefined };
  const want = wanted.get(name);
  if (want === undefined) {
    if (!isRolloutHolder(traceOf(podAutoscaler)?.holder)) return undefined;
    return write(planPutBack(held, doing.home), held, doing, hands);
  }
  const fresh = await freshly(held, doing);
  return write(planFor(want, fresh, doing), fresh, doing, hands);
}

function planFor({ minScale, isBeyondPolicy }: Wanted, held: Held, { name = '', home, limits }: Doing): Plan {
  const claim = { holder: rolloutHolder(name), priority: 0, scale: { minScale } };
  return planHold(held, claim, home, isBeyondPolicy ? { ...limits, policy: undefined } : limits);
}

/** What nobody has recorded is read from the API server itself: a late cache would take what is held for the author's. */
async function freshly(held: Held, { namespace, round }: Doing): Promise<Held> {
  if (!isUnrecorded(held)) return held;
  const place = { namespace, name: nameOf(held.revision) };
  const revision = await round.client.get(revisions, place);
  const podAutoscaler = await round.client.get(podAutoscalers, place);
  return { revision, podAutoscaler, recorded: undefined };
}

async function write(
  plan: Plan,
  held: Held,
  { home, round, sure }: Doing,
  { refusals }: Hands,
): Promise<string | undefined> {
  if (isEmpty(plan.scaling) && isEmpty(plan.trace)) return undefined;
  await sure();
  const uid = uidOf(held.revision);
  const what = JSON.stringify([home, plan.scaling]);
  const known = refusals.find(uid, what);
  if (known !== undefined) return known;
  try {
    const isScaled = await carryOut(plan, held, { client: round.client, home, revisions, podAutoscalers });
    if (isScaled) refusals.taken(uid, what);
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError) || ![400, 403, 422].includes(error.status)) throw error;
    refusals.add(uid, what, sentenceOf(error));
    return sentenceOf(error);
  }
}
