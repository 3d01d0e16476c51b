/** Fills absent places of one object. Each container on the way is copied once, however many values go into it. */
import { isArray, isObject, type JsonObject, type JsonValue } from '../../kubernetes/json.ts';
import { steps } from '../../kubernetes/pointer.ts';
import { defineOwn } from './own.ts';

type Container = JsonValue[] | { [key: string]: JsonValue | undefined };

export class Filler {
  readonly #object: JsonObject;
  #filled: JsonObject | undefined;
  readonly #copies = new Map<unknown, Container>();

  constructor(object: JsonObject) {
    this.#object = object;
  }

  /** The object with what was filled in; the object that came in stays as it was. */
  get object(): JsonObject {
    return this.#filled ?? this.#object;
  }

  /** False where the place is taken, or where the way to it leads through a text or a number. */
  fill(path: string, value: JsonValue): boolean {
    const way = steps(path);
    if (!isAbsent(this.object, way)) return false;

    let target = this.#copyOf(this.object);
    if (isObject(target)) this.#filled = target;
    for (const [index, step] of way.entries()) {
      if (index === way.length - 1) {
        put(target, step, value);
        return true;
      }
      const next = this.#copyOf(member(target, step) ?? (way[index + 1] === '-' ? [] : {}));
      put(target, step, next);
      target = next;
    }
    return false;
  }

  #copyOf(value: JsonValue): Container {
    const known = this.#copies.get(value);
    if (known !== undefined) return known;
    const copy: Container = isArray(value) ? [...value] : { ...(isObject(value) ? value : {}) };
    this.#copies.set(copy, copy);
    return copy;
  }
}

/** True where nothing, or the null that Kubernetes reads as nothing, stands at the end of the way, and the way leads there. */
function isAbsent(object: JsonValue, way: readonly string[]): boolean {
  let value: JsonValue = object;
  for (const step of way) {
    if (!isObject(value) && !isArray(value)) return false;
    if (isArray(value) && step !== '-' && !(Number(step) <= value.length)) return false;
    const next = member(value, step);
    if (next === undefined || next === null) return true;
    value = next;
  }
  return false;
}

function member(target: Container | JsonValue, step: string): JsonValue | undefined {
  if (isArray(target)) return step === '-' ? undefined : target[Number(step)];
  return isObject(target) && Object.hasOwn(target, step) ? target[step] : undefined;
}

function put(target: Container, step: string, value: JsonValue): void {
  if (!isArray(target)) defineOwn(target, step, value);
  else if (step === '-') target.push(value);
  else target[Number(step)] = value;
}
