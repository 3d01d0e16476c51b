/** `fieldPath` of a rule: `.spec.ports`, `.labels['a.b']` (k8s.io/apiextensions-apiserver pkg/apiserver/schema/cel/validation.go, ValidFieldPath). */
import { memberSchema } from '../embedded.ts';
import { childPath, keyPath } from '../paths.ts';
import type { Schema } from '../schema.ts';

const PART = /\.([^.[\]]+)|\['((?:[^'\\]|\\.)*)'\]/y;

/** As causes write it; undefined where it leads to no field. */
export function normalFieldPath(source: string, root: Schema): string | undefined {
  let schema: Schema | undefined = root;
  let path = '';
  PART.lastIndex = 0;
  for (let at = 0; at < source.length; at = PART.lastIndex) {
    PART.lastIndex = at;
    const match = PART.exec(source);
    if (match === null || schema === undefined) return undefined;
    const name: string = match[1] ?? (match[2] ?? '').replaceAll(/\\(.)/g, '$1');
    const isProperty: boolean = schema.properties !== undefined;
    schema = memberSchema(schema, name);
    if (schema === undefined) return undefined;
    path = isProperty ? childPath(path, name) : keyPath(path, name);
  }
  return path;
}
