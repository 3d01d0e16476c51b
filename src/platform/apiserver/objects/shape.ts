/** Where the pipeline meets the schemas. */
import type { JsonObject } from '../../../kubernetes/json.ts';
import type { Resource } from '../resources/resource.ts';
import { checkFields } from '../schemas/fields.ts';
import { goTypeFault } from './goTypes.ts';

/** A sentence for each field that the schema does not know: `unknown field "spec.foo"`. */
export function unknownFields(object: JsonObject, { schema }: Resource): readonly string[] {
  return checkFields(object, schema).unknown;
}

/** Why a built-in kind cannot hold the value; a custom resource is told by its validation instead. */
export function typeFault(object: JsonObject, { schema, isCustom }: Resource): string | undefined {
  return isCustom ? undefined : goTypeFault(object, schema);
}
