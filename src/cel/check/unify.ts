/**
 * Which type can stand for which, and what the types that are not known yet turn out to be
 * (github.com/google/cel-go checker/types.go and mapping.go).
 */
import {
  DYN,
  isDyn,
  isError,
  isNull,
  isSameType,
  partsOf,
  showType,
  type Type,
  takesNull,
  withParts,
} from './types.ts';

export class Substitutions {
  readonly #types = new Map<string, Type>();
  /** What was there before, newest last, so that a try that fails leaves nothing. */
  readonly #trail: { readonly letter: string; readonly before: Type | undefined }[] = [];
  #next = 0;

  /** A type that is not known yet. */
  fresh(): Type {
    return { kind: 'letter', letter: `_var${this.#next++}` };
  }

  /** The type of a signature, with a type of its own for each letter; those that the signature had before are in the map. */
  instance(type: Type, letters: Map<string, Type>): Type {
    if (type.kind !== 'letter') return withParts(type, (part) => this.instance(part, letters));
    const known = letters.get(type.letter) ?? this.fresh();
    letters.set(type.letter, known);
    return known;
  }

  /** Whether the first may stand where the other is wanted. */
  isAssignable(type: Type, wanted: Type): boolean {
    return this.areAssignable([type], [wanted]);
  }

  areAssignable(types: readonly Type[], wanted: readonly Type[]): boolean {
    const mark = this.#trail.length;
    if (this.#unifyAll(types, wanted)) return true;
    while (this.#trail.length > mark) {
      const step = this.#trail.pop();
      if (step?.before === undefined) this.#types.delete(step?.letter ?? '');
      else this.#types.set(step.letter, step.before);
    }
    return false;
  }

  /** @param isFinal whether what is still unknown becomes `dyn` */
  resolved(type: Type, isFinal: boolean): Type {
    if (type.kind === 'letter') {
      const found = this.#types.get(type.letter);
      if (found !== undefined) return this.resolved(found, isFinal);
      return isFinal ? DYN : type;
    }
    return partsOf(type).length === 0 ? type : withParts(type, (part) => this.resolved(part, isFinal));
  }

  #set(letter: string, type: Type): void {
    this.#trail.push({ letter, before: this.#types.get(letter) });
    this.#types.set(letter, type);
  }

  #unifyAll(types: readonly Type[], wanted: readonly Type[]): boolean {
    return types.length === wanted.length && types.every((type, index) => this.#unify(type, wanted[index] ?? DYN));
  }

  #unify(type: Type, wanted: Type): boolean {
    if (wanted.kind === 'letter') {
      const { isValid, isKnown } = this.#stands(type, wanted);
      if (isValid) return true;
      if (isKnown) return false;
    }
    if (type.kind === 'letter') return this.#stands(wanted, type).isValid;
    if (isDyn(type) || isError(type) || isDyn(wanted) || isError(wanted)) return true;
    if (isNull(type)) return takesNull(wanted);
    if (isNull(wanted)) return takesNull(type);
    if (type.kind === 'plain' || type.kind === 'object') return isSameType(type, wanted);
    if (type.kind === 'type') return wanted.kind === 'type';
    return type.kind === wanted.kind && this.#unifyAll(partsOf(type), partsOf(wanted));
  }

  /** Whether the letter may be the type, and whether it was known what the letter is. */
  #stands(type: Type, letter: Type & { kind: 'letter' }): { readonly isValid: boolean; readonly isKnown: boolean } {
    if (isSameType(type, letter)) return { isValid: true, isKnown: true };
    const found = this.#types.get(letter.letter);
    if (found === undefined) {
      const isFree = this.#isFree(letter, type);
      if (isFree) this.#set(letter.letter, type);
      return { isValid: isFree, isKnown: false };
    }
    if (isSameType(type, found)) return { isValid: true, isKnown: true };
    if (!this.#unify(type, found)) return { isValid: false, isKnown: true };
    const general = mostGeneral(type, found);
    if (this.#isFree(letter, general)) this.#set(letter.letter, general);
    return { isValid: true, isKnown: true };
  }

  /** Whether the letter is not in the type: none is made of itself. */
  #isFree(letter: Type, within: Type): boolean {
    if (isSameType(letter, within)) return false;
    if (within.kind === 'letter') {
      const found = this.#types.get(within.letter);
      return found === undefined || this.#isFree(letter, found);
    }
    return partsOf(within).every((part) => this.#isFree(letter, part));
  }
}

/** The more general of two types that go together. */
export function mostGeneral(left: Type, right: Type): Type {
  return isLessSpecific(left, right) ? left : right;
}

function isLessSpecific(left: Type, right: Type): boolean {
  if (isDyn(left) || left.kind === 'letter') return true;
  if (isDyn(right) || right.kind === 'letter') return false;
  if (left.kind !== right.kind) return false;
  if (left.kind === 'type') return true;
  if (left.kind === 'plain' || left.kind === 'object') return isSameType(left, right);
  const others = partsOf(right);
  return partsOf(left).every((part, index) => isLessSpecific(part, others[index] ?? DYN));
}

/** As `found no matching overload` names what a function was called with. */
export function showArguments(types: readonly Type[], isMethod: boolean): string {
  const [first, ...rest] = types.map(showType);
  return isMethod ? `${first}.(${rest.join(', ')})` : `(${types.map(showType).join(', ')})`;
}
