/** What conversions end with. */
import type { JsonObject } from '../../../../kubernetes/json.ts';
import { coreSchema } from '../../schemas/core/coreSchema.ts';
import { copyOf } from '../draft.ts';
import { goForm } from '../go/goForm.ts';

/** The object as Go writes one of the kind, beginning as all do. */
export function shaped(object: JsonObject, group: string, version: string, kind: string): JsonObject {
  const apiVersion = group === '' ? version : `${group}/${version}`;
  const { apiVersion: _, kind: __, metadata = {}, ...rest } = object;
  const draft = copyOf({ apiVersion, kind, metadata, ...rest });
  goForm(draft, coreSchema(group, version, kind) ?? {});
  return draft;
}
