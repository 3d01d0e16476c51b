/**
 * Holds a value against a schema (k8s.io/kube-openapi pkg/validation/validate), on an update so that what was wrong
 * before and has not changed may stay.
 */
import { compilePattern, PatternProblem } from '../../../../cel/patterns.ts';
import {
  isArray,
  isObject,
  type JsonArray,
  type JsonObject,
  type JsonValue,
  ownMember,
} from '../../../../kubernetes/json.ts';
import { goJson } from '../../status/causes.ts';
import type { Schema } from '../schema.ts';
import { combinations } from './combinations.ts';
import type { Correlated } from './correlation.ts';
import { formatTest } from './formats.ts';
import { numberDemands } from './numbers.ts';
import { Result } from './result.ts';
import { checkType } from './typeOf.ts';

/** A value with all that is needed to judge it. */
export interface Judged {
  readonly value: JsonValue;
  /** As in sentences: `spec.ports[0]`; empty for the whole object. */
  readonly path: string;
  /** Where there is an old value to compare with. */
  readonly correlated: Correlated | undefined;
}

/** Judges a member or an item: errors of what has not changed do not count. */
export function judgeRatcheting(judged: Judged, schema: Schema): Result {
  const result = judge(judged, schema);
  if (result.isValid || judged.correlated?.isUnchanged !== true) return result;
  const excused = new Result();
  excused.matches = result.matches;
  return excused;
}

export function judge(judged: Judged, schema: Schema): Result {
  const { value, path } = judged;
  const result = new Result();
  if (value === null) {
    result.merge(checkType(value, path, schema));
    checkEnum(value, path, schema, result);
    return result;
  }

  if (schema.type !== undefined || hasFormat(schema) || schema['x-kubernetes-int-or-string'] === true) {
    result.merge(checkType(value, path, schema));
    result.matches++;
  }
  result.merge(combinations(judged, schema, judge));
  result.matches++;
  if (typeof value === 'string') textDemands(value, path, schema, result);
  if (typeof value === 'number') {
    result.merge(numberDemands(value, path, schema));
    result.matches++;
  }
  if (isArray(value)) {
    result.merge(listDemands(value, judged, schema));
    result.matches++;
  }
  checkEnum(value, path, schema, result);
  result.matches++;
  if (isObject(value)) {
    result.merge(objectDemands(value, judged, schema));
    result.matches++;
  }
  result.matches++;
  return result;
}

function hasFormat({ format }: Schema): boolean {
  return format !== undefined && format !== '';
}

function textDemands(text: string, path: string, schema: Schema, result: Result): void {
  const { minLength, maxLength, pattern, format } = schema;
  result.matches++;
  const length = maxLength === undefined && minLength === undefined ? 0 : [...text].length;
  if (maxLength !== undefined && length > maxLength) result.tooLong(path, maxLength);
  else if (minLength !== undefined && length < minLength) {
    result.invalid(path, text, `should be at least ${minLength} chars long`);
  } else if (pattern !== undefined && pattern !== '') checkPattern(text, path, pattern, result);

  const test = format === undefined ? undefined : formatTest(format);
  if (test === undefined || format === undefined) return;
  result.matches++;
  if (!test(text)) result.wrongType(path, format, text);
}

function checkPattern(text: string, path: string, source: string, result: Result): void {
  const pattern = compilePattern(source);
  if (pattern instanceof PatternProblem) {
    result.invalid(path, text, `should match '${source}, but pattern is invalid: ${pattern.message}'`);
  } else if (!pattern.test(text)) result.invalid(path, text, `should match '${source}'`);
}

function checkEnum(value: JsonValue, path: string, schema: Schema, result: Result): void {
  const allowed = schema.enum;
  if (allowed === undefined || allowed.length === 0) return;
  const text = goJson(value);
  if (value !== null && allowed.some((each) => goJson(each) === text)) return;
  const shown = allowed.map((each) => (typeof each === 'string' ? each : goJson(each)));
  result.notSupported(path, value, shown);
}

function listDemands(list: JsonArray, { path, correlated }: Judged, schema: Schema): Result {
  const result = new Result();
  const { items, minItems, maxItems } = schema;
  if (items !== undefined) {
    for (const [index, value] of list.entries()) {
      const item = { value, path: `${path}[${index}]`, correlated: correlated?.index(index) };
      result.merge(judgeRatcheting(item, items));
    }
  }
  if (minItems !== undefined && list.length < minItems) {
    result.invalid(path, list.length, `should have at least ${minItems} items`);
  }
  if (maxItems !== undefined && list.length > maxItems) result.tooMany(path, list.length, maxItems);
  result.matches++;
  return result;
}

function objectDemands(object: JsonObject, judged: Judged, schema: Schema): Result {
  const result = new Result();
  const { path } = judged;
  const { required = [], minProperties, maxProperties } = schema;
  const keys = Object.keys(object).filter((key) => object[key] !== undefined);
  if (minProperties !== undefined && keys.length < minProperties) {
    result.invalid(path, keys.length, `should have at least ${minProperties} properties`);
  }
  if (maxProperties !== undefined && keys.length > maxProperties) result.tooMany(path, keys.length, maxProperties);
  for (const key of keys) judgeMember(object, key, judged, schema, result);
  for (const key of required) {
    if (ownMember(object, key) === undefined) result.required(`${path}.${key}`);
  }
  return result;
}

function judgeMember(object: JsonObject, key: string, judged: Judged, schema: Schema, result: Result): void {
  const { path, correlated } = judged;
  const { properties = {}, additionalProperties } = schema;
  const isProperty = Object.hasOwn(properties, key);
  const member = isProperty ? properties[key] : additionalProperties;
  const value = object[key];
  if (value === undefined || member === undefined || member === true) return;
  if (member === false) {
    result.forbidden(path, key);
    return;
  }
  // the root's own members have no dot before them, but those of a map at the root have
  const below = path === '' && isProperty ? key : `${path}.${key}`;
  const isTypeMeta = path === '' && (key === 'apiVersion' || key === 'kind');
  result.merge(
    judgeRatcheting({ value, path: below, correlated: isTypeMeta ? undefined : correlated?.key(key) }, member),
  );
}
