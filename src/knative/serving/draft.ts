/** Copy-on-write: what is filled in goes into copies of the objects on the way to it, and everything else is shared. */
import { isArray, type JsonArray, type JsonObject, type JsonValue, ownMember } from '../../kubernetes/json.ts';

/** One value that was filled in. */
export interface Added {
  /** JSON pointer of the value; what it stands in was there before. */
  readonly path: string;
  readonly value: JsonValue;
}

/** An object that may get fields; nothing is copied until one does. */
export class Draft {
  readonly path: string;
  readonly #original: JsonObject;
  readonly #added: Added[];
  #copy: Record<string, JsonValue | undefined> | undefined;

  constructor(original: JsonObject, path: string, added: Added[]) {
    this.#original = original;
    this.path = path;
    this.#added = added;
  }

  get(field: string): JsonValue | undefined {
    return ownMember(this.#copy ?? this.#original, field);
  }

  /** True where the author left the field out; a null is what Go reads as left out. */
  lacks(field: string): boolean {
    const value = ownMember(this.#copy ?? this.#original, field);
    return value === undefined || value === null;
  }

  /** Fills a field in, and says so. */
  add(field: string, value: JsonValue): void {
    this.#write(field, value);
    this.#added.push({ path: `${this.path}/${field}`, value });
  }

  /** Puts a changed copy of a field's value in place; what changed in it has been said already. */
  replace(field: string, value: JsonValue | undefined): void {
    if (value !== undefined && value !== this.get(field)) this.#write(field, value);
  }

  result(): JsonObject {
    return this.#copy ?? this.#original;
  }

  #write(field: string, value: JsonValue): void {
    this.#copy ??= { ...this.#original };
    this.#copy[field] = value;
  }
}

/** The list with each element changed; the same list where no element is. What is no list stays as it is. */
export function changeEach(
  values: JsonValue | undefined,
  change: (value: JsonValue, index: number) => JsonValue,
): JsonArray | undefined {
  if (!isArray(values)) return undefined;

  let copy: JsonValue[] | undefined;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? null;
    const changed = change(value, index);
    if (changed === value) continue;
    copy ??= [...values];
    copy[index] = changed;
  }
  return copy ?? values;
}
