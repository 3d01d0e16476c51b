/**
 * Brings one Service to where its TrafficRollout wants it. Level-based: what was written is looked at again, whoever wrote
 * it. The order of the writes is that of a crash that may come between any two (docs/adr/0031-how-a-rollout-decides.md).
 */

import { sentenceOf } from '../../src/kubernetes/client/errors.ts';
import type { Clock } from '../../src/kubernetes/clock.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { nameOf } from '../../src/kubernetes/object.ts';
import { type Decision, decide } from '../../src/rollout/decide.ts';
import type { TrafficRollout } from '../../src/rollout/model.ts';
import type { IntervalResult, Observed, Rival, SmokeResult } from '../../src/rollout/observed.ts';
import { readRollout } from '../../src/rollout/read.ts';
import { type RolloutStatus, readStatus } from '../../src/rollout/status.ts';
import { decideUnreadable } from '../../src/rollout/unreadable.ts';
import type { Outcome, Round } from '../manager/controller.ts';
import { carryOut } from './carryOut.ts';
import type { Dependencies } from './dependencies.ts';
import { giveBack } from './giveBack.ts';
import { unanswered } from './measure/source.ts';
import { observe } from './observe.ts';
import { askSmokeTest } from './smoke/ask.ts';
import { contestedStatus, obstructed, statusOf } from './status.ts';
import { Late, SURE, sureOf } from './sure.ts';
import { happeningOf, isTransition, transitionNews } from './tell.ts';
import { isHeldAtNone, wantedBy } from './wanted.ts';
import { writeStatus } from './write.ts';

/** @param key `namespace/service` */
export async function reconcile(key: string, round: Round, dependencies: Dependencies): Promise<Outcome | undefined> {
  const [namespace = '', service = ''] = key.split('/');
  const { view, clock } = dependencies;
  const [rollout, ...others] = view.rolloutsOf(namespace, service);
  if (rollout === undefined) {
    endQuestions(key, dependencies);
    return giveBack(namespace, service, round, dependencies);
  }
  const [brought] = await Promise.allSettled([bring(rollout, { key, namespace, service, round }, dependencies)]);
  // who decides comes first: what the others are told nobody waits for
  const untold = await tellOthers(others, rollout, round, clock);
  if (brought.status === 'rejected' && !(brought.reason instanceof Late)) throw brought.reason;
  const outcome = brought.status === 'fulfilled' ? brought.value : { again: inTime(LATE_MS, clock) };
  if (untold === undefined) return outcome;
  if (outcome?.again === undefined) throw untold;
  const retry = inTime(UNTOLD_MS, clock);
  return outcome.again < retry ? outcome : { again: retry };
}

/** The change of a cache that is late asks for a round, and this one does where it was lost. */
const LATE_MS = 1_000;
/** What an other one could not be told is tried again, in no hurry. */
const UNTOLD_MS = 30_000;

function inTime(milliseconds: number, clock: Clock): Date {
  return new Date(clock.now().getTime() + milliseconds);
}

/** @returns the first error of a write: none of them stands in the way of another */
async function tellOthers(others: readonly JsonObject[], first: JsonObject, round: Round, clock: Clock) {
  let failure: unknown;
  for (const other of others) {
    try {
      await writeStatus(other, contestedStatus(other, first, clock.now()), round.client);
    } catch (error) {
      round.signal.throwIfAborted();
      failure ??= error;
    }
  }
  return failure;
}

async function bring(rollout: JsonObject, place: Place, dependencies: Dependencies): Promise<Outcome | undefined> {
  const { key, namespace, service, round } = place;
  const { view, clock, rivals } = dependencies;
  const { rollout: read, problems } = readRollout(rollout);
  const known = readStatus(rollout);
  const { home, obstacle } = dependencies.knative();
  const now = clock.now();
  if (read === undefined || home === undefined) endQuestions(key, dependencies);
  if (home === undefined) {
    const decision =
      read === undefined ? decideUnreadable(problems, known, undefined, now) : obstructed(obstacle ?? '', known, now);
    await writeStatus(rollout, statusOf(rollout, decision, now), round.client);
    return undefined;
  }
  const limits = dependencies.limitsOf(namespace);
  const freezes = dependencies.freezesOf(namespace);
  const rivalOf = (uid: string): Rival | undefined => rivals.of(uid);
  const observed = observe(view, place, rollout, { home, limits, freezes, rivalOf });
  const turn: Turn = { ...place, object: rollout, known, observed, now };
  const { decision, told, failure } =
    read === undefined
      ? { decision: decideUnreadable(problems, known, observed, now), told: observed, failure: undefined }
      : await settle(turn, read, dependencies);

  const isWritten = await writeStatus(rollout, statusOf(rollout, decision, now), round.client);
  tell(turn, decision, dependencies);
  const objects = view.revisionsOf(namespace, service);
  const isStopped = (revision: JsonObject): boolean =>
    isHeldAtNone(revision, view.stores.podAutoscalers.find(namespace, nameOf(revision)), home);
  const wanted = wantedBy(decision.status, told, objects, now, isStopped);
  const sure = isWritten ? SURE : sureOf(rollout, round.client);
  const doing = { namespace, name: nameOf(rollout), objects, wanted, home, limits, now, round, sure };
  const outcome = await carryOut({ ...doing, service, rollout, known, observed }, decision, dependencies);
  if (failure !== undefined) throw failure;
  return outcome;
}

/** What is measured and tested for nobody any more. */
function endQuestions(key: string, { measurements, smokeTests }: Dependencies): void {
  measurements.take(key, undefined);
  smokeTests.take(key, undefined);
}

interface Place {
  readonly key: string;
  readonly namespace: string;
  readonly service: string;
  readonly round: Round;
}

interface Turn extends Place {
  readonly object: JsonObject;
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
async function settle(turn: Turn, rollout: TrafficRollout, dependencies: Dependencies): Promise<Settled> {
  const { key, known, now } = turn;
  const candidate = known?.candidate;
  let analysis: IntervalResult | undefined = dependencies.measurements.take(key, candidate?.revision);
  let smokeTest: SmokeResult | undefined = dependencies.smokeTests.take(
    key,
    candidate && `${candidate.revision} ${candidate.since}`,
  );
  let told: Observed = { ...turn.observed, analysis, smokeTest };
  let decision = decide(rollout, known, told, now);
  // the next interval is asked about once this one is written down: what is decided anew would know of the next alone
  const isJudged = decision.status.analysis?.at !== known?.analysis?.at;
  const measured = isJudged ? undefined : await measure(turn, rollout, decision, dependencies);
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
  rollout: TrafficRollout,
  decision: Decision,
  dependencies: Dependencies,
): Promise<IntervalResult | undefined> {
  const { key, namespace, service } = turn;
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
