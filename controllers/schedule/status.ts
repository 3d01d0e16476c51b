/** A ScalingSchedule's status: written as a whole, from what a round has found. Pure. */
import { arrayAt, type JsonObject, type JsonValue, numberAt, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { timeText } from '../../src/kubernetes/time.ts';
import type { Scale, State } from '../../src/schedule/model.ts';
import { conditionsOf, type Findings, type HeldRevision, type Recorded } from './conditions.ts';

/** What the status said the last time. */
export interface Told {
  readonly cause: string | undefined;
  readonly window: string | undefined;
  /** It spoke of the spec as it is now. */
  readonly isCurrent: boolean;
}

export function toldBy(schedule: JsonObject): Told {
  return {
    cause: stringAt(schedule, 'status', 'cause'),
    window: stringAt(schedule, 'status', 'activeWindow'),
    isCurrent: numberAt(schedule, 'status', 'observedGeneration') === numberAt(schedule, 'metadata', 'generation'),
  };
}

/** The status with the author's values of Revisions that are about to be held, all else as it was. */
export function withRecords(schedule: JsonObject, records: readonly Recorded[]): JsonObject {
  const uids = new Set(records.map(({ uid }) => uid));
  const others = arrayAt(schedule, 'status', 'revisions').filter((entry) => !uids.has(stringAt(entry, 'uid') ?? ''));
  return { ...objectAt(schedule, 'status'), revisions: [...others, ...records.map(entryOf)] };
}

export function statusOf(schedule: JsonObject, findings: Findings, now: Date): JsonObject {
  const { look, held, kept, problems, obstacle, until } = findings;
  const { state } = look;
  const generation = numberAt(schedule, 'metadata', 'generation') ?? 0;
  const conditions = conditionsOf(schedule, findings, now);
  const before = objectAt(schedule, 'status') ?? {};
  if (state === undefined || problems.length > 0) return { ...before, observedGeneration: generation, conditions };

  // where nothing may be written, what is held is held still
  const revisions: readonly JsonValue[] =
    obstacle === undefined ? [...held, ...kept].map(entryOf) : arrayAt(schedule, 'status', 'revisions');
  const count = obstacle === undefined ? held.length : (numberAt(schedule, 'status', 'held') ?? 0);
  const effective = effectiveOf(state, findings);
  return {
    observedGeneration: generation,
    cause: state.cause,
    ...(state.window === undefined ? {} : { activeWindow: state.window }),
    ...(effective === undefined ? {} : { effective: { ...effective } }),
    ...(until === undefined ? {} : { nextTransition: timeText(until) }),
    held: count,
    revisions,
    conditions,
  };
}

/** What is held where that is the same everywhere, or else what is asked for. */
function effectiveOf({ scale }: State, { held }: Findings): Scale | undefined {
  const [first, ...others] = held;
  if (first === undefined) return scale;
  return others.every((other) => isSame(other.scale, first.scale)) ? first.scale : scale;
}

export function isSame(one: Scale, other: Scale): boolean {
  return one.minScale === other.minScale && one.maxScale === other.maxScale && one.target === other.target;
}

function entryOf({ name, uid, authored, ...rest }: Recorded | HeldRevision): JsonObject {
  return { name, uid, ...('scale' in rest ? { ...rest.scale } : {}), authored: { ...authored } };
}

const TOLD = new WeakMap<JsonObject, ReadonlyMap<string, Scale>>();

/** At which scale the status says that each Revision was held, by its uid. */
export function scalesTold(schedule: JsonObject | undefined): ReadonlyMap<string, Scale> {
  const known = schedule === undefined ? undefined : TOLD.get(schedule);
  if (known !== undefined) return known;
  const told = new Map<string, Scale>();
  for (const entry of arrayAt(schedule, 'status', 'revisions')) {
    const scale: { minScale?: number; maxScale?: number; target?: number } = {};
    for (const field of ['minScale', 'maxScale', 'target'] as const) {
      const value = numberAt(entry, field);
      if (value !== undefined) scale[field] = value;
    }
    told.set(stringAt(entry, 'uid') ?? '', scale);
  }
  if (schedule !== undefined) TOLD.set(schedule, told);
  return told;
}
