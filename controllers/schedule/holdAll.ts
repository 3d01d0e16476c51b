/** Records, holds and puts back what a look has found; a Revision that fails never holds up the others. */

import { podAutoscalers, revisions } from '../../src/knative/resources.ts';
import { isActive } from '../../src/knative/serving/revisions.ts';
import type { ScalingHome } from '../../src/knative/serving/scalingHome.ts';
import { ApiError, isConflict, isNotFound, sentenceOf } from '../../src/kubernetes/client/errors.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { isBeingDeleted } from '../../src/kubernetes/object.ts';
import type { PolicyException } from '../../src/policy/engine/exceptions.ts';
import type { Limits } from '../../src/policy/scaling/within.ts';
import type { Round } from '../manager/controller.ts';
import { authoredOf, type Held, isEmpty, isUnrecorded, type Plan, planHold, planPutBack } from '../minScale/hold.ts';
import type { Refusals } from '../minScale/refusals.ts';
import { traceOf } from '../minScale/trace.ts';
import { carryOut } from '../minScale/write.ts';
import type { Failure, HeldRevision, Recorded } from './conditions.ts';
import { endOf, liftedFor, neededOf } from './lifted.ts';
import { type Hold, identityOf, type Look, recordsOf } from './look.ts';
import { sideBySide } from './sideBySide.ts';
import { isSame, scalesTold, withRecords } from './status.ts';
import { writeStatus } from './writeStatus.ts';

export interface Doing {
  readonly namespace: string;
  readonly look: Look;
  /** Undefined where it was deleted: then what it held is put back. */
  readonly schedule: JsonObject | undefined;
  readonly home: ScalingHome;
  readonly limits: Limits;
  /** Of the namespace, the one that lasts longest first. */
  readonly exceptions: readonly PolicyException[];
  readonly now: Date;
  readonly round: Round;
  readonly refusals: Refusals;
}

export interface Done {
  /** As it is once the author's values are recorded. */
  readonly schedule: JsonObject | undefined;
  readonly held: readonly HeldRevision[];
  /** Neither held nor put back, for the failures below. */
  readonly kept: readonly Recorded[];
  readonly failures: readonly Failure[];
  /** How many writes were refused in this round; one that was not sent again is a failure alone. */
  readonly refusals: number;
  /** Held before at the same value, which somebody else had changed. */
  readonly drifted: readonly HeldRevision[];
  /** When the first exception ends by which something is held beyond a bound; undefined where nothing is. */
  readonly liftedUntil: Date | undefined;
  /** The first that may pass by itself, for the queue to try again. */
  readonly error: unknown;
}

const NOTHING_LIFTED: ReadonlySet<string> = new Set();

/** Of one schedule: beside it others are looked at, too. */
const AT_ONCE = 4;

/**
 * So many are read, recorded and held before the next: a round has two minutes, and one that comes to its end in the
 * midst of thousands has not read all of them in vain.
 */
const PORTION = 250;

export async function holdAll(doing: Doing): Promise<Done> {
  const work = new Work(doing);
  let { schedule } = doing;
  for (const portion of portionsOf(doing.look.holds)) {
    const known: Hold[] = [];
    await sideBySide(portion, AT_ONCE, (hold) => work.read(hold, known));
    schedule = await recordAuthored(known, { ...doing, schedule });
    await sideBySide(known, AT_ONCE, (hold) => work.hold(hold));
  }
  await sideBySide(doing.look.putBacks, AT_ONCE, (held) => work.putBack(held));
  const { refusals, error } = work;
  const liftedUntil = endOf(work.lifting);
  return {
    schedule,
    held: work.held.sort(byName),
    kept: work.kept.sort(byName),
    failures: work.failures.sort((one, other) => compare(one.revision, other.revision)),
    drifted: work.drifted.sort(byName),
    liftedUntil,
    refusals,
    error,
  };
}

function* portionsOf(holds: readonly Hold[]): Iterable<readonly Hold[]> {
  for (let start = 0; start < holds.length; start += PORTION) yield holds.slice(start, start + PORTION);
}

