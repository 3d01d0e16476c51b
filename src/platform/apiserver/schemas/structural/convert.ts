/** The schema of a custom resource from JSON of any shape: what is not as it should be is left out. */
import { isArray, isObject, type JsonObject, type JsonValue } from '../../../../kubernetes/json.ts';
import type { Schema, ValidationRule } from '../schema.ts';

const TEXTS = ['description', 'format', 'pattern', 'x-kubernetes-list-type', 'x-kubernetes-map-type'] as const;
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

/** What each keyword must be to count. A schema has few of them, and there are many schemas. */
const ACCEPTS: ReadonlyMap<string, (value: JsonValue) => boolean> = new Map([
  ...TEXTS.map((key) => [key, isText] as const),
  ...TRUTHS.map((key) => [key, (value: JsonValue) => value === true] as const),
  ...NUMBERS.map((key) => [key, (value: JsonValue) => typeof value === 'number'] as const),
  ...NAMES.map((key) => [key, (value: JsonValue) => isArray(value) && value.every(isText)] as const),
  ['type', (value) => isText(value) && TYPES.has(String(value))] as const,
  ['default', (value) => value !== null] as const,
  ['enum', isArray] as const,
]);

function isText(value: JsonValue): boolean {
  return typeof value === 'string' && value !== '';
}

function plainKeywords(json: JsonObject): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const key of Object.keys(json)) {
    const value = json[key];
    if (value !== undefined && ACCEPTS.get(key)?.(value) === true) plain[key] = value;
  }
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
