/** Where objects keep their secrets. */
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { resolve } from '../../src/kubernetes/pointer.ts';
import { leavesIn } from './mutations.ts';

/** Where people write secrets, and where Weir must not look them up for its sentences. */
const SECRET_PLACES = /\/env\/\d+\/value$|\/(args|command)\/\d+$|^\/(data|stringData)(\/|$)/;

/** All that the object says elsewhere: what stands there too, such as in a name, is no secret. */
export function outsideSecretPlaces(object: JsonObject): string {
  const places = leavesIn(object).filter((place) => !SECRET_PLACES.test(place));
  return JSON.stringify(places.map((place) => [place, resolve(object, place) ?? null]));
}