/** Whoever is done first: a status is to say the same each time. */
function byName(one: Recorded, other: Recorded): number {
  return compare(one.name, other.name);
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** Before anything is written: a crash between the two must not lose what the author wrote. */
async function recordAuthored(holds: readonly Hold[], doing: Doing): Promise<JsonObject | undefined> {
  const { schedule, home, round } = doing;
  if (schedule === undefined || isBeingDeleted(schedule)) return schedule;
  const known = recordsOf(schedule);
  const records: Recorded[] = [];
  for (const hold of holds) {
    const identity = identityOf(hold.revision);
    if (!known.has(identity.uid)) records.push({ ...identity, authored: authoredOf(hold, home) });
  }
  return records.length === 0 ? schedule : writeStatus(schedule, withRecords(schedule, records), round);
}

class Work {
  readonly held: HeldRevision[] = [];
  readonly kept: Recorded[] = [];
  readonly failures: Failure[] = [];
  readonly drifted: HeldRevision[] = [];
  readonly lifting = new Set<PolicyException>();
  refusals = 0;
  error: unknown;
  readonly #doing: Doing;

  constructor(doing: Doing) {
    this.#doing = doing;
  }

  /**
   * What nobody has recorded is read from the API server itself: a cache that is late would take a value that is held for
   * the author's.
   *
   * @param known takes those of which it is known then what their author wrote
   */
  async read(hold: Hold, known: Hold[]): Promise<void> {
    if (!isUnrecorded(hold)) {
      known.push(hold);
      return;
    }
    const { namespace, round } = this.#doing;
    const { name } = identityOf(hold.revision);
    try {
      const revision = await round.client.get(revisions, { namespace, name });
      const podAutoscaler = await round.client.get(podAutoscalers, { namespace, name });
      if (isActive(revision) && !isBeingDeleted(revision)) known.push({ ...hold, revision, podAutoscaler });
    } catch (error) {
      this.#fail(hold, undefined, error);
    }
  }

  async hold(hold: Hold): Promise<void> {
    const { schedule } = this.#doing;
    const { plan, excuses } = this.#plan(hold);
    const identity = identityOf(hold.revision);
    const { authored, cuts } = plan;
    const held: HeldRevision = { ...identity, authored, scale: plan.scale ?? {}, cuts, excuses };
    if (!(await this.#carriedOut(plan, hold))) return;
    this.held.push(held);
    const told = scalesTold(schedule).get(identity.uid);
    const wasHeld = told !== undefined && traceOf(hold.podAutoscaler)?.holder === hold.claim.holder;
    if (wasHeld && isSame(told, held.scale) && !isEmpty(plan.scaling)) this.drifted.push(held);
  }

  /** With the names of the exceptions by which it goes beyond a bound. */
  #plan(hold: Hold): { readonly plan: Plan; readonly excuses: readonly string[] } {
    const { home, limits, exceptions, now } = this.#doing;
    const plan = (lifted: ReadonlySet<string>): Plan => planHold(hold, hold.claim, home, { ...limits, lifted });
    const lifted = liftedFor(hold.revision, exceptions, now);
    if (lifted.size === 0) return { plan: plan(NOTHING_LIFTED), excuses: [] };
    const free = plan(new Set(lifted.keys())).scale ?? {};
    const needed = neededOf(lifted, (rules) => isSame(plan(rules).scale ?? {}, free));
    const excusing = new Set(needed.values());
    for (const exception of excusing) this.lifting.add(exception);
    return { plan: plan(new Set(needed.keys())), excuses: [...excusing].map(({ name }) => name) };
  }

  async putBack(held: Held): Promise<void> {
    await this.#carriedOut(planPutBack(held, this.#doing.home), held);
  }

  async #carriedOut(plan: Plan, held: Held): Promise<boolean> {
    const { home, round, refusals } = this.#doing;
    const { name, uid } = identityOf(held.revision);
    const what = JSON.stringify([home, plan.scaling]);
    const known = refusals.find(uid, what);
    if (known !== undefined) {
      this.kept.push({ name, uid, authored: plan.authored });
      this.failures.push({ revision: name, isRefusal: true, message: known });
      return false;
    }
    try {
      const isScaled = await carryOut(plan, held, { client: round.client, home, revisions, podAutoscalers });
      if (isScaled) refusals.taken(uid, what);
      return true;
    } catch (error) {
      if (isRefused(error)) {
        refusals.add(uid, what, sentenceOf(error));
        this.refusals++;
      }
      this.#fail(held, plan, error);
      return false;
    }
  }

  #fail({ revision }: Held, plan: Plan | undefined, error: unknown): void {
    // whoever leads no more writes nothing, no status either
    this.#doing.round.signal.throwIfAborted();
    const identity = identityOf(revision);
    // also where it is the PodAutoscaler that is gone: Knative makes the next one with what is held
    if (plan !== undefined) this.kept.push({ ...identity, authored: plan.authored });
    if (isNotFound(error)) return;
    const isRefusal = isRefused(error);
    if (!isRefusal) this.error ??= error;
    // somebody else was faster, which the next round sees: nothing that anybody has to hear of
    if (!isConflict(error)) this.failures.push({ revision: identity.name, isRefusal, message: sentenceOf(error) });
  }
}

/** By an admission webhook, by the schema or for want of a right. */
function isRefused(error: unknown): boolean {
  return error instanceof ApiError && [400, 403, 422].includes(error.status);
}
