/** What a patch has made of an object, read as its kind: why it is none, with what it has become. */
import { isArray, isObject, type JsonObject, type JsonValue } from '../../../kubernetes/json.ts';
import type { Resource } from '../resources/resource.ts';
import { invalidValue } from '../status/causes.ts';
import { type Failure, invalid } from '../status/failure.ts';
import { strictFaults } from './decode.ts';
import type { Patch, WriteOptions } from './objects.ts';
import { typeFault } from './shape.ts';

/** What an object is read by. */
export type Readable = Pick<Resource, 'isCustom' | 'schema'>;

/**
 * The patched object, neither defaulted nor without what nobody knows.
 *
 * @throws Failure 422 where its type cannot hold it, or with `Strict` says what nobody knows
 */
export function readPatched(
  patched: JsonValue,
  readable: Readable,
  warn: (sentence: string) => void,
  options: Pick<WriteOptions, 'fieldValidation'>,
  change: Patch,
): JsonObject {
  const { type, body } = change;
  const shown = (): string => shownAfter(patched, change);
  if (!isObject(patched)) throw unreadable(shown(), 'json: cannot unmarshal into Go value of an object');
  const fault = typeFault(patched, readable);
  if (fault !== undefined) throw unreadable(shown(), fault);

  // an apply has been read by the schema already, and was refused there
  const strict = options.fieldValidation === 'Ignore' || type === 'apply' ? [] : strictFaults(patched, body, readable);
  if (strict.length > 0 && options.fieldValidation === 'Strict') {
    throw unreadable(shown(), `strict decoding error: ${strict.join(', ')}`);
  }
  for (const sentence of strict) warn(sentence);
  return patched;
}

/** @param shown what stands there after the patch, as text */
export function unreadable(shown: string, why: string): Failure {
  return invalid({ group: '', kind: '' }, '', [invalidValue('patch', shown, why)]);
}

/** What ObjectMeta begins with, in Go's order; what the client sets comes after it. */
const FIRST = [
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
];

/** What is told of the object after the patch: of a strategic one, what was sent. */
export function shownAfter(patched: JsonValue, { type, body }: Patch): string {
  if (type === 'strategic') return goText(body.value);
  return JSON.stringify(sorted(patched, type === 'merge' ? body.value : {}));
}

/** As upstream's patch library writes it: the objects that it has looked into in the order of names. */
function sorted(value: JsonValue, change: JsonValue | undefined): JsonValue {
  if (!isObject(value)) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(
    entries.map(([key, member]) => {
      const inner = isObject(change) ? change[key] : undefined;
      if (member !== undefined && isObject(inner)) return [key, sorted(member, inner)];
      return [key, key === 'metadata' && isObject(member) ? inFieldOrder(member) : member];
    }),
  );
}

function inFieldOrder(metadata: JsonObject): JsonObject {
  const first = FIRST.flatMap((key) => (metadata[key] === undefined ? [] : [[key, metadata[key]] as const]));
  return { ...Object.fromEntries(first), ...metadata };
}

/** As Go prints a map: `map[data:map[a:1]]`. */
function goText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '<nil>';
  if (isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (!isObject(value)) return String(value);
  const members = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `map[${members.map(([key, member]) => `${key}:${goText(member)}`).join(' ')}]`;
}
