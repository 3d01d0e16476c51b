/**
 * What Kubernetes takes of OpenAPI in a schema (k8s.io/apiextensions-apiserver pkg/apis/apiextensions/validation/
 * validation.go, ValidateCustomResourceDefinitionOpenAPISchema).
 */
import { isArray, isObject, type JsonObject, type JsonValue } from '../../../../kubernetes/json.ts';
import { forbiddenValue, invalidValue, notSupportedValue } from '../../status/causes.ts';
import type { Cause } from '../../status/failure.ts';
import { META_FIELDS } from '../embedded.ts';
import { childPath, indexPath, keyPath } from '../paths.ts';
import { isTrue, schemasIn, textIn } from './json.ts';
import { listAndMapCauses } from './listTypes.ts';
import { type Cardinality, cardinalityBelow } from './ruleCosts.ts';
import { type RuleCheck, ruleShapeCauses } from './ruleShape.ts';

/** What holds where a schema stands. */
export interface Surroundings {
  readonly isRoot: boolean;
  readonly isInMetadata: boolean;
  /** Why no default may stand there; empty where one may. */
  readonly noDefaults: string;
  /** The place above that makes `oldSelf` impossible. */
  readonly uncorrelated: string | undefined;
  /** How often the place can be in one object. */
  readonly cardinality: Cardinality;
  /** Compiles the rules of a place; undefined where nobody looks at them, inside of alternatives. */
  readonly checkRules: RuleCheck | undefined;
}

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];

/** What is wrong, apart from what is wrong with rules: those are looked at only where the rest is sound. */
export interface OpenApiCauses {
  readonly schema: Cause[];
  readonly rules: Cause[];
}

export function openApiCauses(schema: JsonObject, path: string, around: Surroundings): OpenApiCauses {
  const causes: OpenApiCauses = { schema: plainCauses(schema, path, around), rules: [] };
  const add = (below: OpenApiCauses): void => {
    causes.schema.push(...below.schema);
    causes.rules.push(...below.rules);
  };
  for (const part of partsOf(schema, path, around)) add(openApiCauses(part.schema, part.path, part.around));
  causes.schema.push(...listAndMapCauses(schema, path));

  const rules = schema['x-kubernetes-validations'];
  if (!isArray(rules) || rules.length === 0) return causes;
  causes.schema.push(...ruleShapeCauses(schema, rules, path));
  if (causes.schema.length === 0 && around.checkRules !== undefined) {
    causes.rules.push(...around.checkRules(schema, { ...around, path }));
  }
  return causes;
}

/** Keywords that are not supported at all, each with its sentence. */
const UNSUPPORTED: Readonly<Record<string, (value: JsonValue) => boolean>> = {
  id: (value) => value !== '',
  additionalItems: () => true,
  patternProperties: isFilled,
  definitions: isFilled,
  dependencies: () => true,
  $ref: () => true,
};

function isFilled(value: JsonValue): boolean {
  return isObject(value) && Object.keys(value).length > 0;
}

function plainCauses(schema: JsonObject, path: string, { noDefaults, isInMetadata }: Surroundings): Cause[] {
  const causes: Cause[] = [];
  const type = textIn(schema, 'type');
  if (type !== '' && !TYPES.includes(type)) causes.push(notSupportedValue(childPath(path, 'type'), type, TYPES));
  const { default: value, additionalProperties } = schema;
  if (value !== undefined && value !== null && noDefaults !== '') {
    causes.push(forbiddenValue(childPath(path, 'default'), `must not be set ${noDefaults}`));
  }
  for (const [key, isSet] of Object.entries(UNSUPPORTED)) {
    const given = schema[key];
    if (given === undefined || given === null || !isSet(given)) continue;
    causes.push(forbiddenValue(childPath(path, key), `${key} is not supported`));
  }
  if (type === 'null') {
    const detail = 'type cannot be set to null, use nullable as an alternative';
    causes.push(forbiddenValue(childPath(path, 'type'), detail));
  }
  if (isArray(schema.items) && schema.items.length > 0) {
    causes.push(forbiddenValue(childPath(path, 'items'), 'items must be a schema object and not an array'));
  }
  if (isInMetadata && isTrue(schema, 'x-kubernetes-embedded-resource')) {
    const below = childPath(path, 'x-kubernetes-embedded-resource');
    causes.push(forbiddenValue(below, 'must not be used inside of resource meta'));
  }
  if (schema.uniqueItems === true) {
    const detail = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic';
    causes.push(forbiddenValue(childPath(path, 'uniqueItems'), detail));
  }
  const hasProperties = schemasIn(schema.properties).length > 0;
  if (hasProperties && additionalProperties !== undefined && additionalProperties !== true) {
    const detail = 'additionalProperties and properties are mutual exclusive';
    causes.push(forbiddenValue(childPath(path, 'additionalProperties'), detail));
  }
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) {
    const below = childPath(path, 'x-kubernetes-preserve-unknown-fields');
    causes.push(invalidValue(below, false, 'must be true or undefined'));
  }
  return causes;
}

interface Part {
  readonly schema: JsonObject;
  readonly path: string;
  readonly around: Surroundings;
}

function partsOf(schema: JsonObject, path: string, around: Surroundings): Part[] {
  const inner = { ...around, isRoot: false, cardinality: cardinalityBelow(schema, around.cardinality) };
  const parts: Part[] = [];
  const { additionalProperties, items } = schema;
  if (isObject(additionalProperties)) {
    const noDefaults = around.isInMetadata
      ? 'inside additionalProperties applying to object metadata'
      : around.noDefaults;
    parts.push({
      schema: additionalProperties,
      path: childPath(path, 'additionalProperties'),
      around: { ...inner, noDefaults },
    });
  }
  const isWhole = around.isRoot || isTrue(schema, 'x-kubernetes-embedded-resource');
  for (const [name, property] of schemasIn(schema.properties)) {
    const below = keyPath(childPath(path, 'properties'), name);
    if (!isWhole || !META_FIELDS.has(name)) parts.push({ schema: property, path: below, around: inner });
    else {
      const noDefaults = around.isRoot ? `in top-level ${name}` : around.noDefaults;
      parts.push({ schema: property, path: below, around: { ...inner, isInMetadata: true, noDefaults } });
    }
  }
  parts.push(...alternativeParts(schema, path, { ...inner, checkRules: undefined }));
  if (isObject(items)) {
    const isCorrelated = schema['x-kubernetes-list-type'] === 'map';
    const uncorrelated = around.uncorrelated ?? (isCorrelated ? undefined : path);
    parts.push({ schema: items, path: childPath(path, 'items'), around: { ...inner, uncorrelated } });
  }
  return parts;
}

function alternativeParts(schema: JsonObject, path: string, around: Surroundings): Part[] {
  const parts: Part[] = [];
  if (isObject(schema.not)) parts.push({ schema: schema.not, path: childPath(path, 'not'), around });
  for (const key of ['allOf', 'oneOf', 'anyOf']) {
    const branches = schema[key];
    if (!isArray(branches)) continue;
    for (const [index, branch] of branches.entries()) {
      if (isObject(branch)) parts.push({ schema: branch, path: indexPath(childPath(path, key), index), around });
    }
  }
  return parts;
}
