/** What reading a document collects, and the questions that it asks of each value. */
import { isArray, isObject, type JsonArray, type JsonObject, type JsonValue, ownMember } from '../kubernetes/json.ts';
import { join } from '../kubernetes/pointer.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Problem } from './model.ts';

/** An object of the document, and where it stands. */
export interface Part {
  readonly object: JsonObject;
  readonly path: string;
}

const MOST_TOLD = 100;

/** Reads values and keeps what is wrong with them; a value that is wrong is undefined to who asked. */
export class Problems {
  readonly list: Problem[] = [];

  add(path: string, message: string): void {
    if (this.list.length < MOST_TOLD) this.list.push({ path, message });
  }

  /** Fields that nobody knows are lost in silence in the API server: each is told, with the one that was meant. */
  known({ object, path }: Part, fields: readonly string[]): void {
    for (const key of Object.keys(object)) {
      if (!fields.includes(key)) this.add(join(path, key), `unknown field "${key}"${didYouMean(key, fields)}`);
    }
  }

  /** The member that is an object; undefined where there is none. */
  part({ object, path }: Part, key: string): Part | undefined {
    const value = member(object, key);
    if (value === undefined) return undefined;
    if (isObject(value)) return { object: value, path: join(path, key) };
    this.add(join(path, key), `${key} is ${nameOf(value)}, and should be an object`);
    return undefined;
  }

  items({ object, path }: Part, key: string): JsonArray {
    const value = member(object, key);
    if (value === undefined) return [];
    if (isArray(value)) return value;
    this.add(join(path, key), `${key} is ${nameOf(value)}, and should be a list`);
    return [];
  }

  /** A text that is not empty. `example` shows one. */
  text({ object, path }: Part, key: string, example: string): string | undefined {
    const value = member(object, key);
    if (value === undefined) return undefined;
    if (typeof value === 'string' && value.trim() !== '') return value;
    this.add(join(path, key), `${key} is ${nameOf(value)}, and should be a text such as ${example}`);
    return undefined;
  }

  /** As `text`, of what cannot be left out. */
  needed(part: Part, key: string, example: string): string | undefined {
    if (member(part.object, key) === undefined) {
      this.add(part.path, `${key} is missing; write ${key}: ${example}`);
      return undefined;
    }
    return this.text(part, key, example);
  }

  flag({ object, path }: Part, key: string): boolean {
    const value = member(object, key);
    if (value === undefined || typeof value === 'boolean') return value ?? false;
    this.add(join(path, key), `${key} is ${nameOf(value)}, and should be true or false`);
    return false;
  }

  integer({ object, path }: Part, key: string, least: number, most: number): number | undefined {
    const value = member(object, key);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    this.add(join(path, key), `${key} is ${nameOf(value)}, and should be a whole number from ${least} to ${most}`);
    return undefined;
  }
}

/** YAML's `key:` with nothing after it is as good as no key. */
export function member(object: JsonObject, key: string): JsonValue | undefined {
  return ownMember(object, key) ?? undefined;
}

const LONGEST_QUOTE = 40;

/** How a sentence calls a value that is wrong. */
export function nameOf(value: JsonValue | undefined): string {
  if (value === undefined) return 'missing';
  if (isArray(value)) return 'a list';
  if (isObject(value)) return 'an object';
  const text = JSON.stringify(value);
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
}
