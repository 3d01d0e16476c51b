/** A resource with its versions, as the updater asks for them. */
import type { Schema } from '../../schemas/schema.ts';
import type { ManagedResource, SchemaOf } from '../resource.ts';
import { objectType } from '../types/schemaType.ts';
import { resetFields } from './resetFields.ts';
import type { Versions } from './updater.ts';

export function versionsOf(resource: ManagedResource, subresource: string, schemaOf: SchemaOf | undefined): Versions {
  const apiVersion = apiVersionOf(resource);
  const typeOf = (schema: Schema) => objectType(schema, resource.isCustom);
  const type = typeOf(resource.schema);
  return {
    apiVersion,
    type,
    typeOf(other) {
      if (other === apiVersion) return type;
      const schema = schemaOf?.(other);
      return schema === undefined ? undefined : typeOf(schema);
    },
    resetFields: (other) => resetFields(resource, subresource, other),
  };
}

export function apiVersionOf({ group, version }: { readonly group: string; readonly version: string }): string {
  return group === '' ? version : `${group}/${version}`;
}
