/** Brings one schedule's Revisions to the values that the clock asks for. Level-based: safe at any time, any number of times. */
import { arrayAt, type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import { isBeingDeleted } from '../../src/kubernetes/object.ts';
import type { State } from '../../src/schedule/model.ts';
import type { Outcome, Round } from '../manager/controller.ts';
import { REFUSED_MS } from '../minScale/refusals.ts';
import type { Findings, Recorded } from './conditions.ts';
import type { Dependencies } from './dependencies.ts';
import { type Done, holdAll } from './holdAll.ts';
import { identityOf, type Look, lookAt } from './look.ts';
import { readOnce } from './read.ts';
import { statusOf, type Told, toldBy } from './status.ts';
import { driftEvent, driftNews, isTransition, refusalEvent, transitionEvent, transitionNews } from './tell.ts';
import { writeStatus } from './writeStatus.ts';

export async function reconcile(key: string, round: Round, dependencies: Dependencies): Promise<Outcome | undefined> {
  const { view, clock, turns } = dependencies;
  const [namespace = '', name = ''] = key.split('/');
  const look = (): Look => lookAt(view, { namespace, name, now: clock.now() });
  const uids = uidsIn(look());
  return turns.take(uids, async () => {
    round.signal.throwIfAborted();
    const current = look();
    if (uidsIn(current).every((uid) => uids.includes(uid)))
      return inTurn({ namespace, name, look: current, round }, dependencies);
    // another came while it waited: all of them take their turn with the others
    dependencies.enqueue(key);
    return undefined;
  });
}

/** Of everything whose value or record may be written. */
function uidsIn({ holds, putBacks, legacies }: Look): string[] {
  return [...holds, ...putBacks, ...legacies].map(({ revision }) => identityOf(revision).uid);
}

interface Turn {
  readonly namespace: string;
  readonly name: string;
  readonly look: Look;
  readonly round: Round;
}

async function inTurn(turn: Turn, dependencies: Dependencies): Promise<Outcome | undefined> {
  const { namespace, name, look, round } = turn;
  const { view, metrics, clock, refusals } = dependencies;
  metrics.active(`${namespace}/${name}`, look.state?.window);

  const schedule = view.stores.schedules.find(namespace, name);
  const { home, obstacle } = dependencies.knative();
  const limits = dependencies.limitsOf(namespace);
  const exceptions = dependencies.exceptionsIn(namespace);
  const done: Done =
    home === undefined
      ? nothingDone(schedule)
      : await holdAll({ namespace, look, schedule, home, limits, exceptions, now: clock.now(), round, refusals });
  if (done.refusals > 0) metrics.refused(done.refusals);
  if (done.schedule !== undefined && !isBeingDeleted(done.schedule)) {
    const before = schedule ?? done.schedule;
    const now = clock.now();
    const findings = findingsOf(turn, { schedule: done.schedule, done, obstacle }, dependencies);
    await writeStatus(done.schedule, statusOf(done.schedule, findings, now), round);
    tell({ before, done, state: look.state, now }, dependencies);
  }
  // what may pass by itself is tried again by the queue, sooner each time than what was refused
  if (done.error !== undefined) throw done.error;
  const retry = done.failures.length === 0 ? undefined : new Date(clock.now().getTime() + REFUSED_MS);
  const again = earlier(earlier(look.again, done.liftedUntil), retry);
  return again === undefined ? undefined : { again };
}

function earlier(one: Date | undefined, other: Date | undefined): Date | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one < other ? one : other;
}

function nothingDone(schedule: JsonObject | undefined): Done {
  const nothing = { held: [], kept: [], failures: [], drifted: [], refusals: 0 };
  return { schedule, ...nothing, liftedUntil: undefined, error: undefined };
}

interface Outcomes {
  readonly schedule: JsonObject;
  readonly done: Done;
  readonly obstacle: string | undefined;
}

function findingsOf({ namespace, look }: Turn, outcomes: Outcomes, { view }: Dependencies): Findings {
  const { schedule, done, obstacle } = outcomes;
  const kept: Recorded[] = [...done.kept];
  for (const { revision, recorded } of look.legacies) {
    if (recorded !== undefined) kept.push({ ...identityOf(revision), authored: recorded });
  }
  const { contender } = look;
  return {
    look,
    problems: readOnce(schedule).problems ?? [],
    obstacle,
    missing: contender === undefined ? undefined : view.missingTarget(namespace, contender.schedule),
    held: done.held,
    kept,
    failures: done.failures,
    until: earlier(look.state?.until, done.liftedUntil),
  };
}

interface Telling {
  /** As it was when the round began. */
  readonly before: JsonObject;
  readonly done: Done;
  readonly state: State | undefined;
  readonly now: Date;
}

/** After the status is written, which says what was told already. */
function tell({ before, done, state, now }: Telling, { record, announce, metrics }: Dependencies): void {
  for (const drifted of done.drifted) {
    record(driftEvent(before, drifted));
    announce(driftNews(before, drifted, now));
  }
  const refusal = done.failures.find(({ isRefusal }) => isRefusal);
  if (refusal !== undefined && !wasRefused(before)) record(refusalEvent(before, refusal));

  const told = toldBy(before);
  if (state === undefined || !isTransition(told, state)) return;
  const transition = { schedule: before, told, state, held: done.held, at: now };
  record(transitionEvent(transition));
  announce(transitionNews(transition));
  const lag = lagOf(told, state, now);
  if (lag !== undefined && done.failures.length === 0) metrics.transitioned(lag);
}

/** In seconds; undefined where it was not the clock that changed the state, but somebody who changed the schedule. */
function lagOf({ isCurrent }: Told, { since }: State, now: Date): number | undefined {
  return isCurrent && since !== undefined ? (now.getTime() - since.getTime()) / 1000 : undefined;
}

function wasRefused(schedule: JsonObject): boolean {
  const ready = arrayAt(schedule, 'status', 'conditions').find((each) => stringAt(each, 'type') === 'Ready');
  return stringAt(ready, 'reason') === 'Refused';
}
