/** Where two tellings of a story differ, value by value. */
import { equals, isArray, isObject, type JsonValue } from '../../src/kubernetes/json.ts';
import { join } from '../../src/kubernetes/pointer.ts';
import type { Told } from './tell.ts';

export interface Difference {
  readonly story: string;
  readonly step: string;
  /** `Revision/cart-00001`. */
  readonly object: string;
  /** JSON pointer; empty where one of them does not have the object at all. */
  readonly path: string;
  readonly ours: JsonValue | undefined;
  readonly knatives: JsonValue | undefined;
}

export function differences(story: string, ours: readonly Told[], knatives: readonly Told[]): Difference[] {
  const found: Difference[] = [];
  for (const [index, { what, snapshot }] of knatives.entries()) {
    const our = ours[index]?.snapshot ?? {};
    for (const object of new Set([...Object.keys(snapshot), ...Object.keys(our)])) {
      for (const each of valuesThatDiffer(our[object], snapshot[object], ''))
        found.push({ story, step: what, object, ...each });
    }
  }
  return found;
}

/** Conditions are compared by their types. */
function* valuesThatDiffer(
  ours: JsonValue | undefined,
  knatives: JsonValue | undefined,
  path: string,
): Generator<Pick<Difference, 'path' | 'ours' | 'knatives'>> {
  const [our, their] = [byType(ours, path), byType(knatives, path)];
  if (equals(our, their)) return;
  if (isObject(our) && isObject(their)) {
    for (const key of new Set([...Object.keys(our), ...Object.keys(their)])) {
      yield* valuesThatDiffer(our[key], their[key], join(path, key));
    }
  } else if (isArray(our) && isArray(their) && our.length === their.length) {
    for (const [index, value] of our.entries()) yield* valuesThatDiffer(value, their[index], `${path}/${index}`);
  } else yield { path, ours, knatives };
}

function byType(value: JsonValue | undefined, path: string): JsonValue | undefined {
  if (path !== '/status/conditions' || !isArray(value)) return value;
  return Object.fromEntries(value.map((each) => [isObject(each) ? String(each.type) : '', each]));
}

export function sentenceOf({ step, object, path, ours, knatives }: Difference): string {
  return `${step}: ${object} ${path}: ${JSON.stringify(ours)} here, ${JSON.stringify(knatives)} there`;
}
