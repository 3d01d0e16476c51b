/** Which recorded sequences are worth keeping, and their text: one step a line. */
import { isArray, isObject, type JsonObject, type JsonValue } from '../../../../src/kubernetes/json.ts';
import { compare, type Recorded } from '../../../platform/apiserver/patch/sequences/compare.ts';
import type { Kind } from '../../../platform/apiserver/patch/sequences/kinds.ts';
import type { RecordedSequence } from './record.ts';

/** Of each sort of step so many, of these sizes; or the smallest that there is. */
const MOST_OF_A_SORT = 2;
const MOST_CHARACTERS = 1900;

/** Steps of every kind, type and answer; each stands alone, with the object as it stood. */
export function keepSome(sequences: readonly RecordedSequence[]): string {
  const sorts = new Map<string, string[]>();
  for (const { seed, kind, steps } of sequences) {
    for (const recorded of steps) {
      if (compare(kind, recorded).is === 'refused elsewhere') continue;
      const sort = sortOf(kind, recorded);
      sorts.set(sort, [...(sorts.get(sort) ?? []), JSON.stringify(slim({ kind, ...recorded }, `s${seed}`))]);
    }
  }
  return `[\n${[...sorts.values()].flatMap(chosen).join(',\n')}\n]\n`;
}

/** The longest of those that are not too long: they have most to tell. */
function chosen(lines: readonly string[]): string[] {
  const byLength = [...lines].sort((left, right) => left.length - right.length);
  const short = byLength.filter((line) => line.length <= MOST_CHARACTERS);
  return short.length > 0 ? short.slice(-MOST_OF_A_SORT) : byLength.slice(0, 1);
}

function sortOf(kind: Kind, { step, status }: Recorded): string {
  return [
    kind,
    step.type,
    step.subresource,
    status,
    step.force && step.type === 'apply',
    step.manager === 'kubectl',
  ].join(' ');
}

/** Without what only tells one run from another. */
function slim(value: JsonObject | (Recorded & { readonly kind: Kind }), name: string): JsonValue {
  const text = JSON.stringify(value)
    .replaceAll(`"name":"${name}"`, '"name":"it"')
    .replaceAll(`\\"${name}\\"`, '\\"it\\"');
  return without(JSON.parse(text), ['uid', 'resourceVersion', 'creationTimestamp']);
}

function without(value: JsonValue, names: readonly string[]): JsonValue {
  if (isArray(value)) return value.map((item) => without(item, names));
  if (!isObject(value)) return value;
  const isMeta = value.managedFields !== undefined || value.creationTimestamp !== undefined;
  const left = Object.entries(value).filter(([key]) => !isMeta || !names.includes(key));
  return Object.fromEntries(left.map(([key, inner]) => [key, without(inner ?? null, names)]));
}
