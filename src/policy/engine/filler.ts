/** Fills absent places of one object. Each container on the way is copied once for values that come one after the other. */
import { isArray, isObject, type JsonObject, type JsonValue, ownMember, setOwn } from '../../kubernetes/json.ts';
import { steps } from '../../kubernetes/pointer.ts';

type Container = JsonValue[] | { [key: string]: JsonValue | undefined };

export class Filler {
  readonly #object: JsonObject;
  /** The last way that was filled, and the containers on it from the root on: copies, into which more may be filled. */
  #way: readonly string[] = [];
  readonly #copies: Container[] = [];

  constructor(object: JsonObject) {
    this.#object = object;
  }

  /** The object with what was filled in; the object that came in stays as it was. */
  get object(): JsonObject {
    const root = this.#copies[0];
    return isObject(root) ? root : this.#object;
  }

  /** False where the place is taken, or where the way to it leads through a text or a number. */
  fill(path: string, value: JsonValue): boolean {
    const way = steps(path);
    const common = commonLength(this.#way, way);
    if (!this.#isAbsent(way, common)) return false;

    let container = this.#forgetBehind(common);
    for (let depth = this.#copies.length - 1; depth < way.length - 1; depth++) {
      const step = way[depth] ?? '';
      const next = copyOf(member(container, step) ?? (way[depth + 1] === '-' ? [] : {}));
      put(container, step, next);
      this.#copies.push(next);
      container = next;
    }
    put(container, way[way.length - 1] ?? '', value);
    this.#way = way;
    return true;
  }

  /** Looks on from the last copy that lies on the way: what stands before it is known to lead there. */
  #isAbsent(way: readonly string[], common: number): boolean {
    const depth = Math.min(common, this.#copies.length - 1);
    return depth < 0 ? isAbsent(this.#object, way, 0) : isAbsent(this.#copies[depth] ?? null, way, depth);
  }

  /** Keeps the copies that lie on the new way, too; a place on another way copies afresh. Returns the last of them. */
  #forgetBehind(common: number): Container {
    if (this.#copies.length === 0) this.#copies.push(copyOf(this.#object));
    if (this.#copies.length > common + 1) this.#copies.length = common + 1;
    return this.#copies[this.#copies.length - 1] ?? {};
  }
}

/** How many steps two ways have in common; what `-` appends is another place each time. */
function commonLength(one: readonly string[], other: readonly string[]): number {
  let length = 0;
  while (length < one.length && one[length] === other[length] && one[length] !== '-') length++;
  return length;
}

function copyOf(value: JsonValue | Container): Container {
  return isArray(value) ? [...value] : { ...(isObject(value) ? value : {}) };
}

/**
 * True where nothing, or the null that Kubernetes reads as nothing, stands at the end of the way, and the way leads there.
 *
 * @param from how many steps lead to the value itself
 */
function isAbsent(start: JsonValue | Container, way: readonly string[], from: number): boolean {
  let value = start;
  for (let depth = from; depth < way.length; depth++) {
    const step = way[depth] ?? '';
    if (!isObject(value) && !isArray(value)) return false;
    if (isArray(value) && step !== '-' && !(Number(step) <= value.length)) return false;
    const next = member(value, step);
    if (next === undefined || next === null) return true;
    value = next;
  }
  return false;
}

function member(target: Container | JsonValue, step: string): JsonValue | undefined {
  if (typeof target !== 'object' || target === null) return undefined;
  if (isArray(target)) return step === '-' ? undefined : target[Number(step)];
  return ownMember(target, step);
}

function put(target: Container, step: string, value: JsonValue): void {
  if (!isArray(target)) setOwn(target, step, value);
  else if (step === '-') target.push(value);
  else target[Number(step)] = value;
}
