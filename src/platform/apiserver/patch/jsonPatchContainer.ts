/** A place in a document, by the object or list that holds it. */
import type { JsonObject, JsonValue } from '../../../kubernetes/json.ts';
import { isList, isRecord, type Json, member, set } from './json.ts';

/** The operation's place is not there. */
export class Lost extends Error {}

export interface Container {
  /** Undefined where an object has no such member. @throws Lost where a list has no such item */
  get(): Json | undefined;
  add(value: Json): void;
  replace(value: Json): void;
  remove(): void;
}

export function memberOf(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/**
 * @param onShift told how many items of a list get another index
 * @throws Lost where the holder holds nothing
 */
export function containerOf(
  holder: Json | undefined,
  step: string,
  onShift: (items: number) => void = () => {},
): Container {
  if (isRecord(holder)) {
    return {
      get: () => member(holder, step),
      add: (value) => set(holder, step, value),
      replace: (value) => set(holder, step, value),
      remove() {
        if (!Object.hasOwn(holder, step)) throw new Lost();
        delete holder[step];
      },
    };
  }
  if (!isList(holder)) throw new Lost();
  return {
    get: () => holder[indexOf(step, holder.length)],
    add(value) {
      if (step === '-') holder.push(value);
      else {
        const index = indexOf(step, holder.length + 1);
        onShift(holder.length - index);
        holder.splice(index, 0, value);
      }
    },
    replace(value) {
      holder[indexOf(step, holder.length)] = value;
    },
    remove() {
      const index = indexOf(step, holder.length);
      onShift(holder.length - index);
      holder.splice(index, 1);
    },
  };
}

/** As Go's strconv.Atoi reads it: signs and leading zeros count. */
const INDEX = /^[+-]?[0-9]{1,15}$/;

function indexOf(step: string, length: number): number {
  if (!INDEX.test(step)) throw new Lost();
  const index = Number(step);
  const fromStart = index < 0 ? index + length : index;
  if (fromStart < 0 || fromStart >= length) throw new Lost();
  return fromStart + 0;
}
