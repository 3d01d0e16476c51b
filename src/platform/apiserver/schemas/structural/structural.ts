/** What Kubernetes demands of the schema of a CustomResourceDefinition, and the schema as the server works with it. */
import { isArray, isObject, type JsonObject, type JsonValue } from '../../../../kubernetes/json.ts';
import { forbiddenValue, invalidValue } from '../../status/causes.ts';
import type { Cause } from '../../status/failure.ts';
import { childPath } from '../paths.ts';
import type { Schema } from '../schema.ts';
import { checkRules } from './compiledRules.ts';
import { toSchema } from './convert.ts';
import { defaultCauses } from './defaultValues.ts';
import { alternativesOf, schemasIn } from './json.ts';
import { openApiCauses, type Surroundings } from './openApi.ts';
import { TotalCost } from './ruleCosts.ts';
import { structureCauses } from './structure.ts';

/** Keywords whose meaning the server could not keep for `status` alone. */
const ROOT_KEYWORDS = [
  'Description',
  'Type',
  'Format',
  'Title',
  'Maximum',
  'ExclusiveMaximum',
  'Minimum',
  'ExclusiveMinimum',
  'MaxLength',
  'MinLength',
  'Pattern',
  'MaxItems',
  'MinItems',
  'UniqueItems',
  'MultipleOf',
  'Required',
  'Items',
  'Properties',
  'ExternalDocs',
  'Example',
  'XPreserveUnknownFields',
  'XValidations',
];

/** The words with which Go names a schema that is no longer JSON. */
const UNREADABLE = [
  'id',
  'schema',
  '$schema',
  '$ref',
  'patternProperties',
  'dependencies',
  'additionalItems',
  'definitions',
];

/**
 * Reads `openAPIV3Schema`.
 *
 * @param path where it stands: `spec.validation.openAPIV3Schema` where all versions have the same one, as Kubernetes
 *   tells it, else `spec.versions[0].schema.openAPIV3Schema`
 * @returns the schema, which is to be used only where there are no causes
 */
export function structuralSchema(
  json: JsonObject,
  path = 'spec.validation.openAPIV3Schema',
): { readonly schema: Schema; readonly causes: readonly Cause[] } {
  try {
    return { schema: toSchema(json), causes: causesOf(json, path) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { schema: {}, causes: [invalidValue(path, '', 'the schema nests too deep')] };
  }
}

function causesOf(json: JsonObject, path: string): Cause[] {
  const causes: Cause[] = [];
  if (json.nullable === true) causes.push(forbiddenValue(`${path}.nullable`, 'nullable cannot be true at the root'));
  const isReadable = isStructureReadable(json);
  const structure = isReadable ? structureCauses(json, path) : [];
  const defaults = isReadable && structure.length === 0 ? defaultCauses(toSchema(json), path) : [];
  causes.push(...structure, ...defaults);

  const isSound = isReadable && structure.length === 0 && defaults.length === 0;
  const total = new TotalCost();
  const around: Surroundings = {
    isRoot: true,
    isInMetadata: false,
    noDefaults: '',
    uncorrelated: undefined,
    cardinality: 1n,
    checkRules: isSound ? (schema, place) => checkRules(schema, place, total) : undefined,
  };
  const { schema, rules } = openApiCauses(json, path, around);
  return [...causes, ...schema, ...rules, ...total.causes(path)];
}

/** False where there is something, anywhere, that the server has no place for: the structure is not looked at then. */
function isStructureReadable(json: JsonObject): boolean {
  if (UNREADABLE.some((key) => isSet(json[key])) || isArray(json.items)) return false;
  const { items, additionalProperties, properties } = json;
  const parts = [items, additionalProperties].filter(isObject);
  for (const [, property] of schemasIn(properties)) parts.push(property);
  for (const { branch } of alternativesOf(json)) parts.push(branch);
  return parts.every(isStructureReadable);
}

function isSet(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null && value !== '' && !(isObject(value) && Object.keys(value).length === 0);
}

/**
 * What may not stand at the root of a schema whose `status` is a subresource of its own.
 *
 * @param path of the schema
 */
export function statusRootCauses(json: JsonObject, path: string): Cause[] {
  if (json.type !== undefined && json.type !== 'object') {
    const detail =
      'only "object" is allowed as the type at the root of the schema if the status subresource is enabled';
    return [invalidValue(childPath(path, 'type'), json.type, detail)];
  }
  const wrong = Object.keys(json).some((key) => !ROOT_KEYWORDS.includes(goName(key)));
  if (!wrong) return [];
  const detail = `only [${ROOT_KEYWORDS.join(' ')}] fields are allowed at the root of the schema if the status subresource is enabled`;
  return [invalidValue(path, json, detail)];
}

function goName(key: string): string {
  const words = key.replace(/^x-kubernetes-/, 'x-').split('-');
  return words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join('');
}
