/** Whole objects inside of an object, and the object itself: which fields they have beside those of their schema. */
import { namedSchema } from './core/coreSchema.ts';
import type { Schema } from './schema.ts';

const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/** Fields that every object has, whatever its schema says. */
export const META_FIELDS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

export function objectMetaSchema(): Schema {
  return namedSchema(OBJECT_META);
}

/** True for Go's own types, which have a name in OpenAPI. */
export function isCoreType(schema: Schema): boolean {
  return schema.name !== undefined;
}

/** The schema of a member, or undefined where the schema knows none of that name. */
export function memberSchema(schema: Schema, key: string): Schema | undefined {
  const { properties, additionalProperties } = schema;
  if (properties !== undefined && Object.hasOwn(properties, key)) return properties[key];
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

/** Whether any member may stand there: `additionalProperties: true`. */
export function takesAnyMember(schema: Schema): boolean {
  return schema.additionalProperties === true;
}

/**
 * The type of `metadata` of a whole object: what a schema of a custom resource says of it are further demands, and no
 * fields.
 */
export function metadataSchema(schema: Schema): Schema {
  const property = schema.properties?.metadata;
  return property !== undefined && isCoreType(property) ? property : objectMetaSchema();
}
