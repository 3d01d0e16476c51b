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
import { podTemplateOf, writtenTemplateOf } from '../../src/kubernetes/podTemplate.ts';
import { pointer, resolve, steps } from '../../src/kubernetes/pointer.ts';
import type { Likeness } from '../../src/policy/engine/alike.ts';
import { type AppliedDefault, defaultersFor } from '../../src/policy/engine/default.ts';
import { type Catalogue, defaultsOf, likenessOf } from '../../src/policy/engine/judge.ts';
import type { RuleContext } from '../../src/policy/engine/rule.ts';
import { Outcomes } from './outcomes.ts';
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

/** What somebody has worked out of the object already. */
export interface Known {
  /** What the policy fills into it as it is. */
  readonly defaults?: readonly AppliedDefault[] | undefined;
  readonly likeness?: Likeness | undefined;
}

/**
 * The same one for all objects that are alike, where they also follow on such.
 *
 * @param object as it is sent, with its namespace
 * @param old as it is stored; undefined for a new one
 */
export function wantedIn(
  object: JsonObject,
  old: JsonObject | undefined,
  context: RuleContext,
  catalogue: Catalogue,
  known: Known = {},
): Wanted {
  if (isBeingDeleted(object) || !isFilled(object, catalogue)) {
    const annotation = resolve(object, DEFAULTS_PATH);
    return { missing: NOTHING, annotation: typeof annotation === 'string' ? annotation : undefined };
  }
  const { policy } = context;
  const change = old === undefined ? 'new' : changeAtSight(object, old);
  const likeness = known.likeness ?? likenessOf(object, policy, catalogue);
  const before = old === undefined || likeness === undefined ? undefined : likenessOf(old, policy, catalogue);
  const outcome = outcomes.find(likeness, before, change, { object, context, catalogue });
  if (outcome !== undefined) return outcome;

  const decided =
    old === undefined
      ? valuesOfNew(object, context, catalogue, known.defaults)
      : valuesOfChanged(object, old, change, context, catalogue);
  const missing = new Map<string, JsonValue>();
  for (const [path, value] of decided.values) {
    if (!equals(resolve(object, path), value) && isReachable(object, path)) missing.set(path, value);
  }
  const wanted = { missing, annotation: printRemembered(decided.values) };
  outcomes.keep(likeness, before, change, { ...decided, wanted }, { object, context, catalogue });
  return wanted;
}

const outcomes = new Outcomes();

/** The values that an object is to have, and how much of it that rests on. */
interface Decided {
  readonly values: Remembered;
  /** What was taken out of the object before the policy was asked what it fills in; undefined where it was not asked. */
  readonly taken?: Remembered;
  /** False where it had to be asked more than once. */
  readonly isPlain: boolean;
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
): Decided {
  const claimed = readRemembered(object);
  if (claimed.size === 0 && known !== undefined) return { values: byPlace(known), taken: NOTHING, isPlain: true };
  const { claims, defaults, isPlain } = confirmed(object, claimed, context, catalogue);
  return { values: defaults, taken: claims, isPlain };
}

/**
 * Where the author changed nothing that makes a Revision, the old values go back as they were, whatever the policy says
 * today: also to a client that sends its own manifest again, and leaves out the whole list of containers with them.
 * Otherwise today's policy decides, and what a policy set earlier is no word of the author's.
 */
function valuesOfChanged(
  object: JsonObject,
  old: JsonObject,
  change: Change | undefined,
  context: RuleContext,
  catalogue: Catalogue,
): Decided {
  const before = readRemembered(old);
  const base = movedTo(object, before, old);
  const standing = standingIn(object, base);
  const bare = without(object, standing);
  const own = readRemembered(object);
  if (!(change === undefined ? sameAuthorsPart(bare, old, before, context, catalogue) : change === 'same')) {
    const { claims, defaults, isPlain } = confirmed(bare, own, context, catalogue);
    return { values: new Map([...standing, ...defaults]), taken: new Map([...standing, ...claims]), isPlain };
  }

  const values = new Map<string, JsonValue>();
  for (const [path, value] of base) {
    const isAuthors = !standing.has(path) && (resolve(object, path) ?? null) !== null;
    if (!isAuthors) values.set(path, value);
  }
  // outside of what makes a Revision, an author can take a value of their own out again
  const isLost = (path: string) => !values.has(path) && (resolve(old, path) ?? null) !== null;
  if (!OUTSIDE.some(isLost) && standingIn(bare, own).size === 0) return { values, isPlain: true };

  const { claims, defaults, isPlain } = confirmed(bare, own, context, catalogue);
  for (const [path, value] of claims) values.set(path, value);
  for (const path of OUTSIDE) {
    const value = defaults.get(path);
    if (value !== undefined && isLost(path)) values.set(path, value);
  }
  return { values, taken: new Map([...standing, ...claims]), isPlain };
}

interface Confirmed {
  /** What the object's own annotation claims and today's policy agrees to. */
  readonly claims: Remembered;
  /** What today's policy fills in where the claims do not stand. */
  readonly defaults: Remembered;
  /** True where none of the claims fell. */
  readonly isPlain: boolean;
}

/** How often a claim that falls may change what the policy says of the others. */
const ROUNDS = 3;

function confirmed(object: JsonObject, claimed: Remembered, context: RuleContext, catalogue: Catalogue): Confirmed {
  let claims = standingIn(object, claimed);
  for (let round = 0; round < ROUNDS; round++) {
    const defaults = byPlace(defaultsOf(without(object, claims), context, catalogue));
    const agreed = new Map<string, JsonValue>();
    for (const [path, value] of claims) if (equals(defaults.get(path), value)) agreed.set(path, value);
    if (agreed.size === claims.size) return { claims, defaults, isPlain: round === 0 };
    claims = agreed;
  }
  return { claims: NOTHING, defaults: byPlace(defaultsOf(object, context, catalogue)), isPlain: false };
}

function byPlace(defaults: readonly AppliedDefault[]): Remembered {
  return new Map(defaults.map(({ path, value }) => [path, value]));
}

/** What must not change by itself: the template, which makes Revisions and restarts pods; where there is none, the spec. */
function frozenPart(object: JsonObject): string {
  return writtenTemplateOf(object)?.at.path ?? '/spec';
}

/** What became of the author's part of an object. */
export type Change = 'new' | 'same' | 'other';

/** Nearly always it can be seen: what was sent is what is stored, or the images differ. Undefined where it has to be worked out. */
function changeAtSight(object: JsonObject, old: JsonObject): Change | undefined {
  const frozen = frozenPart(object);
  if (frozen !== frozenPart(old)) return 'other';
  if (sameUnder('spec', resolve(object, frozen), resolve(old, frozen))) return 'same';
  return haveOtherImages(object, old) ? 'other' : undefined;
}

/** @param bare the object without the remembered values that stand in it */
function sameAuthorsPart(
  bare: JsonObject,
  old: JsonObject,
  before: Remembered,
  { policy }: RuleContext,
  catalogue: Catalogue,
): boolean {
  const frozen = frozenPart(old);
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
