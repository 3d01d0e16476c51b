/** What was wanted in objects, found again for objects that are alike (docs/adr/0018) and follow on such. */
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { equals } from '../../src/kubernetes/json.ts';
import { keyOf } from '../../src/kubernetes/kinds.ts';
import type { Likeness } from '../../src/policy/engine/alike.ts';
import { type AppliedDefault, fillsBeyondSettings, isReadBeyondSettings } from '../../src/policy/engine/default.ts';
import type { Catalogue } from '../../src/policy/engine/judge.ts';
import type { RuleContext } from '../../src/policy/engine/rule.ts';
import { Subject } from '../../src/policy/engine/subject.ts';
import { type Remembered, without } from './remembered.ts';
import type { Change, Wanted } from './wanted.ts';

/** Of one or two kilobytes each. */
const MOST_OUTCOMES = 1000;
/** Characters of an annotation that is worth keeping. */
const LONGEST_KEPT = 4096;

/** The object that is asked about. */
interface Asked {
  readonly object: JsonObject;
  readonly context: RuleContext;
  readonly catalogue: Catalogue;
}

interface Outcome {
  readonly wanted: Wanted;
  /**
   * What was taken out of the object before the policy was asked what it fills in, as far as that is looked at by who has
   * to be asked again; undefined where the policy was not asked.
   */
  readonly taken?: Remembered | undefined;
  /** What it then filled in that hangs on more than on what is alike. */
  readonly beyond: readonly AppliedDefault[];
}

/** By the object, then by the one before it. */
type ByLikeness = WeakMap<Likeness, WeakMap<Likeness, Outcome>>;

/** Bounded, and empty again when it is full: what comes often comes back. */
export class Outcomes {
  #kept: Readonly<Record<Change, ByLikeness>> = nothing();
  #size = 0;

  /**
   * @param before undefined for a new object
   * @param change undefined where it has to be worked out: then nothing is found, and nothing kept
   */
  find(
    likeness: Likeness | undefined,
    before: Likeness | undefined,
    change: Change | undefined,
    asked: Asked,
  ): Wanted | undefined {
    const place = placeOf(likeness, before, change);
    if (place === undefined) return undefined;
    const outcome = this.#kept[place.change].get(place.likeness)?.get(place.before);
    if (outcome === undefined) return undefined;
    return outcome.taken === undefined || sameFills(outcome.beyond, beyondOf(outcome.taken, asked))
      ? outcome.wanted
      : undefined;
  }

  /** @param isPlain false where more than what is kept decided: it is then left out */
  keep(
    likeness: Likeness | undefined,
    before: Likeness | undefined,
    change: Change | undefined,
    { wanted, taken, isPlain }: { readonly wanted: Wanted; readonly taken?: Remembered; readonly isPlain: boolean },
    asked: Asked,
  ): void {
    const place = placeOf(likeness, before, change);
    if (place === undefined || !isPlain || (wanted.annotation?.length ?? 0) > LONGEST_KEPT) return;
    if (++this.#size > MOST_OUTCOMES) {
      this.#kept = nothing();
      this.#size = 1;
    }
    const read = taken && readBeyondSettings(taken, asked);
    const beyond = read === undefined ? [] : beyondOf(read, asked);
    const byBefore = this.#kept[place.change].get(place.likeness) ?? new WeakMap<Likeness, Outcome>();
    this.#kept[place.change].set(place.likeness, byBefore);
    byBefore.set(place.before, { wanted, taken: read, beyond });
  }
}

function nothing(): Record<Change, ByLikeness> {
  return { new: new WeakMap(), same: new WeakMap(), other: new WeakMap() };
}

interface Whereabouts {
  readonly likeness: Likeness;
  readonly before: Likeness;
  readonly change: Change;
}

function placeOf(
  likeness: Likeness | undefined,
  before: Likeness | undefined,
  change: Change | undefined,
): Whereabouts | undefined {
  if (likeness === undefined || change === undefined) return undefined;
  if (change === 'new') return { likeness, before: likeness, change };
  return before === undefined ? undefined : { likeness, before, change };
}

function readBeyondSettings(taken: Remembered, { object, catalogue }: Asked): Remembered {
  const key = keyOf(object);
  return new Map([...taken].filter(([path]) => isReadBeyondSettings(key, path, catalogue.defaulters)));
}

function beyondOf(taken: Remembered, { object, context, catalogue }: Asked): readonly AppliedDefault[] {
  return fillsBeyondSettings(new Subject(without(object, taken)), context, catalogue.defaulters);
}

function sameFills(one: readonly AppliedDefault[], other: readonly AppliedDefault[]): boolean {
  if (one.length !== other.length) return false;
  return one.every(({ path, value }, index) => path === other[index]?.path && equals(value, other[index]?.value));
}
