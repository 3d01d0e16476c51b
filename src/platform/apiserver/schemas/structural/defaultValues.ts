/** Whether default values keep to the schema that they are defaults of (…/pkg/apiserver/schema/defaulting/validation.go). */
import { equals } from '../../../../kubernetes/json.ts';
import { invalidValue } from '../../status/causes.ts';
import type { Cause } from '../../status/failure.ts';
import { META_FIELDS } from '../embedded.ts';
import { childPath, keyPath } from '../paths.ts';
import { pruneValue } from '../prune.ts';
import { ruleCauses } from '../rules/evaluate.ts';
import type { Schema } from '../schema.ts';
import { embeddedCauses } from '../validate/embedded.ts';
import { judge } from '../validate/keywords.ts';

export function defaultCauses(schema: Schema, path: string, isRoot = true): Cause[] {
  const causes = schema.default === undefined ? [] : valueCauses(schema, childPath(path, 'default'));
  const { items, properties = {} } = schema;
  if (items !== undefined) causes.push(...defaultCauses(items, childPath(path, 'items'), false));
  for (const [name, property] of Object.entries(properties)) {
    // defaults of the object's own fields are refused elsewhere
    if (isRoot && META_FIELDS.has(name)) continue;
    causes.push(...defaultCauses(property, keyPath(childPath(path, 'properties'), name), false));
  }
  return causes;
}

function valueCauses(schema: Schema, path: string): Cause[] {
  const value = schema.default ?? null;
  const causes: Cause[] = [];
  if (!equals(pruneValue(value, schema), value)) {
    causes.push(invalidValue(path, value, 'must not have unknown fields'));
  }
  const embedded = embeddedCauses(value, schema, path);
  if (embedded.length > 0) return [...causes, ...embedded];
  const judged = judge({ value, path: '', correlated: undefined }, schema).causes;
  if (judged.length > 0) return [...causes, ...judged.map((cause) => ({ ...cause, field: below(path, cause.field) }))];
  return [...causes, ...ruleCauses(value, schema, value, undefined, path)];
}

function below(path: string, field: string): string {
  return field === '<nil>' ? path : childPath(path, field);
}
