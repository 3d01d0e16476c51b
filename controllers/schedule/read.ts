/** Schedules as they are read, once for each spec. */
import { equals, type JsonObject } from '../../src/kubernetes/json.ts';
import type { ReadResult } from '../../src/schedule/model.ts';
import { readSchedule } from '../../src/schedule/read.ts';

const READ = new WeakMap<JsonObject, ReadResult>();

/** Read once for each version of the object. */
export function readOnce(object: JsonObject): ReadResult {
  const known = READ.get(object);
  if (known !== undefined) return known;
  const read = readSchedule(object);
  READ.set(object, read);
  return read;
}

/** Says that one takes the place of the other: what the spec says is kept where that is the same, as with each status. */
export function takesPlaceOf(object: JsonObject, old: JsonObject): void {
  const known = READ.get(old);
  if (known !== undefined && equals(object.spec, old.spec)) READ.set(object, known);
}
