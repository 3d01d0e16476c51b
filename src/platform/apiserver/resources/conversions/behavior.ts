/**
 * How fast an autoscaler may scale, as autoscaling/v1 keeps it in an annotation: an internal type of Kubernetes, whose
 * members have Go's own names (k8s.io/kubernetes pkg/apis/autoscaling/types.go).
 */
import { arrayAt, isArray, isObject, type JsonObject, type JsonValue, objectAt } from '../../../../kubernetes/json.ts';
import { canonicalQuantity } from '../go/quantity.ts';

export function behaviorToV1(behavior: JsonObject): JsonObject {
  const rulesOf = (key: string): JsonValue => {
    const rules = objectAt(behavior, key);
    return rules === undefined ? null : rulesToV1(rules);
  };
  return { ScaleUp: rulesOf('scaleUp'), ScaleDown: rulesOf('scaleDown') };
}

function rulesToV1(rules: JsonObject): JsonObject {
  const { stabilizationWindowSeconds = null, selectPolicy = null, policies, tolerance = null } = rules;
  return {
    StabilizationWindowSeconds: stabilizationWindowSeconds,
    SelectPolicy: selectPolicy,
    Policies: isArray(policies)
      ? policies.filter(isObject).map(({ type = '', value = 0, periodSeconds = 0 }) => ({
          Type: type,
          Value: value,
          PeriodSeconds: periodSeconds,
        }))
      : null,
    Tolerance: tolerance,
  };
}

/** @returns undefined where there is none, or Go could not read it */
export function behaviorFromV1(value: JsonValue | undefined): JsonObject | undefined {
  if (!isObject(value)) return undefined;
  const members = lowered(value);
  const result: Record<string, JsonValue> = {};
  for (const key of ['scaleUp', 'scaleDown']) {
    const given = members.get(key.toLowerCase()) ?? null;
    if (given === null) continue;
    const rules = rulesFromV1(given);
    if (rules === undefined) return undefined;
    result[key] = rules;
  }
  return Object.keys(result).length === 0 ? undefined : result;
}

function rulesFromV1(value: JsonValue): JsonObject | undefined {
  if (!isObject(value)) return undefined;
  const members = lowered(value);
  const window = members.get('stabilizationwindowseconds') ?? null;
  const select = members.get('selectpolicy') ?? null;
  const policies = members.get('policies') ?? null;
  const tolerance = members.get('tolerance') ?? null;
  const isReadable =
    (window === null || Number.isInteger(window)) &&
    (select === null || typeof select === 'string') &&
    (policies === null || (isArray(policies) && policies.every(isObject))) &&
    (tolerance === null || canonicalQuantity(tolerance) !== undefined);
  if (!isReadable) return undefined;
  return {
    ...(window !== null && { stabilizationWindowSeconds: window }),
    ...(select !== null && { selectPolicy: select }),
    ...(policies !== null && { policies: arrayAt(policies).filter(isObject).map(policyFromV1) }),
    ...(tolerance !== null && { tolerance }),
  };
}

function policyFromV1(policy: JsonObject): JsonObject {
  const members = lowered(policy);
  return {
    type: members.get('type') ?? '',
    value: members.get('value') ?? 0,
    periodSeconds: members.get('periodseconds') ?? 0,
  };
}

/** Go takes the names of members in any case. */
function lowered(object: JsonObject): ReadonlyMap<string, JsonValue | undefined> {
  return new Map(Object.entries(object).map(([key, value]) => [key.toLowerCase(), value]));
}
