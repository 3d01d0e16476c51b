/**
 * Whether a schema says of everything what it is (k8s.io/apiextensions-apiserver pkg/apiserver/schema/validation.go):
 * only then can unknown fields be dropped and defaults be filled in.
 */
import { compilePattern, PatternProblem } from '../../../../cel/patterns.ts';
import { equals, isArray, isObject, type JsonObject, type JsonValue } from '../../../../kubernetes/json.ts';
import { forbiddenValue, invalidValue, requiredValue } from '../../status/causes.ts';
import type { Cause } from '../../status/failure.ts';
import { childPath, indexPath, keyPath } from '../paths.ts';
import { completenessCauses } from './complete.ts';
import { alternativesOf, isTrue, schemasIn, textIn } from './json.ts';

type Level = 'root' | 'item' | 'field';

const INT_OR_STRING: JsonValue = [{ type: 'integer' }, { type: 'string' }];

export function structureCauses(schema: JsonObject, path: string): Cause[] {
  const causes = [...invariantCauses(schema, 'root', path), ...completenessCauses(schema, path)];
  return causes.sort((left, right) => compareCauses(left, right));
}

function compareCauses(left: Cause, right: Cause): number {
  const [first, second] = [`${left.field}: ${left.message}`, `${right.field}: ${right.message}`];
  return first < second ? -1 : Number(first > second);
}

function invariantCauses(schema: JsonObject, level: Level, path: string): Cause[] {
  const causes: Cause[] = [];
  const { items, additionalProperties } = schema;
  const type = textIn(schema, 'type');
  if (type === 'array' && items === undefined)
    causes.push(requiredValue(childPath(path, 'items'), 'must be specified'));
  if (isObject(items)) causes.push(...invariantCauses(items, 'item', childPath(path, 'items')));
  for (const [name, property] of schemasIn(schema.properties)) {
    causes.push(...invariantCauses(property, 'field', keyPath(childPath(path, 'properties'), name)));
  }
  if (additionalProperties !== undefined) {
    const below = childPath(path, 'additionalProperties');
    if (level === 'root') causes.push(forbiddenValue(below, 'must not be used at the root'));
    if (isObject(additionalProperties)) causes.push(...invariantCauses(additionalProperties, 'field', below));
  }
  causes.push(...extensionCauses(schema, path), ...valueCauses(schema, path, exceptionsOf(schema)));
  causes.push(...typeCauses(schema, type, level, path), ...metadataCauses(schema, level, path));
  return causes;
}

function extensionCauses(schema: JsonObject, path: string): Cause[] {
  const causes: Cause[] = [];
  if (!isTrue(schema, 'x-kubernetes-int-or-string')) return causes;
  for (const key of ['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource']) {
    const detail = 'must be false if x-kubernetes-int-or-string is true';
    if (isTrue(schema, key)) causes.push(invalidValue(childPath(path, key), true, detail));
  }
  return causes;
}

const EMPTY: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};

function typeCauses(schema: JsonObject, type: string, level: Level, path: string): Cause[] {
  const causes: Cause[] = [];
  const typePath = childPath(path, 'type');
  const isWhole = isTrue(schema, 'x-kubernetes-embedded-resource');
  const isOpen = isTrue(schema, 'x-kubernetes-preserve-unknown-fields');
  if (isWhole && type !== 'object') {
    const detail = 'must be object if x-kubernetes-embedded-resource is true';
    causes.push(type === '' ? requiredValue(typePath, detail) : invalidValue(typePath, type, detail));
  } else if (type === '' && !isOpen && !isTrue(schema, 'x-kubernetes-int-or-string')) {
    causes.push(requiredValue(typePath, EMPTY[level]));
  }
  if (isWhole && schema.additionalProperties !== undefined) {
    const detail = 'must not be used if x-kubernetes-embedded-resource is set';
    causes.push(forbiddenValue(childPath(path, 'additionalProperties'), detail));
  }
  if (level === 'root' && type !== '' && type !== 'object') {
    causes.push(invalidValue(typePath, type, 'must be object at the root'));
  }
  if (isWhole && !isOpen && schemasIn(schema.properties).length === 0) {
    const detail =
      'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields';
    causes.push(requiredValue(childPath(path, 'properties'), detail));
  }
  return causes;
}

