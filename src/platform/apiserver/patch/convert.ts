/** Objects of a kind in another of its versions. */
import type { JsonObject } from '../../../kubernetes/json.ts';
import type { Conversion } from '../resources/resource.ts';

export interface Version {
  readonly group: string;
  readonly version: string;
  readonly conversion?: Conversion;
}

/** `apps/v1`; of the core group the version alone. */
export function apiVersionOf({ group, version }: { readonly group: string; readonly version: string }): string {
  return group === '' ? version : `${group}/${version}`;
}

/** The object, which is one of `from`, as one of `to`. */
export function converted(object: JsonObject, from: Version, to: Version): JsonObject {
  const apiVersion = apiVersionOf(to);
  if (apiVersion === apiVersionOf(from)) return object;
  const stored = from.conversion?.toStored(object) ?? object;
  return to.conversion?.fromStored(stored) ?? { ...stored, apiVersion };
}
