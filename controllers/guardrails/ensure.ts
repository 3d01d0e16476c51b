/** Brings one guard rail to what it should be. */
import { drift } from '../../src/guardrails/drift.ts';
import { ADOPTED } from '../../src/guardrails/marks.ts';
import {
  ADOPTING_MANAGER,
  adopterOf,
  asAdopted,
  asOurs,
  FIELD_MANAGER,
  isGuardRail,
  isOurs,
  ofThisVery,
  stampOf,
  stampOn,
  wasMadeByUs,
} from '../../src/guardrails/owner.ts';
import type { Client } from '../../src/kubernetes/client/client.ts';
import { ApiError, isConflict, isNotFound, sentenceOf } from '../../src/kubernetes/client/errors.ts';
import type { Resource } from '../../src/kubernetes/client/resource.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { annotationsOf, referenceTo, titleOf } from '../../src/kubernetes/object.ts';
import { pointer } from '../../src/kubernetes/pointer.ts';
import type { Round } from '../manager/controller.ts';
import type { Dependencies } from './dependencies.ts';
import { keepSecret } from './keep.ts';
import { type Place, tellObject, tellRepair } from './tell.ts';

export interface Wanted {
  readonly resource: Resource;
  readonly section: string;
  /** As the caches show it, to be compared with what they hold. */
  readonly object: JsonObject;
  /** What is applied, where that is more than the caches keep; the object itself unless given. */
  readonly full?: () => Promise<JsonObject>;
  /** As the caches hold it. */
  readonly cached: JsonObject | undefined;
  /** The server was asked just now, and has none. */
  readonly isAbsent?: boolean;
}

/** `made`, for the summary of the round; undefined where nothing was to do or where it was told already. */
export type Ensured = 'made' | 'updated' | 'overridden' | undefined;

export async function ensure(wanted: Wanted, place: Place, round: Round, tools: Dependencies): Promise<Ensured> {
  const { cached, object } = wanted;
  const work = new Ensuring(wanted, place, round.client, tools);
  if (cached !== undefined && isGuardRail(cached) && work.isKept(cached)) return undefined;

  // the cache holds what carries our label, and lags: only the server knows whether it is there, and who wrote its marks
  const live = wanted.isAbsent === true ? undefined : await liveOf(round.client, wanted.resource, object);
  if (live === undefined) return work.make();
  return wasMadeByUs(live) ? work.keep(live) : work.adopt(live);
}

/** Whether the guard rail, as the caches show it, is as it should be, whosever it is. */
export function isAsWanted(wanted: JsonObject, cached: JsonObject): boolean {
  const applied = isOurs(cached) ? asOurs(wanted, wanted) : asAdopted(wanted, wanted);
  return drift(applied, cached).length === 0;
}

class Ensuring {
  readonly #wanted: Wanted;
  readonly #place: Place;
  readonly #client: Client;
  readonly #tools: Dependencies;
  readonly #key: string;

  constructor(wanted: Wanted, place: Place, client: Client, tools: Dependencies) {
    this.#wanted = wanted;
    this.#place = place;
    this.#client = client;
    this.#tools = tools;
    this.#key = keyOf(wanted.resource, wanted.object);
  }

  /** Nothing is to do, whoever wrote its marks: as by them it is ours, and as we want it. */
  isKept(cached: JsonObject): boolean {
    const { object } = this.#wanted;
    if (!isOurs(cached) || !isAsWanted(object, cached)) return false;
    this.#tools.established.add(this.#key);
    return true;
  }

  /** Without force: who made one of that name in this very moment keeps it, and the next round sees it. */
  async make(): Promise<Ensured> {
    const { object } = this.#wanted;
    await this.#apply(asOurs(await this.#full(), object), false);
    const isGone = this.#tools.established.has(this.#key);
    this.#tools.established.add(this.#key);
    if (isGone) return this.#repaired(object, undefined);
    this.#count('made');
    return 'made';
  }

