/**
 * What a rollout does next: the status that it should have, and what follows from it. A function of what is there and of
 * the moment alone. Who carries it out writes the status first, then the claims, then spec.traffic, each on the
 * resourceVersion that was looked at, and asks again whenever anything changes (docs/adr/0031-how-a-rollout-decides.md).
 */
import type { Condition } from '../kubernetes/conditions.ts';
import { timeText } from '../kubernetes/time.ts';
import { claimsFor } from './claims.ts';
import { heed } from './commands.ts';
import { isIntervalOver } from './intervals.ts';
import type { SmokeTest, TrafficRollout } from './model.ts';
import { nextMoment } from './moments.ts';
import { isLeftAlone, type Observed, type ServiceSeen } from './observed.ts';
import type { TrafficOwner } from './owner.ts';
import { meetReadiness } from './readiness.ts';
import { type Claim, freshStatus, type RolloutStatus } from './status.ts';
import { isSameTraffic, type Target, trafficFor } from './traffic.ts';
import { move } from './transitions.ts';
import { isStableGone, type RolloutEvent, type Sight, since, type Turn } from './turn.ts';
import { conditionsOf, type Waiting, waitingOf } from './view.ts';

export interface Decision {
  /** All of it, without conditions; the very same object where nothing of it changes. */
  readonly status: RolloutStatus;
  /** What spec.traffic should become; undefined where it stays. */
  readonly traffic: TrafficWrite | undefined;
  /** All that the rollout asks for; what is not in it any more is given back. */
  readonly claims: readonly Claim[];
  /** Revisions that carry serving.knative.dev/no-gc; no others do on behalf of the rollout. */
  readonly kept: readonly string[];
  /** What should be measured now. */
  readonly measure: Measure | undefined;
  /** What should be tested now, if it is not under way. */
  readonly smokeTest: { readonly revision: string; readonly tag: string; readonly test: SmokeTest } | undefined;
  readonly waiting: Waiting | undefined;
  readonly conditions: readonly Condition[];
  readonly events: readonly RolloutEvent[];
  /** When to ask again even if nothing changes. */
  readonly next: Date | undefined;
}

export interface TrafficWrite {
  readonly targets: readonly Target[];
  /** Takes it from whoever wrote it once; never from what applies. */
  readonly force: boolean;
  /** That somebody's edit is taken back: to be told once it is, since the write may be refused. */
  readonly told: RolloutEvent | undefined;
}

export interface Measure {
  readonly revision: string;
  /** Milliseconds since 1970, as `to`. */
  readonly from: number;
  readonly to: number;
}

export function decide(
  rollout: TrafficRollout,
  known: RolloutStatus | undefined,
  observed: Observed,
  moment: Date,
): Decision {
  const now = wholeSecond(moment);
  const before = known ?? freshStatus(timeText(now));
  const { service } = observed;
  // what was decided on more than is in sight is not taken back
  if (service === undefined) return hold(rollout, withoutClaims(before), observed, now);
  if (isLate(service, before)) return hold(rollout, before, observed, now);

  const events: RolloutEvent[] = [];
  const turn: Turn = { rollout, observed, service, now, events };
  const begun = noted(before, turn);
  if (service.owner.kind === 'git') {
    const held = heldByGit(begun, turn);
    return hold(rollout, isNews(held, known) ? held : before, observed, now);
  }

  const first = untimed(begun, observed);
  const moved = settle(timedAnew(first, heed(first, turn)), turn);
  const claims = claimsFor(moved, rollout, observed);
  const wanted = isSame(claims, moved.claims) ? moved : { ...moved, claims };
  const status = isNews(wanted, known) ? wanted : before;
  // what stood as it was asked for goes on with the status
  const isLeft = isLeftAlone(begun, observed) && isLeftAlone(status, observed);
  const traffic = isLeft ? undefined : writeOf(status, begun, turn);
  return {
    ...view(rollout, status, isLeft ? observed : { ...observed, rival: undefined }, now),
    traffic,
    measure: measureFor(status, turn),
    smokeTest: smokeTestFor(status, turn),
    events,
    next: nextMoment(status, turn),
  };
}

