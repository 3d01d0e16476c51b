/** What managed fields need to know of a resource; `Resource` is one. */
import type { Schema } from '../schemas/schema.ts';
import type { Version } from './convert.ts';

export interface ManagedResource extends Version {
  readonly kind: string;
  readonly plural: string;
  readonly isCustom: boolean;
  readonly hasStatus: boolean;
  readonly schema: Schema;
}

/**
 * Another version of a kind that is built in, which an entry of managedFields may name: by `group/version`, undefined
 * where it is not served. All versions of a custom kind are taken to be of one type.
 */
export type VersionOf = (apiVersion: string) => ManagedResource | undefined;
