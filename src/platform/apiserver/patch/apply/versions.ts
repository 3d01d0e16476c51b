/** A resource with its versions, as the updater asks for them. */
import type { JsonObject } from '../../../../kubernetes/json.ts';
import { Failure } from '../../status/failure.ts';
import { apiVersionOf, converted } from '../convert.ts';
import type { ManagedResource, VersionOf } from '../resource.ts';
import { objectType } from '../types/schemaType.ts';
import { resetFields } from './resetFields.ts';
import type { Versions } from './updater.ts';

export function versionsOf(resource: ManagedResource, subresource: string, versionOf: VersionOf | undefined): Versions {
  const apiVersion = apiVersionOf(resource);
  const at = (other: string): ManagedResource | undefined => {
    if (other === apiVersion) return resource;
    return resource.isCustom ? sameOfOtherVersion(resource, other) : versionOf?.(other);
  };
  return {
    apiVersion,
    type: objectType(resource.schema, resource.isCustom),
    typeOf(other) {
      const found = at(other);
      return found === undefined ? undefined : objectType(found.schema, found.isCustom);
    },
    convert(object, from, to) {
      const [source, target] = [at(from), at(to)];
      return source === undefined || target === undefined ? object : convertedObject(object, source, target);
    },
    resetFields: (other) => resetFields(resource, subresource, other),
  };
}

/** Versions of a custom kind have one shape; what their objects say of it is nobody's. */
function convertedObject(object: JsonObject, source: ManagedResource, target: ManagedResource): JsonObject {
  return source.isCustom ? object : converted(object, source, target);
}

/**
 * Entries of versions that are gone are forgotten in Kubernetes' own kinds; those of custom resources stop everything.
 *
 * @throws Failure 500
 */
function sameOfOtherVersion(resource: ManagedResource, apiVersion: string): ManagedResource {
  if (apiVersion.startsWith(`${resource.group}/`)) return resource;
  throw new Failure(500, '', `request to convert CR to an invalid group/version: ${apiVersion}`);
}
