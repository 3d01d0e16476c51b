/** Looking into a schema that is still JSON. */
import { isArray, isObject, type JsonObject, type JsonValue } from '../../../../kubernetes/json.ts';

export function isTrue(schema: JsonObject, key: string): boolean {
  return schema[key] === true;
}

export function textIn(schema: JsonObject, key: string): string {
  const value = schema[key];
  return typeof value === 'string' ? value : '';
}

/** Schemas by name. */
export function schemasIn(value: JsonValue | undefined): [string, JsonObject][] {
  if (!isObject(value)) return [];
  return Object.entries(value).filter((entry): entry is [string, JsonObject] => isObject(entry[1]));
}

export interface Alternative {
  readonly key: 'anyOf' | 'allOf' | 'oneOf' | 'not';
  /** Of `not` there is none. */
  readonly index: number | undefined;
  readonly branch: JsonObject;
}

export function alternativesOf(schema: JsonObject): Alternative[] {
  const found: Alternative[] = [];
  for (const key of ['anyOf', 'allOf', 'oneOf'] as const) {
    const branches = schema[key];
    if (!isArray(branches)) continue;
    for (const [index, branch] of branches.entries()) if (isObject(branch)) found.push({ key, index, branch });
  }
  if (isObject(schema.not)) found.push({ key: 'not', index: undefined, branch: schema.not });
  return found;
}
