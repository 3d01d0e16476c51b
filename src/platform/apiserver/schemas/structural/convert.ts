/** The schema of a custom resource from JSON of any shape: what is not as it should be is left out. */
import { isArray, isObject, type JsonObject } from '../../../../kubernetes/json.ts';
import type { Schema, ValidationRule } from '../schema.ts';

const TEXTS = ['description', 'type', 'format', 'pattern', 'x-kubernetes-list-type', 'x-kubernetes-map-type'] as const;
const TRUTHS = [
  'nullable',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'uniqueItems',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-int-or-string',
  'x-kubernetes-embedded-resource',
] as const;
const NUMBERS = [
  'minProperties',
  'maxProperties',
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'multipleOf',
] as const;
const NAMES = ['required', 'x-kubernetes-list-map-keys'] as const;
const ALTERNATIVES = ['allOf', 'anyOf', 'oneOf'] as const;

const TYPES: ReadonlySet<string> = new Set(['object', 'array', 'string', 'integer', 'number', 'boolean']);

export function toSchema(json: JsonObject): Schema {
  const schema = { ...plainKeywords(json), ...nestedKeywords(json) };
  const rules = json['x-kubernetes-validations'];
  if (isArray(rules) && rules.length > 0) schema['x-kubernetes-validations'] = rules.filter(isObject).map(toRule);
  return schema;
}

function plainKeywords(json: JsonObject): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const key of TEXTS) if (typeof json[key] === 'string' && json[key] !== '') plain[key] = json[key];
  for (const key of TRUTHS) if (json[key] === true) plain[key] = true;
  for (const key of NUMBERS) if (typeof json[key] === 'number') plain[key] = json[key];
  for (const key of NAMES) if (isArray(json[key])) plain[key] = json[key].filter((name) => typeof name === 'string');
  if (typeof plain.type === 'string' && !TYPES.has(plain.type)) delete plain.type;
  if (json.default !== undefined && json.default !== null) plain.default = json.default;
  if (isArray(json.enum)) plain.enum = json.enum;
  return plain;
}

function nestedKeywords({
  properties,
  additionalProperties,
  items,
  not,
  ...json
}: JsonObject): Record<string, unknown> {
  const nested: Record<string, unknown> = {};
  if (isObject(properties)) nested.properties = mapOf(properties);
  if (typeof additionalProperties === 'boolean') nested.additionalProperties = additionalProperties;
  if (isObject(additionalProperties)) nested.additionalProperties = toSchema(additionalProperties);
  if (isObject(items)) nested.items = toSchema(items);
  if (isObject(not)) nested.not = toSchema(not);
  for (const key of ALTERNATIVES) if (isArray(json[key])) nested[key] = json[key].filter(isObject).map(toSchema);
  return nested;
}

function mapOf(properties: JsonObject): Readonly<Record<string, Schema>> {
  const entries = Object.entries(properties).filter((entry): entry is [string, JsonObject] => isObject(entry[1]));
  return Object.fromEntries(entries.map(([name, property]) => [name, toSchema(property)]));
}

const RULE_TEXTS = ['message', 'messageExpression', 'reason', 'fieldPath'] as const;

export function toRule(json: JsonObject): ValidationRule {
  const texts: Record<string, string> = {};
  for (const key of RULE_TEXTS) {
    const value = json[key];
    if (typeof value === 'string') texts[key] = value;
  }
  const { rule, optionalOldSelf } = json;
  return {
    rule: typeof rule === 'string' ? rule : '',
    ...texts,
    ...(typeof optionalOldSelf === 'boolean' && { optionalOldSelf }),
  };
}
