/** What managed fields need to know of a resource; `Resource` is one. */
import type { Schema } from '../schemas/schema.ts';

export interface ManagedResource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly isCustom: boolean;
  readonly hasStatus: boolean;
  readonly schema: Schema;
}

/** The schemas of a kind's other versions, which old entries of managedFields may name: by `group/version`. */
export type SchemaOf = (apiVersion: string) => Schema | undefined;
