/** The parts of `metadata` that the API server reads and writes itself. */
import { arrayAt, isObject, type JsonObject, type JsonValue, objectAt, stringAt } from '../../../../kubernetes/json.ts';

/** With these members of `metadata` in place of the old ones; undefined takes one away. */
export function withMetadata(object: JsonObject, members: JsonObject): JsonObject {
  const metadata: Record<string, JsonValue | undefined> = { ...objectAt(object, 'metadata') };
  for (const [key, value] of Object.entries(members)) {
    if (value === undefined) delete metadata[key];
    else metadata[key] = value;
  }
  return { ...object, metadata };
}

export function namespaceOf(object: JsonObject): string {
  return stringAt(object, 'metadata', 'namespace') ?? '';
}

export function uidOf(object: JsonObject): string {
  return stringAt(object, 'metadata', 'uid') ?? '';
}

const MOST_VERSION = 2n ** 64n - 1n;

/** Why a resourceVersion is none, in Go's words; undefined where it is one, or empty. */
export function versionFault(version: string): string | undefined {
  if (version === '') return undefined;
  const isNumber = /^[0-9]+$/.test(version);
  if (isNumber && (version.length < 20 || BigInt(version.slice(0, 40)) <= MOST_VERSION)) return undefined;
  return `strconv.ParseUint: parsing ${JSON.stringify(version)}: ${isNumber ? 'value out of range' : 'invalid syntax'}`;
}

/** Empty where the client gave none; "0" is none too. */
export function resourceVersionOf(object: JsonObject): string {
  const version = stringAt(object, 'metadata', 'resourceVersion') ?? '';
  return version === '0' ? '' : version;
}

export function ownersOf(object: JsonObject): JsonObject[] {
  return arrayAt(object, 'metadata', 'ownerReferences').filter(isObject);
}

/** What every object starts with, in this order: lists and other versions of the object rely on it. */
export function inOrder(object: JsonObject, apiVersion: string, kind: string): JsonObject {
  const { apiVersion: _, kind: __, metadata, ...rest } = object;
  return { apiVersion, kind, metadata: metadata ?? {}, ...rest };
}
