/** What one value has that another has not, field by field (sigs.k8s.io/structured-merge-diff/v6 typed/compare.go). */
import { equals, isArray, isObject, type JsonArray, type JsonValue } from '../../../../kubernetes/json.ts';
import { fieldElement, type PathElement } from '../fields/element.ts';
import { FieldSet } from '../fields/set.ts';
import { itemElement } from './listItem.ts';
import { type ListType, type MapType, memberType, type Shape, shapeOf, type Type } from './type.ts';

export interface Comparison {
  readonly removed: FieldSet;
  readonly modified: FieldSet;
  readonly added: FieldSet;
}

type Maybe = JsonValue | undefined;

/**
 * Both values have the type. @throws where an item of a list has no place in it
 */
export function compare(type: Type, before: JsonValue, after: JsonValue): Comparison {
  const comparison = { removed: new FieldSet(), modified: new FieldSet(), added: new FieldSet() };
  new Comparer(comparison).walk(type, before, after);
  return comparison;
}

class Comparer {
  readonly #result: Comparison;
  readonly #path: PathElement[] = [];

  constructor(result: Comparison) {
    this.#result = result;
  }

  walk(type: Type, before: Maybe, after: Maybe): void {
    const old = shapeOf(type, before);
    const now = shapeOf(type, after);
    let isLeaf: boolean;
    if (after === undefined) isLeaf = this.#as(old.shape, type, before, after);
    else if (before === undefined || (old.shape === now.shape && old.isOpen === now.isOpen)) {
      isLeaf = this.#as(now.shape, type, before, after);
    } else {
      this.#as(old.shape, type, before, after);
      isLeaf = this.#as(now.shape, type, before, after);
    }
    if (isLeaf) return;
    if (before === undefined) this.#result.added.insert(this.#path);
    else if (after === undefined) this.#result.removed.insert(this.#path);
  }

  /** @returns whether it is one field as a whole */
  #as(shape: Shape, type: Type, before: Maybe, after: Maybe): boolean {
    if (shape === 'map' && type.map !== undefined) return this.#maps(type.map, before, after);
    if (shape === 'list' && type.list !== undefined) return this.#lists(type.list, before, after);
    return this.#leaf(before, after);
  }

  #leaf(before: Maybe, after: Maybe): true {
    if (before === undefined) this.#result.added.insert(this.#path);
    else if (after === undefined) this.#result.removed.insert(this.#path);
    else if (!equals(before, after)) this.#result.modified.insert(this.#path);
    return true;
  }

  #maps(map: MapType, before: Maybe, after: Maybe): boolean {
    const old = isObject(before) ? before : undefined;
    const now = isObject(after) ? after : undefined;
    // asked for once: an object of a hundred thousand members makes the list anew each time
    const were = Object.keys(old ?? {});
    const are = Object.keys(now ?? {});
    if (map.isAtomic || (were.length === 0 && are.length === 0)) return this.#leaf(before, after);

    for (const name of were) {
      this.#member(
        map,
        name,
        old?.[name] ?? null,
        now !== undefined && Object.hasOwn(now, name) ? now[name] : undefined,
      );
    }
    for (const name of are) {
      if (old === undefined || !Object.hasOwn(old, name)) this.#member(map, name, undefined, now?.[name]);
    }
    return false;
  }

  #member(map: MapType, name: string, before: Maybe, after: Maybe): void {
    const type = memberType(map, name);
    if (type === undefined || (before === undefined && after === undefined)) return;
    this.#below(fieldElement(name), type, before, after);
  }

  #below(element: PathElement, type: Type, before: Maybe, after: Maybe): void {
    this.#path.push(element);
    this.walk(type, before, after);
    this.#path.pop();
  }

  #lists(list: ListType, before: Maybe, after: Maybe): boolean {
    const old = isArray(before) ? before : [];
    const now = isArray(after) ? after : [];
    if (list.isAtomic || (old.length === 0 && now.length === 0)) return this.#leaf(before, after);

    const were = grouped(list, old);
    const are = grouped(list, now);
    for (const [text, { element, items }] of were) this.#items(list, element, items, are.get(text)?.items ?? []);
    for (const [text, { element, items }] of are) if (!were.has(text)) this.#items(list, element, [], items);
    return false;
  }

  /** Items of the same place: duplicates are one field as a whole. */
  #items(list: ListType, element: PathElement, before: JsonArray, after: JsonArray): void {
    const { added, removed, modified } = this.#result;
    if (before.length <= 1 && after.length <= 1) {
      this.#below(element, list.items(), before[0], after[0]);
      return;
    }
    if (before.length >= 2 && after.length >= 2) {
      if (!equals(before, after)) modified.insert([...this.#path, element]);
      return;
    }
    if (before.length >= 2) {
      if (after.length > 0) this.#below(element, list.items(), undefined, after[0]);
      removed.insert([...this.#path, element]);
      return;
    }
    if (before.length > 0) this.#below(element, list.items(), before[0], undefined);
    added.insert([...this.#path, element]);
  }
}

function grouped(list: ListType, items: JsonArray): Map<string, { element: PathElement; items: JsonValue[] }> {
  const groups = new Map<string, { element: PathElement; items: JsonValue[] }>();
  for (const item of items) {
    const element = itemElement(list, item);
    const group = groups.get(element.text);
    if (group === undefined) groups.set(element.text, { element, items: [item] });
    else group.items.push(item);
  }
  return groups;
}
