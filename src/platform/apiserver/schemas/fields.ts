/**
 * Fields that a schema does not know, as `fieldValidation=Strict` and `Warn` tell them.
 *
 * Paths and what counts as unknown: k8s.io/apiextensions-apiserver pkg/apiserver/schema/pruning and
 * schema/objectmeta for custom resources, sigs.k8s.io/json for core kinds.
 */
import { isArray, isObject, type JsonObject, type JsonValue } from '../../../kubernetes/json.ts';
import { isCoreType, META_FIELDS, memberSchema, metadataSchema, takesAnyMember } from './embedded.ts';
import type { Schema } from './schema.ts';

/** @returns a sentence for each unknown field: `unknown field "spec.foo"` */
export function checkFields(object: JsonObject, schema: Schema): { readonly unknown: readonly string[] } {
  const paths: string[] = [];
  const isCore = isCoreType(schema);
  if (isCore) walkObject(object, schema, '', paths, false);
  else {
    const { metadata } = object;
    if (isObject(metadata)) walkObject(metadata, metadataSchema(schema), 'metadata', paths, false);
    const rest: string[] = [];
    walkObject(object, { ...schema, 'x-kubernetes-embedded-resource': true }, '', rest, true);
    paths.push(...rest.sort(byBytes));
  }
  return { unknown: paths.map((path) => `unknown field "${path}"`) };
}

function walk(value: JsonValue, schema: Schema | undefined, path: string, paths: string[]): void {
  if (isObject(value)) walkObject(value, schema, path, paths, false);
  if (!isArray(value)) return;
  const items = schema?.items;
  const isOpaque = schema?.['x-kubernetes-preserve-unknown-fields'] === true && items === undefined;
  if (isOpaque) return;
  for (const [index, item] of value.entries()) walk(item, items, `${path}[${index}]`, paths);
}

function walkObject(
  object: JsonObject,
  schema: Schema | undefined,
  path: string,
  paths: string[],
  isRoot: boolean,
): void {
  const isWhole = schema?.['x-kubernetes-embedded-resource'] === true;
  for (const key of Object.keys(object)) {
    const value = object[key];
    if (value === undefined) continue;
    const below = path === '' ? key : `${path}.${key}`;
    if (!isWhole || !META_FIELDS.has(key)) walkMember(key, value, schema, below, paths);
    else if (key === 'metadata' && isObject(value) && !isRoot) {
      walkObject(value, metadataSchema(schema), below, paths, false);
    }
  }
}

function walkMember(key: string, value: JsonValue, schema: Schema | undefined, path: string, paths: string[]): void {
  const member = schema === undefined ? undefined : memberSchema(schema, key);
  if (member !== undefined) walk(value, member, path, paths);
  else if (schema !== undefined && takesAnyMember(schema)) walk(value, undefined, path, paths);
  else if (schema?.['x-kubernetes-preserve-unknown-fields'] !== true) paths.push(path);
}

function byBytes(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}
