/**
 * What Weir would have in an object: the values of the policy where the author set none, and the annotation that
 * remembers them. The mutating side writes what is missing of it, the judging side finds it.
 *
 * Doing it twice changes nothing, whoever wrote in between: a value that stands, that the annotation claims, and that
 * today's policy would fill in is the policy's, on whichever call it was written.
 */

import { equals, isArray, isObject, type JsonObject, type JsonValue } from '../../src/kubernetes/json.ts';
import { keyOf } from '../../src/kubernetes/kinds.ts';
import { isBeingDeleted } from '../../src/kubernetes/object.ts';
import { podTemplateOf } from '../../src/kubernetes/podTemplate.ts';
import { pointer, resolve, steps } from '../../src/kubernetes/pointer.ts';
import { type AppliedDefault, defaultersFor } from '../../src/policy/engine/default.ts';
import { type Catalogue, defaultsOf } from '../../src/policy/engine/judge.ts';
import type { RuleContext } from '../../src/policy/engine/rule.ts';
import { OUTSIDE } from './places.ts';
import {
  DEFAULTS_PATH,
  movedTo,
  NOTHING,
  printRemembered,
  type Remembered,
  readRemembered,
  standingIn,
  without,
  withoutRemembered,
} from './remembered.ts';
import { sameUnder } from './sameMeaning.ts';

export interface Wanted {
  /** Values that are not there as they should be, by place. */
  readonly missing: Remembered;
  /** The text of the annotation; undefined where there should be none. */
  readonly annotation: string | undefined;
}

/**
 * @param object as it is sent, with its namespace
 * @param old as it is stored; undefined for a new one
 * @param known what the policy fills into the object as it is, where somebody has worked that out already
 */
export function wantedIn(
  object: JsonObject,
  old: JsonObject | undefined,
  context: RuleContext,
  catalogue: Catalogue,
  known?: readonly AppliedDefault[] | undefined,
): Wanted {
  if (isBeingDeleted(object) || !isFilled(object, catalogue)) {
    const annotation = resolve(object, DEFAULTS_PATH);
    return { missing: NOTHING, annotation: typeof annotation === 'string' ? annotation : undefined };
  }
  const values =
    old === undefined
      ? valuesOfNew(object, context, catalogue, known)
      : valuesOfChanged(object, old, context, catalogue);
  const missing = new Map<string, JsonValue>();
  for (const [path, value] of values) {
    if (!equals(resolve(object, path), value) && isReachable(object, path)) missing.set(path, value);
  }
  return { missing, annotation: printRemembered(values) };
}

/** False for kinds into which no policy fills anything, such as Revisions: whatever an annotation there claims, it is not Weir's. */
function isFilled(object: JsonObject, { defaulters }: Catalogue): boolean {
  return defaultersFor(keyOf(object), defaulters).length > 0;
}

function valuesOfNew(
  object: JsonObject,
  context: RuleContext,
  catalogue: Catalogue,
  known: readonly AppliedDefault[] | undefined,
): Remembered {
  const claimed = readRemembered(object);
  if (claimed.size === 0 && known !== undefined) return byPlace(known);
  return confirmed(object, claimed, context, catalogue).defaults;
}

/**
 * Where the author changed nothing that makes a Revision, the old values go back as they were, whatever the policy says
 * today: also to a client that sends its own manifest again, and leaves out the whole list of containers with them.
 * Otherwise today's policy decides, and what a policy set earlier is no word of the author's.
 */
function valuesOfChanged(object: JsonObject, old: JsonObject, context: RuleContext, catalogue: Catalogue): Remembered {
  const before = readRemembered(old);
  const base = movedTo(object, before, old);
  const standing = standingIn(object, base);
  const bare = without(object, standing);
  const own = readRemembered(object);
  if (!sameAuthorsPart(object, bare, old, before, context, catalogue)) {
    return new Map([...standing, ...confirmed(bare, own, context, catalogue).defaults]);
  }

  const values = new Map<string, JsonValue>();
  for (const [path, value] of base) {
    const isAuthors = !standing.has(path) && (resolve(object, path) ?? null) !== null;
    if (!isAuthors) values.set(path, value);
  }
  // outside of what makes a Revision, an author can take a value of their own out again
  const isLost = (path: string) => !values.has(path) && (resolve(old, path) ?? null) !== null;
  if (!OUTSIDE.some(isLost) && standingIn(bare, own).size === 0) return values;

  const { claims, defaults } = confirmed(bare, own, context, catalogue);
  for (const [path, value] of claims) values.set(path, value);
  for (const path of OUTSIDE) {
    const value = defaults.get(path);
    if (value !== undefined && isLost(path)) values.set(path, value);
  }
  return values;
}

interface Confirmed {
  /** What the object's own annotation claims and today's policy agrees to. */
  readonly claims: Remembered;
  /** What today's policy fills in where the claims do not stand. */
  readonly defaults: Remembered;
}

/** How often a claim that falls may change what the policy says of the others. */
const ROUNDS = 3;

function confirmed(object: JsonObject, claimed: Remembered, context: RuleContext, catalogue: Catalogue): Confirmed {
  let claims = standingIn(object, claimed);
  for (let round = 0; round < ROUNDS; round++) {
    const defaults = byPlace(defaultsOf(without(object, claims), context, catalogue));
    const agreed = new Map<string, JsonValue>();
    for (const [path, value] of claims) if (equals(defaults.get(path), value)) agreed.set(path, value);
    if (agreed.size === claims.size) return { claims, defaults };
    claims = agreed;
  }
  return { claims: NOTHING, defaults: byPlace(defaultsOf(object, context, catalogue)) };
}

function byPlace(defaults: readonly AppliedDefault[]): Remembered {
  return new Map(defaults.map(({ path, value }) => [path, value]));
}

/** What must not change by itself: the template, which makes Revisions and restarts pods; where there is none, the spec. */
function frozenPart(object: JsonObject): string {
  return podTemplateOf(object)?.path ?? '/spec';
}

/** @param bare the object without the remembered values that stand in it */
function sameAuthorsPart(
  object: JsonObject,
  bare: JsonObject,
  old: JsonObject,
  before: Remembered,
  { policy }: RuleContext,
  catalogue: Catalogue,
): boolean {
  const frozen = frozenPart(object);
  if (frozen !== frozenPart(old)) return false;
  if (sameUnder('spec', resolve(object, frozen), resolve(old, frozen))) return true;
  if (haveOtherImages(object, old)) return false;

  const then = withoutRemembered(old, before);
  if (sameUnder('spec', resolve(bare, frozen), resolve(then, frozen))) return true;
  const complete = (state: JsonObject) => resolve(catalogue.knativeDefaults(state, policy), frozen);
  return sameUnder('spec', complete(bare), complete(then));
}

/** Nobody fills images in: where they differ, as on most changes, nothing else has to be worked out. */
function haveOtherImages(object: JsonObject, old: JsonObject): boolean {
  const before = podTemplateOf(old)?.containers ?? [];
  return (podTemplateOf(object)?.containers ?? []).some(({ path, value: { image } }) => {
    const then = before.find((container) => container.path === path)?.value.image;
    return typeof image === 'string' && typeof then === 'string' && image !== then;
  });
}

/** False where the way to the place leads through a text or a number: nothing can be written there. */
function isReachable(object: JsonObject, path: string): boolean {
  let value: JsonValue = object;
  for (const step of steps(path)) {
    if (!isObject(value) && !isArray(value)) return false;
    const next = resolve(value, pointer(step));
    if (next === undefined || next === null) return !isArray(value) || step === '-';
    value = next;
  }
  return true;
}
