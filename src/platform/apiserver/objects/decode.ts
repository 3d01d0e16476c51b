/**
 * From a parsed body to an object of the kind: what is unknown is dropped or refused, defaults are filled in
 * (k8s.io/apiserver pkg/endpoints/handlers/create.go, rest.go).
 */
import { isObject, type JsonObject, stringAt } from '../../../kubernetes/json.ts';
import type { Resource } from '../resources/resource.ts';
import { badRequest, type Failure } from '../status/failure.ts';
import { inOrder } from './metadata/metadata.ts';
import type { Body, FieldValidation, Target } from './objects.ts';
import { typeFault, unknownFields } from './shape.ts';

const MOST_SHOWN = 30;

/** @throws Failure 400 where the body is no object of the resource, or with `Strict` says what nobody knows */
export function decode(body: Body, { resource, warn }: Target, validation: FieldValidation): JsonObject {
  const { value } = body;
  if (!isObject(value)) throw unrecognized(body, resource, cannotUnmarshal(value));

  const apiVersion = stringAt(value, 'apiVersion') ?? '';
  const kind = stringAt(value, 'kind') ?? '';
  if (resource.isCustom && kind === '') {
    throw unrecognized(body, resource, `Object 'Kind' is missing in '${shown(body)}'`);
  }
  checkType(apiVersion, kind, resource);

  const fault = typeFault(value, resource);
  if (fault !== undefined) throw badRequest(`${titleOf(resource)}: ${fault}`);

  const strict = validation === 'Ignore' ? [] : strictFaults(value, body.duplicates, resource);
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

export function apiVersionOf({ group, version }: Pick<Resource, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

/** What Strict refuses and Warn tells. */
export function strictFaults(object: JsonObject, duplicates: readonly string[], resource: Resource): string[] {
  return [...duplicates.map((path) => `duplicate field ${JSON.stringify(path)}`), ...unknownFields(object, resource)];
}

/** A kind or version that is left out is the path's. */
function checkType(apiVersion: string, kind: string, resource: Resource): void {
  const wanted = apiVersionOf(resource);
  if (kind !== '' && kind !== resource.kind) {
    if (resource.isCustom || apiVersion === '') {
      throw badRequest(`the object provided is of kind ${kind}, and this resource is of kind ${resource.kind}`);
    }
    const version = apiVersion.slice(apiVersion.indexOf('/') + 1);
    const converting = `converting (${goType(apiVersion, kind)}) to (${goType(wanted, resource.kind)}): unknown conversion`;
    throw badRequest(
      `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${resource.kind}: ${converting}`,
    );
  }
  if (apiVersion !== '' && apiVersion !== wanted) {
    throw badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${wanted})`);
  }
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

function cannotUnmarshal(value: unknown): string {
  const type = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  return `couldn't get version/kind; json parse error: json: cannot unmarshal ${type} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`;
}
