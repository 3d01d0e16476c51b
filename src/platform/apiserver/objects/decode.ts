/**
 * From a parsed body to an object of the kind: what is unknown is dropped or refused, defaults are filled in
 * (k8s.io/apiserver pkg/endpoints/handlers/create.go, rest.go).
 */

import { isObject, type JsonObject, type JsonValue, stringAt } from '../../../kubernetes/json.ts';
import { nameOf } from '../../../kubernetes/object.ts';
import { apiVersionOf } from '../patch/convert.ts';
import type { Resource, Resources } from '../resources/resource.ts';
import { invalidValue } from '../status/causes.ts';
import { badRequest, type Failure, invalid } from '../status/failure.ts';
import { goKind } from '../status/goKind.ts';
import { inOrder } from './metadata/metadata.ts';
import type { Body, FieldValidation, Target } from './objects.ts';
import { typeFault, unknownFields } from './shape.ts';

const MOST_SHOWN = 30;

/** @throws Failure 400 where the body is no object of the resource, or with `Strict` says what nobody knows */
export function decode(
  resources: Resources,
  body: Body,
  { resource, warn }: Target,
  validation: FieldValidation,
): JsonObject {
  const { fault: syntax } = body;
  if (syntax !== undefined) {
    throw unrecognized(body, resource, `couldn't get version/kind; json parse error: ${syntax}`);
  }
  // Go reads null into a type as nothing at all
  const value = body.value === null && !resource.isCustom ? {} : body.value;
  if (!isObject(value)) throw unrecognized(body, resource, cannotUnmarshal(value));

  const apiVersion = stringAt(value, 'apiVersion') ?? '';
  const kind = stringAt(value, 'kind') ?? '';
  if (resource.isCustom && kind === '') {
    throw unrecognized(body, resource, `Object 'Kind' is missing in '${shown(body)}'`);
  }
  checkType({ apiVersion, kind, name: nameOf(value) }, resource, (version, found) => {
    const slash = version.indexOf('/');
    return resources.ofKind(groupOf(version), version.slice(slash + 1), found);
  });

  const fault = typeFault(value, resource);
  if (fault !== undefined) throw badRequest(`${titleOf(resource)}: ${fault}`);

  const strict = validation === 'Ignore' ? [] : strictFaults(value, body, resource);
  if (strict.length > 0 && validation === 'Strict') {
    throw badRequest(`${titleOf(resource)}: strict decoding error: ${strict.join(', ')}`);
  }
  for (const sentence of strict) warn(sentence);
  return defaulted(value, resource);
}

/** With the defaults of the kind, and without what its schema does not know. */
export function defaulted(object: JsonObject, resource: Resource): JsonObject {
  return resource.strategy.withDefaults(inOrder(object, apiVersionOf(resource), resource.kind));
}

/** What Strict refuses and Warn tells, in the order in which it stands in the body. */
export function strictFaults(
  object: JsonObject,
  { duplicates, placesOf }: Body,
  resource: Pick<Resource, 'isCustom' | 'schema'>,
): string[] {
  const unknown = unknownFields(object, resource);
  const all = [...duplicates, ...unknown];
  if (duplicates.length === 0 || unknown.length === 0 || placesOf === undefined || resource.isCustom) return all;

  const places = placesOf();
  const placeOf = (sentence: string): number => places.get(FIELD.exec(sentence)?.[1] ?? '') ?? Number.MAX_SAFE_INTEGER;
  return all.sort((left, right) => placeOf(left) - placeOf(right));
}

const FIELD = /^\w+ field "(.*)"$/s;
/** Where the scheme of kube-apiserver is made; part of its sentence. */
const SCHEME = 'pkg/runtime/scheme.go:111';

export function notRegistered(kind: string, apiVersion: string): string {
  return `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme ${JSON.stringify(SCHEME)}`;
}

/** A kind or version that is left out is the path's. @param find a kind that is served */
function checkType(
  { apiVersion, kind, name }: { apiVersion: string; kind: string; name: string },
  resource: Resource,
  find: (apiVersion: string, kind: string) => Resource | undefined,
): void {
  const wanted = apiVersionOf(resource);
  const version = apiVersion === '' ? wanted : apiVersion;
  if ((kind === '' || kind === resource.kind) && version === wanted) return;

  const found = kind === '' ? resource.kind : kind;
  if (resource.isCustom) {
    if (version !== wanted) throw badRequest(otherVersion(version, wanted));
    const cause = invalidValue('kind', found, `must be ${resource.kind}`);
    throw invalid({ group: resource.group, kind: found }, name, [cause]);
  }
  const shown = version.slice(version.indexOf('/') + 1);
  const start = `${found} in version ${JSON.stringify(shown)} cannot be handled as a ${resource.kind}`;
  const known = find(version, found);
  if (known === undefined) throw badRequest(`${start}: ${notRegistered(found, version)}`);
  if (known.storedAs === resource.storedAs) throw badRequest(otherVersion(version, wanted));
  const internal = `${resource.group === '' ? 'core' : resource.group.split('.')[0]}.${resource.kind}`;
  throw badRequest(`${start}: converting (${goType(version, found)}) to (${internal}): unknown conversion`);
}

function otherVersion(version: string, wanted: string): string {
  return `the API version in the data (${version}) does not match the expected API version (${wanted})`;
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? '' : apiVersion.slice(0, slash);
}

function goType(apiVersion: string, kind: string): string {
  return `${apiVersion.slice(apiVersion.indexOf('/') + 1)}.${kind}`;
}

function titleOf({ kind, version }: Resource): string {
  return `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}`;
}

function unrecognized(body: Body, { kind }: Resource, why: string): Failure {
  return badRequest(`the object provided is unrecognized (must be of type ${kind}): ${why} (${shown(body)})`);
}

function shown({ start }: Body): string {
  if (start === '') return '<empty>';
  const text = start.startsWith('{') ? start : Buffer.from(start).toString('hex');
  return text.length > MOST_SHOWN ? `${text.slice(0, start.startsWith('{') ? MOST_SHOWN : 2 * MOST_SHOWN)} ...` : text;
}

function cannotUnmarshal(value: JsonValue): string {
  return `couldn't get version/kind; json parse error: json: cannot unmarshal ${goKind(value)} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`;
}
