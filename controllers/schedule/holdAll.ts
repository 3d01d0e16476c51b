/** Records, holds and puts back what a look has found; a Revision that fails never holds up the others. */

import { isActive } from '../../src/knative/serving/revisions.ts';
import type { ScalingHome } from '../../src/knative/serving/scalingHome.ts';
import { ApiError, isConflict, isNotFound, sentenceOf } from '../../src/kubernetes/client/errors.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { isBeingDeleted } from '../../src/kubernetes/object.ts';
import type { Round } from '../manager/controller.ts';
import type { Limits } from '../minScale/bounds.ts';
import { authoredOf, type Held, isEmpty, isUnrecorded, type Plan, planHold, planPutBack } from '../minScale/hold.ts';
import type { Refusals } from '../minScale/refusals.ts';
import { traceOf } from '../minScale/trace.ts';
import { carryOut } from '../minScale/write.ts';
import type { Failure, HeldRevision, Recorded } from './conditions.ts';
import { podAutoscalers, revisions } from './kinds.ts';
import { type Hold, identityOf, type Look, recordsOf } from './look.ts';
import { isSame, scaleTold, withRecords } from './status.ts';
import { writeStatus } from './writeStatus.ts';

export interface Doing {
  readonly namespace: string;
  readonly look: Look;
  /** Undefined where it was deleted: then what it held is put back. */
  readonly schedule: JsonObject | undefined;
  readonly home: ScalingHome;
  readonly limits: Limits;
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
  /** The first that may pass by itself, for the queue to try again. */
  readonly error: unknown;
}

export async function holdAll(doing: Doing): Promise<Done> {
  const work = new Work(doing);
  const holds = await work.readUnrecorded(doing.look.holds);
  const schedule = await recordAuthored(holds, doing);
  for (const hold of holds) await work.hold(hold);
  for (const held of doing.look.putBacks) await work.putBack(held);
  const { held, kept, failures, drifted, refusals, error } = work;
  return { schedule, held, kept, failures, drifted, refusals, error };
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
  refusals = 0;
  error: unknown;
  readonly #doing: Doing;

  constructor(doing: Doing) {
    this.#doing = doing;
  }

  /**
   * What nobody has recorded is read from the API server itself: a cache that is late would take a value that is held for
   * the author's.
   */
  async readUnrecorded(holds: readonly Hold[]): Promise<Hold[]> {
    const { namespace, round } = this.#doing;
    const { signal } = round;
    const current: Hold[] = [];
    for (const hold of holds) {
      if (!isUnrecorded(hold)) {
        current.push(hold);
        continue;
      }
      const { name } = identityOf(hold.revision);
      try {
        const revision = await round.client.get(revisions, { namespace, name }, { signal });
        const podAutoscaler = await round.client.get(podAutoscalers, { namespace, name }, { signal });
        if (isActive(revision) && !isBeingDeleted(revision)) current.push({ ...hold, revision, podAutoscaler });
      } catch (error) {
        this.#fail(hold, undefined, error);
      }
    }
    return current;
  }

  async hold(hold: Hold): Promise<void> {
    const { home, limits, schedule } = this.#doing;
    const plan = planHold(hold, hold.claim, home, limits);
    const identity = identityOf(hold.revision);
    const { authored, cuts } = plan;
    const held: HeldRevision = { ...identity, authored, scale: plan.scale ?? {}, cuts };
    if (!(await this.#carriedOut(plan, hold))) return;
    this.held.push(held);
    const told = scaleTold(schedule, identity.uid);
    const wasHeld = told !== undefined && traceOf(hold.podAutoscaler)?.holder === hold.claim.holder;
    if (wasHeld && isSame(told, held.scale) && !isEmpty(plan.scaling)) this.drifted.push(held);
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
      await carryOut(plan, held, { client: round.client, home, revisions, podAutoscalers });
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
    if (isNotFound(error)) return;
    const identity = identityOf(revision);
    if (plan !== undefined) this.kept.push({ ...identity, authored: plan.authored });
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