/** As a status can say it. */
export function wholeSecond(moment: Date): Date {
  return new Date(Math.floor(moment.getTime() / 1000) * 1000);
}

/** Each write of spec.traffic is a generation of its own: that alone is nothing to remember. */
function isNews(wanted: RolloutStatus, known: RolloutStatus | undefined): boolean {
  return known === undefined || !isSame({ ...wanted, serviceGeneration: known.serviceGeneration }, known);
}

/** What is seen of a decision that changes nothing. */
function hold(rollout: TrafficRollout, status: RolloutStatus, observed: Observed, now: Date): Decision {
  const nothing = { traffic: undefined, measure: undefined, smokeTest: undefined, events: [], next: undefined };
  return { ...view(rollout, status, observed, now), ...nothing };
}

/** The step begins anew once Git leaves it out; whether the candidate is Ready is looked at all the time. */
export function heldByGit(status: RolloutStatus, sight: Sight): RolloutStatus {
  return meetReadiness(status.routedSince === undefined ? status : { ...status, routedSince: undefined }, sight);
}

function view(rollout: TrafficRollout, status: RolloutStatus, observed: Observed, now: Date) {
  const waiting = waitingOf(status, rollout, observed, now);
  const conditions = conditionsOf(status, waiting, rollout, observed);
  return { status, claims: status.claims, kept: keptBy(status), waiting, conditions };
}

function withoutClaims(status: RolloutStatus): RolloutStatus {
  return status.claims.length === 0 ? status : { ...status, claims: [] };
}

/** A cache that has not seen yet what was seen before: after a restart, or behind another API server. */
export function isLate(service: ServiceSeen, { serviceUid, serviceGeneration }: RolloutStatus): boolean {
  return service.uid === serviceUid && service.generation < serviceGeneration;
}

/** Another Service of the name is begun anew; a clock that was set back leaves nothing in the future. */
function noted(status: RolloutStatus, { service, now }: Turn): RolloutStatus {
  const { uid, generation } = service;
  if (status.serviceUid !== undefined && status.serviceUid !== uid) {
    return { ...freshStatus(timeText(now), uid), serviceGeneration: generation };
  }
  const past = (text: string): string => (since(text) > now.getTime() ? timeText(now) : text);
  const pastIfAny = (text: string | undefined): string | undefined => text && past(text);
  const { candidate, analysis, routedSince } = status;
  const passed: RolloutStatus = {
    ...status,
    serviceUid: uid,
    serviceGeneration: generation,
    since: past(status.since),
    routedSince: pastIfAny(routedSince),
    candidate: candidate && {
      ...candidate,
      since: past(candidate.since),
      unknownSince: pastIfAny(candidate.unknownSince),
    },
    analysis: analysis && { ...analysis, at: past(analysis.at) },
  };
  return passed;
}

/** More moves than a rollout has in one moment would be a circle. */
const MOST_MOVES = 32;

/** Moves until nothing moves: whoever asks again at the same moment hears the same. */
function settle(first: RolloutStatus, turn: Turn): RolloutStatus {
  let status = first;
  for (let moves = 0; moves < MOST_MOVES; moves++) {
    const met = meetReadiness(meetRoute(status, turn), turn);
    const moved = move(met, turn);
    if (moved === status) return status;
    status = timedAnew(met, moved);
  }
  return status;
}

/** Where other traffic is asked for, the Route has not taken it. */
function timedAnew(before: RolloutStatus, after: RolloutStatus): RolloutStatus {
  return isSameWish(before, after) ? after : { ...after, routedSince: undefined };
}

