/** Whether there is a rule in a schema, so that what has none is not walked. Alternatives may have none. */
import type { Schema } from '../schema.ts';

const known = new WeakMap<Schema, boolean>();

export function hasRules(schema: Schema): boolean {
  const found = known.get(schema);
  if (found !== undefined) return found;
  // a schema that contains itself has those of its other parts
  known.set(schema, false);
  const result = look(schema);
  known.set(schema, result);
  return result;
}

function look(schema: Schema): boolean {
  const { properties, additionalProperties, items } = schema;
  if ((schema['x-kubernetes-validations'] ?? []).length > 0) return true;
  if (items !== undefined && hasRules(items)) return true;
  if (typeof additionalProperties === 'object' && hasRules(additionalProperties)) return true;
  return Object.values(properties ?? {}).some(hasRules);
}
