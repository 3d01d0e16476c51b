/** What a patch has made of an object, read as its kind: why it is none, with what it has become. */
import { isArray, isObject, type JsonObject, type JsonValue, setOwn, stringAt } from '../../../kubernetes/json.ts';
import { steps } from '../../../kubernetes/pointer.ts';
import { unknownJsonPatchFields } from '../patch/jsonPatch.ts';
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
  const shown = (): string => shownAfter(patched, change);
  if (!isObject(patched)) throw unreadable(shown(), 'json: cannot unmarshal into Go value of an object');
  const fault = typeFault(patched, readable);
  if (fault !== undefined) throw unreadable(shown(), fault);

  // an apply has been read by the schema already, and was refused there
  const isStrict = options.fieldValidation !== 'Ignore' && change.type !== 'apply';
  const strict = isStrict ? faultsOf(patched, readable, change) : [];
  if (strict.length > 0 && options.fieldValidation === 'Strict') {
    throw unreadable(shown(), `strict decoding error: ${strict.join(', ')}`);
  }
  for (const sentence of strict) warn(sentence);
  return patched;
}

/** What nobody knows, and stands twice: of a JSON patch itself first. */
function faultsOf(patched: JsonObject, readable: Readable, { type, body }: Patch): readonly string[] {
  if (type !== 'json') return strictFaults(patched, body, readable);
  const own = [...body.duplicates.map((sentence) => `json patch ${sentence}`), ...unknownJsonPatchFields(body.value)];
  return [...own, ...strictFaults(patched, { ...body, duplicates: [] }, readable)];
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
  return JSON.stringify(sorted(patched, type === 'json' ? visitedBy(body.value) : body.value));
}

/** As upstream's patch library writes it: the objects that it has looked into, the whole one among them, by their names. */
function sorted(value: JsonValue, visited: JsonValue | undefined): JsonValue {
  const inner = (key: string): JsonValue | undefined => (isObject(visited) ? visited[key] : undefined);
  if (isArray(value)) return value.map((item, index) => inside(item, inner(String(index))));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, member && inside(member, inner(key), key)]));
}

function inside(value: JsonValue, visited: JsonValue | undefined, key = ''): JsonValue {
  if (isObject(visited)) return sorted(value, visited);
  return key === 'metadata' && isObject(value) ? inFieldOrder(value) : value;
}

/** The objects and lists that the operations pass, as an object whose members are those that they name. */
function visitedBy(operations: JsonValue): JsonObject {
  const visited: Draft = {};
  for (const operation of isArray(operations) ? operations : []) {
    for (const pointer of [stringAt(operation, 'path'), stringAt(operation, 'from')]) {
      let at = visited;
      for (const step of steps(pointer ?? '').slice(0, -1)) {
        if (!Object.hasOwn(at, step)) setOwn(at, step, {});
        at = at[step] ?? {};
      }
    }
  }
  return visited;
}

interface Draft {
  [key: string]: Draft | undefined;
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
