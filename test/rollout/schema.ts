/** The CustomResourceDefinition of TrafficRollout, as an API server would apply it. */
import { Ajv } from 'ajv';
import { DYN } from '../../src/cel/check/types.ts';
import { compile } from '../../src/cel/program.ts';
import { fromJson } from '../../src/cel/values/json.ts';
import type { Condition } from '../../src/kubernetes/conditions.ts';
import {
  isArray,
  isObject,
  type JsonObject,
  type JsonValue,
  objectAt,
  stringAt,
  valueAt,
} from '../../src/kubernetes/json.ts';
import { objectsAt, objectsOf, only } from '../overlays/read.ts';

export const crd = only(objectsOf('overlays/base/trafficrollouts.yaml'), 'CustomResourceDefinition');
const [version = {}] = objectsAt(crd, 'spec', 'versions');
const schema = objectAt(version, 'schema', 'openAPIV3Schema') ?? {};
const ajv = new Ajv({
  strict: false,
  formats: { 'date-time': /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/, int64: true, int32: true },
});
const validate = ajv.compile(schema);
const validateStatus = ajv.compile(closed(objectAt(schema, 'properties', 'status') ?? {}));

/** What the API server prunes is a mistake of ours. */
function closed(node: JsonObject): JsonObject {
  const properties = objectAt(node, 'properties');
  const items = objectAt(node, 'items');
  const inner = Object.entries(properties ?? {}).map(([key, value]) => [key, isObject(value) ? closed(value) : value]);
  return {
    ...node,
    ...(properties === undefined ? {} : { properties: Object.fromEntries(inner), additionalProperties: false }),
    ...(items === undefined ? {} : { items: closed(items) }),
  };
}

export function statusRefusals(status: JsonObject, conditions: readonly Condition[]): string[] {
  const lastTransitionTime = '2026-11-23T10:00:00Z';
  const whole = { ...status, conditions: conditions.map((each) => ({ ...each, lastTransitionTime })) };
  if (validateStatus(whole)) return [];
  return (validateStatus.errors ?? []).map(({ instancePath, message = '' }) => `${instancePath} ${message}`);
}

/** The schema's own refusals first, then those of its CEL, as the API server has them. */
export function refusals(object: JsonObject): string[] {
  if (!validate(object)) {
    return (validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
  }
  return celOf(schema, object);
}

function celOf(node: JsonObject, value: JsonValue | undefined): string[] {
  if (value === undefined) return [];
  const own = objectsAt(node, 'x-kubernetes-validations').flatMap((item) => {
    const compiled = compile(stringAt(item, 'rule') ?? '', { variables: { self: DYN }, result: 'bool' });
    if (!compiled.ok) throw new Error(`${stringAt(item, 'rule')}: ${compiled.message}`);
    const outcome = compiled.program.run({ self: fromJson(value) });
    return outcome.ok && outcome.value === true ? [] : [stringAt(item, 'message') ?? ''];
  });
  const items = objectAt(node, 'items');
  const below = isArray(value) && items !== undefined ? value.flatMap((each) => celOf(items, each)) : [];
  const properties = Object.entries(objectAt(node, 'properties') ?? {});
  const members = properties.flatMap(([name, child]) => (isObject(child) ? celOf(child, valueAt(value, name)) : []));
  return [...own, ...below, ...members];
}
