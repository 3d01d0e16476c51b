/** One value laid over another, field by field (sigs.k8s.io/structured-merge-diff/v6 typed/merge.go). */
import {
  isArray,
  isObject,
  type JsonArray,
  type JsonObject,
  type JsonValue,
  setOwn,
} from '../../../../kubernetes/json.ts';
import type { PathElement } from '../fields/element.ts';
import { itemElement } from './listItem.ts';
import { type ListType, type MapType, memberType, type Shape, shapeOf, type Type } from './type.ts';

type Maybe = JsonValue | undefined;

/**
 * All fields of both, with the second's value where both set one. Nothing is removed; the items of a list keep the
 * second's order where it sets any of them.
 *
 * @returns undefined where nothing is left @throws where an item of a list has no place in it
 */
export function mergeTyped(type: Type, under: Maybe, over: Maybe): Maybe {
  const shape = over === undefined ? shapeOf(type, under).shape : shapeOf(type, over).shape;
  return as(shape, type, under, over);
}

function as(shape: Shape, type: Type, under: Maybe, over: Maybe): Maybe {
  if (shape === 'map' && type.map !== undefined) return maps(type.map, under, over);
  if (shape === 'list' && type.list !== undefined) return lists(type.list, under, over);
  return over !== undefined ? over : under;
}

function maps(map: MapType, under: Maybe, over: Maybe): Maybe {
  const below = isObject(under) ? under : undefined;
  const above = isObject(over) ? over : undefined;
  const isEmpty = isNone(below) && isNone(above);
  if (map.isAtomic || isEmpty) return over !== undefined ? over : under;

  const merged: { [key: string]: JsonValue | undefined } = {};
  for (const name of Object.keys(below ?? {})) {
    member(
      map,
      merged,
      name,
      below?.[name] ?? null,
      above !== undefined && Object.hasOwn(above, name) ? above[name] : undefined,
    );
  }
  for (const name of Object.keys(above ?? {})) {
    if (below === undefined || !Object.hasOwn(below, name)) member(map, merged, name, undefined, above?.[name]);
  }
  return Object.keys(merged).length > 0 ? merged : undefined;
}

function member(
  map: MapType,
  merged: { [key: string]: JsonValue | undefined },
  name: string,
  under: Maybe,
  over: Maybe,
): void {
  const type = memberType(map, name);
  if (type === undefined) return;
  const value = mergeTyped(type, under, over);
  if (value !== undefined) setOwn(merged, name, value);
}

function lists(list: ListType, under: Maybe, over: Maybe): Maybe {
  const below = isArray(under) ? under : [];
  const above = isArray(over) ? over : [];
  const isEmpty = below.length === 0 && above.length === 0;
  if (list.isAtomic || isEmpty) return over !== undefined ? over : under;

  const merged = new ListMerge(list, below, above).run();
  return merged.length > 0 ? merged : undefined;
}

/**
 * Items of both in one order: the second's among those that it sets, and the others where they stood beside them.
 * Items that stand twice in the first are kept apart as they are, unless the second sets them.
 */
class ListMerge {
  readonly #list: ListType;
  readonly #under: JsonArray;
  readonly #left: readonly PathElement[];
  readonly #right: readonly PathElement[];
  readonly #leftItems = new Map<string, Maybe>();
  readonly #rightItems = new Map<string, JsonValue>();
  /** Of both, in the second's order: the first of them is the next to be taken. */
  readonly #shared: string[];
  readonly #taken = new Set<string>();
  readonly #out: JsonValue[] = [];
  #leftAt = 0;
  #rightAt = 0;

  constructor(list: ListType, under: JsonArray, over: JsonArray) {
    this.#list = list;
    this.#under = under;
    this.#left = under.map((item) => itemElement(list, item));
    this.#right = over.map((item) => itemElement(list, item));
    for (const [index, { text }] of this.#left.entries()) {
      // of what stands twice nothing is merged
      this.#leftItems.set(text, this.#leftItems.has(text) ? null : under[index]);
    }
    for (const [index, { text }] of this.#right.entries()) this.#rightItems.set(text, over[index] ?? null);
    this.#shared = this.#right.map(({ text }) => text).filter((text) => this.#leftItems.has(text));
  }

  run(): JsonArray {
    while (this.#leftAt < this.#left.length || this.#rightAt < this.#right.length) {
      if (!this.#together()) this.#apart();
    }
    return this.#out;
  }

  /** Where both lists go on: the same item, or one of the first whose turn comes later. */
  #together(): boolean {
    const mine = this.#left[this.#leftAt]?.text;
    const theirs = this.#right[this.#rightAt]?.text;
    if (mine === undefined || theirs === undefined) return false;
    if (mine === theirs) {
      this.#take(mine);
      this.#leftAt++;
      this.#rightAt++;
      this.#shared.shift();
      return true;
    }
    const [next] = this.#shared;
    if (!this.#rightItems.has(mine) || next === undefined || next === mine) return false;
    this.#leftAt++;
    return true;
  }

  #apart(): void {
    const mine = this.#left[this.#leftAt]?.text;
    if (mine !== undefined) {
      if (!this.#rightItems.has(mine)) {
        this.#push(mergeTyped(this.#list.items(), this.#under[this.#leftAt], undefined));
        this.#leftAt++;
        return;
      }
      if (this.#taken.has(mine)) this.#leftAt++;
    }
    const theirs = this.#right[this.#rightAt]?.text;
    if (theirs === undefined) return;
    this.#take(theirs);
    this.#rightAt++;
    if (this.#shared[0] === theirs) this.#shared.shift();
  }

  #take(text: string): void {
    this.#taken.add(text);
    this.#push(mergeTyped(this.#list.items(), this.#leftItems.get(text), this.#rightItems.get(text)));
  }

  #push(item: Maybe): void {
    if (item !== undefined) this.#out.push(item);
  }
}

function isNone(object: JsonObject | undefined): boolean {
  return object === undefined || Object.keys(object).length === 0;
}
