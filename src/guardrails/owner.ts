/** Whose an object is: Weir's, that is made, repaired and deleted by it; or a team's, that Weir adds to and never overrules. */

import { arrayAt, type JsonObject, type JsonValue, objectAt, stringAt } from '../kubernetes/json.ts';
import { annotationsOf, labelsOf, nameOf, referenceTo } from '../kubernetes/object.ts';
import { hashOf } from './hash.ts';
import { ADOPTED, APPLIED, ARGO_ANNOTATION, ARGO_LABEL, GUARD_RAIL_LABEL, MANAGED_BY } from './marks.ts';

/** Of what Weir made. */
export const FIELD_MANAGER = 'weir-guardrails';
/** Of what Weir added to a team's object: no patch of its marks makes that the other's. */
export const ADOPTING_MANAGER = 'weir-guardrails-adopted';

/** True for what Argo CD, or Helm, by the same label, has as its own. */
export function isTracked(object: JsonObject): boolean {
  return labelsOf(object)[ARGO_LABEL] !== undefined || annotationsOf(object)[ARGO_ANNOTATION] !== undefined;
}

/**
 * True for what Weir made in this namespace and nobody else took over: by its stamp, which a copy of it in another
 * namespace has from elsewhere. False for what somebody marked as if it were not Weir's: `wasMadeByUs` knows better.
 */
export function isOurs(object: JsonObject): boolean {
  const stamp = stampOn(object) ?? '';
  const { namespace } = referenceTo(object);
  const isMade = stamp.startsWith(`${namespace}.`) && !stamp.startsWith(adoptedIn(namespace));
  return isMade && annotationsOf(object)[ADOPTED] === undefined && !isTracked(object);
}

/**
 * The same for an object as the server gives it, where it stands who wrote what: whoever may patch an object may write
 * Weir's marks, too, and those of others count for nothing. Only what is Argo CD's by its marks is so whoever wrote them.
 */
export function wasMadeByUs(live: JsonObject): boolean {
  const applied = appliedBy(FIELD_MANAGER, live);
  if (applied === undefined || isTracked(live)) return false;
  const weWrote = (map: 'labels' | 'annotations', key: string): boolean =>
    objectAt(applied, 'fieldsV1', 'f:metadata', `f:${map}`, `f:${key}`) !== undefined;

  // somebody wrote over the stamp: an older Weir adopted by this manager, too, and marked what it adopted
  if (!weWrote('annotations', APPLIED)) return !weWrote('annotations', ADOPTED);
  const stamp = stampOn(live) ?? '';
  const { namespace } = referenceTo(live);
  if (stamp.startsWith(madeIn(namespace))) return true;
  // who restores a namespace under another name brings what we wrote there
  if (!stamp.startsWith(`${namespace}.`) || stamp.startsWith(adoptedIn(namespace))) return false;
  // an older Weir had one stamp for both, and of what it adopted claimed no management
  return weWrote('labels', MANAGED_BY);
}

/** By which Weir has fields of an object that it did not make; undefined where it has none. */
export function adopterOf(live: JsonObject): string | undefined {
  // an older Weir, and what was Weir's before Argo CD took it over
  return [FIELD_MANAGER, ADOPTING_MANAGER].find((manager) => appliedBy(manager, live) !== undefined);
}

function appliedBy(manager: string, live: JsonObject): JsonValue | undefined {
  return arrayAt(live, 'metadata', 'managedFields').find(
    (entry) => stringAt(entry, 'manager') === manager && stringAt(entry, 'operation') === 'Apply',
  );
}

/** As Weir applies what is its own. */
export function asOurs(object: JsonObject, comparable: JsonObject): JsonObject {
  const { metadata } = object;
  const annotations = { ...annotationsOf(object), [APPLIED]: stampOf(comparable) };
  return { ...object, metadata: { ...objectAt(metadata), annotations } };
}

/** As Weir applies what is a team's: with no claim to manage it. */
export function asAdopted(object: JsonObject, comparable: JsonObject): JsonObject {
  const labels = Object.fromEntries(Object.entries(labelsOf(object)).filter(([key]) => key !== MANAGED_BY));
  const annotations = { ...annotationsOf(object), [APPLIED]: adoptedStampOf(comparable), [ADOPTED]: 'true' };
  return { ...object, metadata: { ...objectAt(object, 'metadata'), labels, annotations } };
}

/** What gives up every field that Weir applied: those that nobody else has go. */
export function asReleased(object: JsonObject): JsonObject {
  const { apiVersion, kind, namespace } = referenceTo(object);
  return ofThisVery({ apiVersion, kind, metadata: { name: nameOf(object), namespace } }, object);
}

/** With the uid of what it is applied to: to apply what is gone by then would make it anew. */
export function ofThisVery(object: JsonObject, live: JsonObject): JsonObject {
  const uid = stringAt(live, 'metadata', 'uid');
  return uid === undefined ? object : { ...object, metadata: { ...objectAt(object, 'metadata'), uid } };
}

/** Of the namespace and of what was wanted: where it is the same and the object differs, somebody changed the object. */
export function stampOf(wanted: JsonObject): string {
  return `${madeIn(referenceTo(wanted).namespace)}${hashOf(wanted)}`;
}

/** Says by itself that the object is a team's, should somebody take the mark away. */
function adoptedStampOf(wanted: JsonObject): string {
  return `${adoptedIn(referenceTo(wanted).namespace)}${hashOf(wanted)}`;
}

/** No namespace has a dot in its name, and no hash these letters. */
function madeIn(namespace: string): string {
  return `${namespace}.made.`;
}

function adoptedIn(namespace: string): string {
  return `${namespace}.adopted.`;
}

export function stampOn(object: JsonObject): string | undefined {
  return stringAt(object, 'metadata', 'annotations', APPLIED);
}

export function isGuardRail(object: JsonObject): boolean {
  return labelsOf(object)[GUARD_RAIL_LABEL] !== undefined;
}
