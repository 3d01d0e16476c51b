/** From a place in what kustomize built to the same place in a source or a patch. */
import { isArray, type JsonValue, stringAt } from '../../../kubernetes/json.ts';
import { pointer, resolve, steps } from '../../../kubernetes/pointer.ts';

/** The same place in the source: items of lists are found by their name, since patches put new ones first. */
export function translate(from: JsonValue, to: JsonValue, at: string): string {
  let source: JsonValue | undefined = from;
  let target: JsonValue | undefined = to;
  const way: string[] = [];
  for (const step of steps(at)) {
    source = resolve(source, pointer(step));
    const next = isArray(target) ? indexIn(target, source, step) : step;
    way.push(next);
    target = resolve(target, pointer(next));
  }
  return pointer(...way);
}

function indexIn(list: readonly JsonValue[], item: JsonValue | undefined, index: string): string {
  const name = stringAt(item, 'name');
  if (name === undefined) return index;
  const found = list.findIndex((candidate) => stringAt(candidate, 'name') === name);
  // An item that the source lacks is nowhere in it: the list itself is the nearest place.
  return found < 0 ? '-' : String(found);
}
