/** PATCH in its four types (k8s.io/apiserver pkg/endpoints/handlers/patch.go). */
import { isArray, isObject, type JsonObject, type JsonValue } from '../../../kubernetes/json.ts';
import { apply } from '../patch/apply/apply.ts';
import { trackUpdate } from '../patch/apply/trackUpdate.ts';
import { jsonPatch } from '../patch/jsonPatch.ts';
import { mergePatch } from '../patch/mergePatch.ts';
import { strategicMergePatch } from '../patch/strategicMergePatch.ts';
import { invalidValue } from '../status/causes.ts';
import { badRequest, type Failure, invalid, notFound, tooLarge, unsupportedMediaType } from '../status/failure.ts';
import { defaulted, strictFaults } from './decode.ts';
import type { Dependencies } from './dependencies.ts';
import type { Answer, Patch, Target, WriteOptions } from './objects.ts';
import { typeFault } from './shape.ts';
import { managerOf } from './steps.ts';
import { write } from './update.ts';
import { versionsIn } from './versions.ts';

const MOST_OPERATIONS = 10_000;
/** A custom resource has no merge keys. */
const WITHOUT_STRATEGIC = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/apply-patch+yaml',
];

export function patch(
  dependencies: Dependencies,
  target: Target,
  options: WriteOptions,
  change: Patch,
): Promise<Answer> {
  const { type } = change;
  if (type === 'strategic' && target.resource.isCustom) throw unsupportedMediaType(WITHOUT_STRATEGIC);
  if (type === 'json' && isArray(change.body.value) && change.body.value.length > MOST_OPERATIONS) {
    const found = change.body.value.length;
    throw tooLarge(
      `Request entity too large: The allowed maximum operations in a JSON patch is ${MOST_OPERATIONS}, got ${found}`,
    );
  }

  if (change.body.fault !== undefined) throw badRequest(`error decoding patch: ${change.body.fault}`);
  const make = maker(dependencies, target, options, change);
  return write(dependencies, { target, options, mayCreate: type === 'apply', uid: '', make });
}

function maker(
  { clock, resources }: Dependencies,
  target: Target,
  options: WriteOptions,
  change: Patch,
): (old: JsonObject | undefined) => JsonObject {
  const { resource, subresource } = target;
  const versionOf = versionsIn(resources, resource);
  if (change.type === 'apply') {
    const config = applied(change.body.value);
    const { duplicates } = change.body;
    return (old) => {
      const made = apply({
        live: old,
        config,
        manager: options.fieldManager,
        force: change.force,
        resource,
        subresource,
        now: clock.now(),
        versionOf,
      });
      // what stands twice is told after what is wrong with the apply itself
      if (options.fieldValidation === 'Strict' && duplicates.length > 0) throw doubled(duplicates);
      if (options.fieldValidation === 'Warn') for (const sentence of duplicates) target.warn(sentence);
      return checked(made, target, options, change);
    };
  }
  return (old) => {
    if (old === undefined) throw notFound(resource, target.name);
    const patched = patchedObject(old, change, target);
    const next = checked(patched, target, options, change);
    const manager = managerOf(options, target);
    return trackUpdate({ old, next, manager, subresource, resource, now: clock.now(), versionOf });
  };
}

function applied(value: JsonValue): JsonObject {
  if (isObject(value)) return value;
  throw badRequest(
    'error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal into an object',
  );
}

function patchedObject(old: JsonObject, { type, body }: Patch, { resource }: Target): JsonValue {
  switch (type) {
    case 'json':
      return jsonPatch(old, body.value);
    case 'merge':
      return mergePatch(old, body.value);
    default:
      return strategicMergePatch(old, body.value, resource.schema);
  }
}

/** The patched object as its kind reads it: with defaults, without what nobody knows. */
function checked(
  patched: JsonValue,
  { resource, warn }: Target,
  options: WriteOptions,
  { type, body }: Patch,
): JsonObject {
  const shown = (): string => (type === 'strategic' ? goText(body.value) : sortedText(patched));
  if (!isObject(patched)) throw unreadable(shown(), 'json: cannot unmarshal into Go value of an object');
  const fault = typeFault(patched, resource);
  if (fault !== undefined) throw unreadable(shown(), fault);

  // an apply has been read by the schema already, and was refused there
  const strict = options.fieldValidation === 'Ignore' || type === 'apply' ? [] : strictFaults(patched, body, resource);
  if (strict.length > 0 && options.fieldValidation === 'Strict') {
    throw unreadable(shown(), `strict decoding error: ${strict.join(', ')}`);
  }
  for (const sentence of strict) warn(sentence);
  return defaulted(patched, resource);
}

function unreadable(shown: string, why: string): Failure {
  return invalid({ group: '', kind: '' }, '', [invalidValue('patch', shown, why)]);
}

function doubled(duplicates: readonly string[]): Failure {
  const why = `yaml: unmarshal errors:\n  ${duplicates.join('\n  ')}`;
  return badRequest(`error strict decoding YAML: error converting YAML to JSON: ${why}`);
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

/** The patched object as upstream's patch library writes it: its first level in the order of names. */
function sortedText(value: JsonValue): string {
  if (!isObject(value)) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return JSON.stringify(Object.fromEntries(entries), (key, part: unknown) =>
    key === 'metadata' && isObject(part) ? inFieldOrder(part) : part,
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
