/** How a Trigger's filters read, without running them: `filters` counts instead of `filter` where both are there. */
import { arrayAt, isObject, type JsonObject, type JsonValue, objectAt, stringAt } from '../../kubernetes/json.ts';
import { join } from '../../kubernetes/pointer.ts';

export type Dialect = 'exact' | 'prefix' | 'suffix';

/** One attribute that an event is compared with. */
export interface Comparison {
  /** Pointer of the value: `/spec/filter/attributes/type`. */
  readonly path: string;
  readonly dialect: Dialect;
  readonly attribute: string;
  readonly value: string;
}

/**
 * True where every event passes: no filter, an empty one, or attributes that are all empty, which stand for any value
 * (knative/eventing pkg/eventfilter/attributes/filter.go).
 */
export function acceptsEverything(trigger: JsonObject): boolean {
  const filters = arrayAt(trigger, 'spec', 'filters');
  if (filters.length > 0) return filters.every(isEmptyFilter);
  const attributes = objectAt(trigger, 'spec', 'filter', 'attributes') ?? {};
  return Object.values(attributes).every((value) => value === '');
}

function isEmptyFilter(filter: JsonValue): boolean {
  if (!isObject(filter)) return true;
  return Object.values(filter).every((value) => {
    if (isObject(value)) return Object.keys(value).length === 0;
    return value === null || value === '' || (Array.isArray(value) && value.length === 0);
  });
}

/** Every comparison of a Trigger's filters, however they nest; those of `filter` only where no `filters` replace it. */
export function comparisonsOf(trigger: JsonObject): Comparison[] {
  const found: Comparison[] = [];
  if (arrayAt(trigger, 'spec', 'filters').length === 0) {
    addComparisons(found, objectAt(trigger, 'spec', 'filter', 'attributes'), 'exact', '/spec/filter/attributes');
    return found;
  }
  for (const { filter, path } of filtersOf(trigger)) {
    addComparisons(found, objectAt(filter, 'exact'), 'exact', join(path, 'exact'));
    addComparisons(found, objectAt(filter, 'prefix'), 'prefix', join(path, 'prefix'));
    addComparisons(found, objectAt(filter, 'suffix'), 'suffix', join(path, 'suffix'));
  }
  return found;
}

/** An expression of CESQL among the filters. */
export interface FilterExpression {
  /** Pointer of the expression: `/spec/filters/0/cesql`. */
  readonly path: string;
  readonly text: string;
}

/** Of all expressions of one Trigger together; what is beyond that is not read, so that no Trigger takes seconds. */
export const MOST_CHARACTERS = 200_000;

/** As many as are read. */
export function expressionsOf(trigger: JsonObject): FilterExpression[] {
  let left = MOST_CHARACTERS;
  const found: FilterExpression[] = [];
  for (const { filter, path } of filtersOf(trigger)) {
    const text = stringAt(filter, 'cesql') ?? '';
    if (text === '' || text.length > left) continue;
    left -= text.length;
    found.push({ path: join(path, 'cesql'), text });
  }
  return found;
}

interface PlacedFilter {
  readonly filter: JsonObject;
  readonly path: string;
}

/** The filters of `filters`, and those in their `all`, `any` and `not`, as deep as these go. */
function filtersOf(trigger: JsonObject): PlacedFilter[] {
  const found: PlacedFilter[] = [];
  const open: { filter: JsonValue; path: string }[] = [];
  const add = (list: readonly JsonValue[], path: string) => {
    for (const [index, filter] of list.entries()) open.push({ filter, path: join(path, index) });
  };
  add(arrayAt(trigger, 'spec', 'filters'), '/spec/filters');
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { filter, path } = next;
    if (!isObject(filter)) continue;
    found.push({ filter, path });
    add(arrayAt(filter, 'all'), join(path, 'all'));
    add(arrayAt(filter, 'any'), join(path, 'any'));
    if (isObject(filter.not)) open.push({ filter: filter.not, path: join(path, 'not') });
  }
  return found;
}

function addComparisons(found: Comparison[], attributes: JsonObject | undefined, dialect: Dialect, path: string): void {
  if (attributes === undefined) return;
  for (const [attribute, value] of Object.entries(attributes)) {
    if (typeof value === 'string') found.push({ path: join(path, attribute), dialect, attribute, value });
  }
}