  /** Ours: somebody else's change of a field that we write is undone, and no other. */
  async keep(live: JsonObject): Promise<Ensured> {
    const { object } = this.#wanted;
    const fields = drift(asOurs(object, object), this.#comparable(live));
    const isMarked = annotationsOf(live)[ADOPTED] !== undefined;
    if (isMarked) fields.push(pointer('metadata', 'annotations', ADOPTED));
    this.#tools.established.add(this.#key);
    if (fields.length === 0) return undefined;

    await this.#apply(asOurs(await this.#full(), object), true);
    if (isMarked) await this.#takeMarkAway();
    // another stamp of ours is an older policy's; one of somebody else's is a change like any other
    if (!isOurs(live) || stampOn(live) === stampOf(object)) return this.#repaired(live, fields);
    this.#count('updated');
    return 'updated';
  }

  /** A team's: what does not contradict it is added. What does is told; theirs stands. */
  async adopt(live: JsonObject): Promise<Ensured> {
    const { object } = this.#wanted;
    this.#tools.established.delete(this.#key);
    if (drift(asAdopted(object, object), this.#comparable(live)).length === 0) return undefined;
    try {
      const fieldManager = adopterOf(live) ?? ADOPTING_MANAGER;
      await this.#apply(ofThisVery(asAdopted(await this.#full(), object), live), false, fieldManager);
    } catch (error) {
      if (!isRefused(error)) throw error;
      this.#overridden(live, sentenceOf(error));
      return 'overridden';
    }
    if (annotationsOf(live)[ADOPTED] === undefined) {
      const { kind, name } = referenceTo(object);
      const note = `${titleOf({ kind, name })} was here before, and contradicts no guard rail of ${this.#place.environment}: it counts as one, and is not deleted with it`;
      tellObject(this.#tools, live, { type: 'Normal', reason: 'GuardRailAdopted', action: 'Adopted', note });
    }
    this.#count('adopted');
    return undefined;
  }

  #overridden(live: JsonObject, why: string): void {
    const { kind, name } = referenceTo(live);
    const note = `${titleOf({ kind, name })} is not Weir's and says something else than the guard rail of ${this.#place.environment}, which does not hold here: ${why}. Rename it, or write what the policy says: weir namespace preview`;
    tellObject(this.#tools, live, { type: 'Warning', reason: 'GuardRailOverridden', action: 'LeftAlone', note });
  }

  #repaired(live: JsonObject, fields: readonly string[] | undefined): Ensured {
    const { resource, section } = this.#wanted;
    tellRepair(this.#tools, this.#place, { resource, section, object: live, fields });
    this.#count('repaired');
    return undefined;
  }

  async #apply(body: JsonObject, force: boolean, fieldManager = FIELD_MANAGER): Promise<void> {
    const { resource, object } = this.#wanted;
    const { namespace, name } = referenceTo(object);
    await this.#client.patch(resource, { namespace, name }, { type: 'apply', body }, { force, fieldManager });
  }

  /** Server-side apply takes away only what it has applied. */
  async #takeMarkAway(): Promise<void> {
    const { resource, object } = this.#wanted;
    const { namespace, name } = referenceTo(object);
    const body = { metadata: { annotations: { [ADOPTED]: null } } };
    await this.#client.patch(resource, { namespace, name }, { type: 'merge', body });
  }

  #full(): Promise<JsonObject> {
    return this.#wanted.full?.() ?? Promise.resolve(this.#wanted.object);
  }

  /** What the server gave in full, as the caches would keep it. */
  #comparable(live: JsonObject): JsonObject {
    return this.#wanted.full === undefined || live === this.#wanted.cached ? live : keepSecret(live);
  }

  #count(what: 'made' | 'updated' | 'repaired' | 'adopted'): void {
    this.#tools.metrics.wrote(this.#place.environment, this.#wanted.section, what);
  }
}

/** Another manager has the field, or the field cannot be changed at all, as a RoleBinding's roleRef. */
function isRefused(error: unknown): boolean {
  return isConflict(error) || (error instanceof ApiError && error.status === 422);
}

/** Undefined where it is not there. */
export async function liveOf(client: Client, resource: Resource, object: JsonObject): Promise<JsonObject | undefined> {
  const { namespace, name } = referenceTo(object);
  try {
    return await client.get(resource, { namespace, name });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

export function keyOf({ group, plural }: Resource, object: JsonObject): string {
  const { namespace, name } = referenceTo(object);
  return `${namespace}/${plural}.${group}/${name}`;
}
