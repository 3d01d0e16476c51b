/** One object at one revision: text, with what lists and watches ask for beside it. */
import { isObject, type JsonObject, objectAt, setOwn, stringAt } from '../../../kubernetes/json.ts';
import type { Key, Stored } from './store.ts';

/** How much text may stand parsed at a time; as objects it is about five times as large. */
const PARSED_CHARACTERS = 4 * 1024 * 1024;

const NO_LABELS: Readonly<Record<string, string>> = Object.freeze({});

export class StoredObject implements Stored {
  readonly key: Key;
  readonly uid: string;
  readonly revision: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly json: string;
  readonly #parsed: Parsed;
  #object: JsonObject | undefined;

  constructor(fields: Omit<Stored, 'object'>, parsed: Parsed) {
    this.key = fields.key;
    this.uid = fields.uid;
    this.revision = fields.revision;
    this.labels = fields.labels;
    this.json = fields.json;
    this.#parsed = parsed;
  }

  object(): JsonObject {
    if (this.#object !== undefined) return this.#object;
    const value: unknown = JSON.parse(this.json);
    this.#object = isObject(value) ? value : {};
    this.#parsed.keep(this, this.json.length);
    return this.#object;
  }

  forget(): void {
    this.#object = undefined;
  }
}

/** The objects that stand parsed; the oldest gives way. */
export class Parsed {
  #kept: { stored: StoredObject; size: number }[] = [];
  #first = 0;
  #size = 0;

  keep(stored: StoredObject, size: number): void {
    this.#kept.push({ stored, size });
    this.#size += size;
    while (this.#size > PARSED_CHARACTERS && this.#first < this.#kept.length - 1) {
      const oldest = this.#kept[this.#first++];
      this.#size -= oldest?.size ?? 0;
      oldest?.stored.forget();
    }
    if (this.#first > 1000 && this.#first * 2 > this.#kept.length) {
      this.#kept = this.#kept.slice(this.#first);
      this.#first = 0;
    }
  }
}

/** The object as it is written at the revision. */
export function storedAt(key: Key, object: JsonObject, revision: number, parsed: Parsed): StoredObject {
  const metadata = objectAt(object, 'metadata');
  const json = JSON.stringify({ ...object, metadata: { ...metadata, resourceVersion: String(revision) } });
  const uid = stringAt(metadata, 'uid') ?? '';
  return new StoredObject({ key, uid, revision, labels: labelsOf(objectAt(metadata, 'labels')), json }, parsed);
}

/** The same object at another revision: what a watcher is told of an object that leaves its selection. */
export function movedTo(stored: Stored, revision: number, parsed: Parsed): StoredObject {
  return storedAt(stored.key, stored.object(), revision, parsed);
}

/** A copy, so that the object that was written is not kept for the sake of its labels. */
export function labelsOf(labels: JsonObject | undefined): Readonly<Record<string, string>> {
  if (labels === undefined) return NO_LABELS;
  const copy: Record<string, string> = {};
  for (const [key, value] of Object.entries(labels)) {
    if (typeof value === 'string') setOwn(copy, key, value);
  }
  return copy;
}
