/** Where the pipeline meets the schemas. */
import { isObject, type JsonObject } from '../../../kubernetes/json.ts';
import type { Resource } from '../resources/resource.ts';
import { objectMetaSchema } from '../schemas/embedded.ts';
import { checkFields } from '../schemas/fields.ts';
import { goTypeFault } from './goTypes.ts';

/** A sentence for each field that the schema does not know: `unknown field "spec.foo"`. */
export function unknownFields(object: JsonObject, { schema }: Pick<Resource, 'schema'>): readonly string[] {
  return checkFields(object, schema).unknown;
}

/**
 * Why Go's type cannot hold the value. Of a custom resource the metadata alone has one; the rest is told by its
 * validation.
 */
export function typeFault(
  object: JsonObject,
  { schema, isCustom }: Pick<Resource, 'isCustom' | 'schema'>,
): string | undefined {
  if (!isCustom) return goTypeFault(object, schema);
  const { metadata } = object;
  return isObject(metadata) ? goTypeFault(metadata, objectMetaSchema()) : undefined;
}
