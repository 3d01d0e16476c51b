/** Where resources meet their schemas. */
import type { JsonObject } from '../../../kubernetes/json.ts';
import { coreSchema } from '../schemas/core/coreSchema.ts';
import { withDefaults } from '../schemas/defaults.ts';
import { prune } from '../schemas/prune.ts';
import type { Schema } from '../schemas/schema.ts';
import { toSchema } from '../schemas/structural/convert.ts';
import { validate } from '../schemas/validate.ts';
import type { Cause } from '../status/failure.ts';

/** A kind whose schema is not known takes any object. */
export const OPEN_SCHEMA: Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

export function schemaOfKind(group: string, version: string, kind: string): Schema {
  return coreSchema(group, version, kind) ?? OPEN_SCHEMA;
}

/** @param schema of one version of a definition, as it was written */
export function schemaOfVersion(schema: JsonObject | undefined): Schema {
  return schema === undefined ? OPEN_SCHEMA : toSchema(schema);
}

/** Without what the schema does not know, and with the values that it fills in. */
export function filledIn(object: JsonObject, schema: Schema): JsonObject {
  return withDefaults(prune(object, schema), schema);
}

export function checkSchema(object: JsonObject, schema: Schema, old: JsonObject | undefined): readonly Cause[] {
  return validate(object, schema, old);
}
