/** A document as it was read: its value, and the way back to its places in the file. */
import type { JsonObject, JsonValue } from '../json.ts';
import { join, pointer } from '../pointer.ts';
import type { Composed } from './compose.ts';
import { keyAt, keyBefore, type NodeTable, nodeAt, offset, offsetAt, stepsTo } from './nodeTable.ts';
import type { Place, Source } from './source.ts';

/** A key that stands more than once in its mapping: the last counts, what the others say is lost. */
export interface DuplicateKey {
  /** To the key's value. */
  readonly pointer: string;
  readonly key: string;
  /** Of the one that is lost. */
  readonly place: Place;
  /** Of the one that counts. */
  readonly kept: Place;
}

export interface Located {
  /** As given; "-" for standard input. */
  readonly file: string;
  /** The n-th document of the file, from 0; empty ones do not count, broken ones do. */
  readonly index: number;
  readonly duplicateKeys: readonly DuplicateKey[];
  /**
   * Where the value at the JSON pointer stands, or with 'key' its key; its nearest existing ancestor where the pointer
   * leads further than the file. A value that comes through an alias or a merge key stands where it is defined, the
   * alias itself where the alias is.
   */
  locate(pointer: string, what?: 'key' | 'value'): Place;
}

export interface YamlDocument extends Located {
  readonly value: JsonValue;
}

export interface ManifestDocument extends Located {
  readonly object: JsonObject;
  /** Where the object stands in its document: the empty pointer, or for an item of a List `/items/0`. */
  readonly pointer: string;
}

export class ReadDocument implements YamlDocument {
  readonly index: number;
  readonly value: JsonValue;
  readonly #composed: Composed;
  readonly #source: Source;
  /** Of the whole file. */
  readonly #table: NodeTable;
  readonly #root: number;
  #duplicateKeys: readonly DuplicateKey[] | undefined;

  constructor(source: Source, index: number, composed: Composed, table: NodeTable, root: number) {
    this.index = index;
    this.value = composed.value;
    this.#composed = composed;
    this.#source = source;
    this.#table = table;
    this.#root = root;
  }

  get file(): string {
    return this.#source.file;
  }

  get duplicateKeys(): readonly DuplicateKey[] {
    this.#duplicateKeys ??= this.#composed.duplicates.map(({ mapping, winner }) => {
      const key = keyAt(this.#table, winner);
      const path = pointer(...stepsTo(this.#table, this.#root, mapping), key);
      const loser = keyBefore(this.#table, mapping, winner);
      const place = this.#source.placeAt(offset(this.#table, loser));
      return { pointer: path, key, place, kept: this.locate(path, 'key') };
    });
    return this.#duplicateKeys;
  }

  locate(path: string, what: 'key' | 'value' = 'value'): Place {
    return this.locateFrom(this.#root, path, what);
  }

  /** As `locate`, from a node on: the items of a long List are not looked for again and again. */
  locateFrom(node: number, path: string, what: 'key' | 'value'): Place {
    return this.#source.placeAt(offsetAt(this.#table, node, path, what));
  }

  nodeAt(path: string): number {
    return nodeAt(this.#table, this.#root, path);
  }
}

export class Manifest implements ManifestDocument {
  readonly object: JsonObject;
  readonly pointer: string;
  readonly #document: ReadDocument;
  #node: number | undefined;

  constructor(document: ReadDocument, object: JsonObject, path: string) {
    this.object = object;
    this.pointer = path;
    this.#document = document;
  }

  get file(): string {
    return this.#document.file;
  }

  get index(): number {
    return this.#document.index;
  }

  get duplicateKeys(): readonly DuplicateKey[] {
    const all = this.#document.duplicateKeys;
    if (this.pointer === '' || all.length === 0) return all;
    const inside = join(this.pointer, '');
    return all
      .filter((duplicate) => duplicate.pointer.startsWith(inside))
      .map((duplicate) => ({ ...duplicate, pointer: duplicate.pointer.slice(this.pointer.length) }));
  }

  locate(path: string, what: 'key' | 'value' = 'value'): Place {
    this.#node ??= this.#document.nodeAt(this.pointer);
    return this.#document.locateFrom(this.#node, path, what);
  }
}
