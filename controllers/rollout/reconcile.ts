/**
 * Brings one Service to where its TrafficRollout wants it. Level-based: what was written is looked at again, whoever wrote
 * it. The order of the writes is that of a crash that may come between any two (docs/adr/0031-how-a-rollout-decides.md).
 */

import { sentenceOf } from '../../src/kubernetes/client/errors.ts';
import { listAll } from '../../src/kubernetes/client/list.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { isBeingDeleted, nameOf } from '../../src/kubernetes/object.ts';
import { type Decision, decide, decideUnreadable } from '../../src/rollout/decide.ts';
import type { TrafficRollout } from '../../src/rollout/model.ts';
import type { IntervalResult, Observed, SmokeResult } from '../../src/rollout/observed.ts';
import { readRollout } from '../../src/rollout/read.ts';
import { trafficRollouts } from '../../src/rollout/resource.ts';
import { type RolloutStatus, readStatus } from '../../src/rollout/status.ts';
import type { Target } from '../../src/rollout/traffic.ts';
import type { Outcome, Round } from '../manager/controller.ts';
import { REFUSED_MS } from '../minScale/refusals.ts';
import { isRolloutHolder } from '../minScale/rolloutClaims.ts';
import { traceOf } from '../minScale/trace.ts';
import { type Carried, carryOutClaims, type Doing, wantedBy } from './claims.ts';
import type { Dependencies } from './dependencies.ts';
import { isKeptByUs } from './keep.ts';
import { unanswered } from './measure/source.ts';
import { observe } from './observe.ts';
import { askSmokeTest } from './smoke/ask.ts';
import { contestedStatus, obstructed, statusOf } from './status.ts';
import { happeningOf, isTransition, transitionNews } from './tell.ts';
import { serviceOfRollout } from './view.ts';
import { keepFromCollection, writeStatus, writeTraffic } from './write.ts';

/** @param key `namespace/service` */
export async function reconcile(key: string, round: Round, dependencies: Dependencies): Promise<Outcome | undefined> {
  const [namespace = '', service = ''] = key.split('/');
  const { view, clock } = dependencies;
  const [rollout, ...others] = view.rolloutsOf(namespace, service);
  const place = { key, namespace, service, round };
  if (rollout === undefined) return giveBack(place, dependencies);
  for (const other of others) await writeStatus(other, contestedStatus(other, rollout, clock.now()), round.client);

  const { rollout: read, problems } = readRollout(rollout);
  const known = readStatus(rollout);
  const { home, obstacle } = dependencies.knative();
  const now = clock.now();
  if (read === undefined || home === undefined) {
    const decision =
      read === undefined ? decideUnreadable(problems, known, now) : obstructed(obstacle ?? '', known, now);
    await writeStatus(rollout, statusOf(rollout, decision, now), round.client);
    return undefined;
  }
  const limits = dependencies.limitsOf(namespace);
  const freezes = dependencies.freezesOf(namespace);
  const observed = observe(view, place, rollout, { home, limits, freezes });
  const turn: Turn = { ...place, object: rollout, rollout: read, known, observed, now };
  const { decision, told, failure } = await settle(turn, dependencies);

  await writeStatus(rollout, statusOf(rollout, decision, now), round.client);
  tell(turn, decision, dependencies);
  const objects = view.revisionsOf(namespace, service);
  const wanted = wantedBy(decision.status, told, objects, now);
  const doing = { namespace, name: read.name, objects, wanted, home, limits, now, round };
  const outcome = await carryOut(turn, decision, doing, dependencies);
  if (failure !== undefined) throw failure;
  return outcome;
}

interface Place {
  readonly key: string;
  readonly namespace: string;
  readonly service: string;
  readonly round: Round;
}

interface Turn extends Place {
  readonly object: JsonObject;
  readonly rollout: TrafficRollout;
  readonly known: RolloutStatus | undefined;
  readonly observed: Observed;
  readonly now: Date;
}

interface Settled {
  readonly decision: Decision;
  readonly told: Observed;
  /** A smoke test that could not be asked for: to be tried again, after what was measured has been heeded. */
  readonly failure: Error | undefined;
}

/** What is decided with all the answers that are there by now: those that are not will ask for another round. */
async function settle(turn: Turn, dependencies: Dependencies): Promise<Settled> {
  const { key, rollout, known, now } = turn;
  const candidate = known?.candidate;
  let analysis: IntervalResult | undefined = dependencies.measurements.take(key, candidate?.revision);
  let smokeTest: SmokeResult | undefined = dependencies.smokeTests.take(
    key,
    candidate && `${candidate.revision} ${candidate.since}`,
  );
  let told: Observed = { ...turn.observed, analysis, smokeTest };
  let decision = decide(rollout, known, told, now);
  const measured = await measure(turn, decision, dependencies);
  let failure: Error | undefined;
  const tested = await test(turn, decision, dependencies).catch((error: unknown) => {
    failure = error instanceof Error ? error : new Error(String(error));
    return undefined;
  });
  if (measured !== undefined || tested !== undefined) {
    analysis = measured ?? analysis;
    smokeTest = tested ?? smokeTest;
    told = { ...turn.observed, analysis, smokeTest };
    decision = decide(rollout, known, told, now);
  }
  return { decision, told, failure };
}

