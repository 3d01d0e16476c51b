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
  readonly #shared: string[];
  readonly #taken = new Set<string>();
  readonly #out: JsonValue[] = [];

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
    let next = this.#shared.shift();
    let left = 0;
    let right = 0;
    while (left < this.#left.length || right < this.#right.length) {
      const mine = this.#left[left]?.text;
      const theirs = this.#right[right]?.text;
      if (mine !== undefined && theirs !== undefined) {
        if (mine === theirs) {
          this.#take(mine);
          left++;
          right++;
          next = this.#shared.shift();
          continue;
        }
        if (this.#rightItems.has(mine) && next !== undefined && next !== mine) {
          left++; // of both, and its turn comes later
          continue;
        }
      }
      if (mine !== undefined) {
        if (!this.#rightItems.has(mine)) {
          this.#push(mergeTyped(this.#list.items(), this.#under[left], undefined));
          left++;
          continue;
        }
        if (this.#taken.has(mine)) left++;
      }
      if (theirs !== undefined) {
        this.#take(theirs);
        right++;
        if (next === theirs) next = this.#shared.shift();
      }
    }
    return this.#out;
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