/** Of a whole object's own fields nothing may be said but how it may be named. */
function metadataCauses(schema: JsonObject, level: Level, path: string): Cause[] {
  const causes: Cause[] = [];
  const isWhole = level === 'root' || isTrue(schema, 'x-kubernetes-embedded-resource');
  for (const [name, property] of schemasIn(schema.properties)) {
    const below = keyPath(childPath(path, 'properties'), name);
    const wanted = WHOLE_TYPES.get(name);
    if (wanted === undefined || !isWhole) continue;
    const type = textIn(property, 'type');
    if (type !== wanted) causes.push(invalidValue(childPath(below, 'type'), type, `must be ${wanted}`));
    if (name === 'metadata' && level === 'root' && saysMoreThanNames(property)) {
      const detail = 'must not specify anything other than name and generateName, but metadata is implicitly specified';
      causes.push(forbiddenValue(below, detail));
    }
  }
  return causes;
}

const WHOLE_TYPES: ReadonlyMap<string, string> = new Map([
  ['kind', 'string'],
  ['apiVersion', 'string'],
  ['metadata', 'object'],
]);

function saysMoreThanNames(metadata: JsonObject): boolean {
  const { type, properties, default: value, ...rest } = metadata;
  const names = isObject(properties) ? Object.keys(properties) : [];
  return Object.keys(rest).length > 0 || names.some((name) => name !== 'name' && name !== 'generateName');
}

/** Where an int or a text is written down the long way, which is not held against it. */
function exceptionsOf(schema: JsonObject): { readonly anyOf: boolean; readonly firstAllOf: boolean } {
  const first = isArray(schema.allOf) ? schema.allOf[0] : undefined;
  return {
    anyOf: equals(schema.anyOf, INT_OR_STRING),
    firstAllOf: isObject(first) && equals(first.anyOf, INT_OR_STRING),
  };
}

const NO_EXCEPTIONS = { anyOf: false, firstAllOf: false } as const;

function valueCauses(schema: JsonObject, path: string, except: { anyOf: boolean; firstAllOf: boolean }): Cause[] {
  const causes: Cause[] = [];
  for (const { key, index, branch } of alternativesOf(schema)) {
    if (key === 'anyOf' && except.anyOf) continue;
    const below = index === undefined ? childPath(path, key) : indexPath(childPath(path, key), index);
    const isFirst = key === 'allOf' && index === 0 && except.firstAllOf;
    causes.push(...nestedCauses(branch, below, { anyOf: isFirst, firstAllOf: false }));
  }
  const pattern = textIn(schema, 'pattern');
  const compiled = pattern === '' ? undefined : compilePattern(pattern);
  if (compiled instanceof PatternProblem) {
    const detail = `must be a valid regular expression, but isn't: ${compiled.message}`;
    causes.push(invalidValue(childPath(path, 'pattern'), pattern, detail));
  }
  return causes;
}

/** What no alternative may say, with how its absence is called. */
const FORBIDDEN: readonly (readonly [key: string, wanted: string])[] = [
  ['type', 'empty'],
  ['default', 'undefined'],
  ['title', 'empty'],
  ['description', 'empty'],
  ['nullable', 'false'],
  ['x-kubernetes-preserve-unknown-fields', 'false'],
  ['x-kubernetes-embedded-resource', 'false'],
  ['x-kubernetes-int-or-string', 'false'],
  ['x-kubernetes-list-map-keys', 'empty'],
  ['x-kubernetes-list-type', 'undefined'],
  ['x-kubernetes-map-type', 'undefined'],
  ['x-kubernetes-validations', 'empty'],
];

function nestedCauses(schema: JsonObject, path: string, except: { anyOf: boolean; firstAllOf: boolean }): Cause[] {
  const causes = valueCauses(schema, path, except);
  const { items, additionalProperties } = schema;
  if (isObject(items)) causes.push(...nestedCauses(items, childPath(path, 'items'), NO_EXCEPTIONS));
  for (const [name, property] of schemasIn(schema.properties)) {
    causes.push(...nestedCauses(property, keyPath(childPath(path, 'properties'), name), NO_EXCEPTIONS));
    if (name === 'metadata') {
      causes.push(
        forbiddenValue(keyPath(childPath(path, 'properties'), name), 'must not be specified in a nested context'),
      );
    }
  }
  if (isObject(additionalProperties) || additionalProperties === true) {
    causes.push(forbiddenValue(childPath(path, 'additionalProperties'), 'must be undefined to be structural'));
  }
  for (const [key, wanted] of FORBIDDEN) {
    if (!isEmpty(schema[key])) causes.push(forbiddenValue(childPath(path, key), `must be ${wanted} to be structural`));
  }
  return causes;
}

function isEmpty(value: JsonValue | undefined): boolean {
  return (
    value === undefined || value === null || value === '' || value === false || (isArray(value) && value.length === 0)
  );
}