/** Without its time, where somebody else's spec.traffic is left alone: until it is put back, requests do not go where they should. */
export function untimed(status: RolloutStatus, observed: Observed): RolloutStatus {
  const isTimed = status.routedSince !== undefined && isLeftAlone(status, observed);
  return isTimed ? { ...status, routedSince: undefined } : status;
}

/** Time counts from when requests go where they should, not from when that was written. */
export function meetRoute(status: RolloutStatus, sight: Sight): RolloutStatus {
  const met = meetTraffic(status, sight);
  const isBack = met.phase === 'Failed' && met.routedSince !== undefined;
  return isBack && !met.isWayBackDone ? { ...met, isWayBackDone: true } : met;
}

function meetTraffic(status: RolloutStatus, { observed, service, now }: Sight): RolloutStatus {
  const wanted = trafficFor(status);
  if (status.routedSince !== undefined || wanted === undefined || observed.routed === undefined) return status;
  const isThere = isSameTraffic(service.traffic, wanted) && isSameTraffic(observed.routed, wanted);
  return isThere ? { ...status, routedSince: timeText(now) } : status;
}

function isSameWish(left: RolloutStatus, right: RolloutStatus): boolean {
  const [one, other] = [trafficFor(left), trafficFor(right)];
  if (one === undefined || other === undefined) return one === other;
  return isSameTraffic(one, other);
}

export function writeOf(status: RolloutStatus, before: RolloutStatus, sight: Sight): TrafficWrite | undefined {
  const { traffic, owner } = sight.service;
  const targets = trafficFor(status);
  // no Route takes what names a Revision that is gone: what answers is left to answer, whoever wrote it
  if (targets === undefined || isStableGone(status, sight)) return undefined;
  const isOurs = owner.kind === 'ours';
  const isSame = isSameTraffic(targets, traffic);
  if (isOurs && isSame) return undefined;
  const wasPinned = before.stable !== undefined && !isStableGone(before, sight);
  return { targets, force: !isOurs, told: isSame || !wasPinned ? undefined : takenBackFrom(owner) };
}

/** What somebody else has written since the rollout did. */
function takenBackFrom(owner: TrafficOwner): RolloutEvent | undefined {
  const event = { type: 'Warning', reason: 'TrafficTakenBack' } as const;
  if (owner.kind === 'nobody') {
    const who = owner.manager === undefined ? '' : ` (${owner.manager})`;
    return { ...event, message: `spec.traffic was emptied, or let to the latest Revision${who}: it is put back` };
  }
  if (owner.kind !== 'person') return undefined;
  const message = `${owner.manager} has changed spec.traffic, which the rollout owns: it is put back; say it by weir rollout`;
  return { ...event, message };
}

export function keptBy({ stable, candidate, previous }: RolloutStatus): readonly string[] {
  const names = [stable, candidate?.revision, previous?.revision];
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

const MEASURED = ['Checking', 'Warming', 'Progressing'];

/** The last interval alone: after an hour in which nobody asked, an hour is not judged. */
function measureFor(status: RolloutStatus, turn: Turn): Measure | undefined {
  const { candidate, phase } = status;
  const { analysis } = turn.rollout;
  if (analysis === undefined || candidate === undefined || !MEASURED.includes(phase)) return undefined;
  const to = turn.now.getTime();
  return isIntervalOver(status, turn) ? { revision: candidate.revision, from: to - analysis.interval, to } : undefined;
}

function smokeTestFor(status: RolloutStatus, { rollout }: Turn): Decision['smokeTest'] {
  const { candidate, phase, routedSince, isSmokeTested } = status;
  const { strategy } = rollout;
  if (strategy.type !== 'blueGreen' || strategy.smokeTest === undefined || candidate === undefined) return undefined;
  if (phase !== 'Checking' || routedSince === undefined || isSmokeTested) return undefined;
  return { revision: candidate.revision, tag: candidate.tag, test: strategy.smokeTest };
}

function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
