/** In which order the items of a merged list stand. */
import { isRecord, type Json } from '../json.ts';
import { badType, noMergeKey } from './wrong.ts';

/** What an item is known by: its merge key's value, or itself. */
export type Identify = (item: Json) => Json | undefined;

/**
 * The merged items: those of the patch in the patch's order, the others in the order in which they stood; of two
 * that both stood, the earlier first.
 *
 * @param order of the patch, or what `$setElementOrder` says
 * @param before the list as it stood
 */
export function inOrder(
  merged: readonly Json[],
  order: readonly Json[],
  before: readonly Json[],
  mergeKey: string,
): Json[] {
  const identify = identifyBy(mergeKey);
  const inPatch = new Set(order.map(identify));
  const ours = merged.filter((item) => inPatch.has(identify(item)));
  const others = merged.filter((item) => !inPatch.has(identify(item)));
  const stood = indexOf(before, identify);
  sortBy(ours, indexOf(order, identify), identify);
  sortBy(others, stood, identify);

  const result: Json[] = [];
  let other = 0;
  let own = 0;
  while (other < others.length && own < ours.length) {
    const left = stood.get(identify(others[other] ?? null));
    const right = stood.get(identify(ours[own] ?? null));
    const isFirst = left !== undefined && right !== undefined && left < right;
    result.push((isFirst ? others[other++] : ours[own++]) ?? null);
  }
  return [...result, ...others.slice(other), ...ours.slice(own)];
}

function identifyBy(mergeKey: string): Identify {
  if (mergeKey === '') return (item) => item;
  return (item) => {
    if (!isRecord(item)) throw badType('map', item);
    if (!Object.hasOwn(item, mergeKey)) throw noMergeKey(item, mergeKey);
    return item[mergeKey];
  };
}

function indexOf(items: readonly Json[], identify: Identify): Map<Json | undefined, number> {
  const places = new Map<Json | undefined, number>();
  for (const [place, item] of items.entries()) {
    const identity = identify(item);
    if (!places.has(identity)) places.set(identity, place);
  }
  return places;
}

function sortBy(items: Json[], places: Map<Json | undefined, number>, identify: Identify): void {
  items.sort((left, right) => (places.get(identify(left)) ?? 0) - (places.get(identify(right)) ?? 0));
}
