/** What stands where a guard rail is to be, compared with it. */
import type { JsonObject } from '../kubernetes/json.ts';
import { drift } from './drift.ts';
import { isOurs } from './owner.ts';

/** `overridden`: an object of somebody else stands there and says something else; `shared`: theirs, and contradicts nothing. */
export type RailState = 'make' | 'change' | 'keep' | 'overridden' | 'shared';

export interface ComparedRail {
  readonly state: RailState;
  /** JSON pointers to what differs. */
  readonly fields: readonly string[];
}

/** @param live undefined where nothing is there */
export function compareRail(wanted: JsonObject, live: JsonObject | undefined): ComparedRail {
  if (live === undefined) return { state: 'make', fields: [] };
  if (isOurs(live)) {
    const fields = drift(wanted, live);
    return { state: fields.length === 0 ? 'keep' : 'change', fields };
  }
  // labels are added beside theirs; fields of theirs that say something else stand
  const fields = drift(wanted, live).filter((field) => !field.startsWith('/metadata/'));
  return { state: fields.length === 0 ? 'shared' : 'overridden', fields };
}
