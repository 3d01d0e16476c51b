/** A resource with its versions, as the updater asks for them. */
import type { Schema } from '../../schemas/schema.ts';
import { Failure } from '../../status/failure.ts';
import type { ManagedResource, SchemaOf } from '../resource.ts';
import { objectType } from '../types/schemaType.ts';
import type { Type } from '../types/type.ts';
import { resetFields } from './resetFields.ts';
import type { Versions } from './updater.ts';

/**
 * @param schemaOf where it is not given, all versions of a custom kind are taken to be of one type
 */
export function versionsOf(resource: ManagedResource, subresource: string, schemaOf: SchemaOf | undefined): Versions {
  const apiVersion = apiVersionOf(resource);
  const typeOf = (schema: Schema) => objectType(schema, resource.isCustom);
  const type = typeOf(resource.schema);
  const otherType = (other: string): Type | undefined => {
    const schema = schemaOf === undefined ? assumed(resource, other) : schemaOf(other);
    if (schema !== undefined) return typeOf(schema);
    if (resource.isCustom) throw notConvertible(other);
    return undefined;
  };
  return {
    apiVersion,
    type,
    typeOf: (other) => (other === apiVersion ? type : otherType(other)),
    resetFields: (other) => resetFields(resource, subresource, other),
  };
}

function assumed({ isCustom, group, schema }: ManagedResource, apiVersion: string): Schema | undefined {
  return isCustom && apiVersion.startsWith(`${group}/`) ? schema : undefined;
}

/** Entries of versions that are gone are forgotten in Kubernetes' own kinds; those of custom resources stop everything. */
function notConvertible(apiVersion: string): Failure {
  return new Failure(500, '', `request to convert CR to an invalid group/version: ${apiVersion}`);
}

export function apiVersionOf({ group, version }: { readonly group: string; readonly version: string }): string {
  return group === '' ? version : `${group}/${version}`;
}