async function measure(
  turn: Turn,
  decision: Decision,
  dependencies: Dependencies,
): Promise<IntervalResult | undefined> {
  const { key, namespace, service, rollout } = turn;
  const { analysis } = rollout;
  if (decision.measure === undefined || analysis === undefined) return undefined;
  const question = { namespace, service, stable: decision.status.stable ?? '', ...decision.measure, analysis };
  return dependencies.measurements.ask(key, question.revision, (signal) =>
    dependencies.measure(question, signal).catch((error: unknown) => unanswered(question, sentenceOf(error))),
  );
}

async function test(turn: Turn, decision: Decision, dependencies: Dependencies): Promise<SmokeResult | undefined> {
  const { key, object, service, round } = turn;
  const { smokeTest, status } = decision;
  if (smokeTest === undefined || status.candidate === undefined) return undefined;
  const question = { key, rollout: object, service, asked: smokeTest, since: status.candidate.since };
  return askSmokeTest(question, { view: dependencies.view, background: dependencies.smokeTests, round });
}

/** After the status is written, which says that it was. */
function tell(turn: Turn, decision: Decision, { record, announce, metrics }: Dependencies): void {
  const { object, service, known, now } = turn;
  for (const event of decision.events) record(happeningOf(object, event));
  metrics.decided(known, decision.status);
  if (isTransition(known, decision.status)) announce(transitionNews(object, service, known, decision, now));
}

/** What is claimed comes before spec.traffic, and what is given back after it. */
async function carryOut(
  turn: Turn,
  decision: Decision,
  doing: Doing,
  dependencies: Dependencies,
): Promise<Outcome | undefined> {
  const { object, observed, now, round } = turn;
  const { status, traffic, next } = decision;
  const held = await carryOutClaims(doing, dependencies, 'hold');
  await keepFromCollection(doing.objects, decision.kept, round.client, 'hold');
  const isHeld = held.error === undefined && held.refused.length === 0;
  const there = dependencies.view.stores.services.find(turn.namespace, turn.service);
  if (traffic !== undefined && there !== undefined && (isHeld || !isForward(status, traffic.targets, observed))) {
    await writeTraffic(there, traffic, round.client);
  }
  await keepFromCollection(doing.objects, decision.kept, round.client, 'release');
  const released = await carryOutClaims(doing, dependencies, 'release');
  for (const message of [...held.refused, ...released.refused].slice(0, 1)) {
    dependencies.record(happeningOf(object, { type: 'Warning', reason: 'ClaimRefused', message }));
  }
  return outcomeOf([held, released], next, now);
}

/** More for the candidate than it has: not without the pods that go with it. */
function isForward({ candidate }: RolloutStatus, targets: readonly Target[], { service }: Observed): boolean {
  if (candidate === undefined) return false;
  return shareOf(candidate.revision, targets) > shareOf(candidate.revision, service?.traffic ?? []);
}

function shareOf(revision: string, targets: readonly Target[]): number {
  let share = 0;
  for (const target of targets) if (target.revision === revision) share += target.percent;
  return share;
}

function outcomeOf(carried: readonly Carried[], next: Date | undefined, now: Date): Outcome | undefined {
  const error = carried.find((each) => each.error !== undefined)?.error;
  if (error !== undefined) throw error;
  const isRefused = carried.some(({ refused }) => refused.length > 0);
  const retry = isRefused ? new Date(now.getTime() + REFUSED_MS) : undefined;
  const moments = [next, retry, ...carried.map(({ again }) => again)].filter((each) => each !== undefined);
  if (moments.length === 0) return undefined;
  return { again: new Date(Math.min(...moments.map((each) => each.getTime()))) };
}

/** No TrafficRollout is about the Service any more: spec.traffic stays as it is, and all else is again its author's. */
async function giveBack(
  { namespace, service, round }: Place,
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
  const doing: Doing = { namespace, name: undefined, objects, wanted: new Map(), home, limits, now, round };
  const released = await carryOutClaims(doing, dependencies, 'release');
  await keepFromCollection(objects, [], round.client, 'release');
  return outcomeOf([released], undefined, now);
}

const LATE_MS = 1_000;
