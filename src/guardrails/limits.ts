/** The ResourceQuota and the LimitRange. */
import type { JsonObject, JsonValue } from '../kubernetes/json.ts';
import { LIMITED, type LimitRangePolicy, type QuotaPolicy } from '../policy/model/namespace.ts';
import { NAMES } from './marks.ts';

/** Undefined where the policy counts nothing. */
export function resourceQuota({ hard = {} }: QuotaPolicy): JsonObject | undefined {
  if (Object.keys(hard).length === 0) return undefined;
  return {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: NAMES.quota },
    spec: { hard: texts(hard) },
  };
}

/**
 * With the values that the API server would fill in: a default limit is the max where none is written, a default request
 * the default limit, else the min (kubernetes pkg/apis/core/v1/defaults.go). The list of limits is atomic, so that one
 * which lacks them would differ from what is stored for ever.
 */
export function limitRange(section: LimitRangePolicy): JsonObject | undefined {
  const { min = {}, max = {}, maxLimitRequestRatio = {} } = section;
  const limits: Record<string, string | number> = {};
  const requests: Record<string, string | number> = {};
  for (const resource of LIMITED) {
    const limit = section.default?.[resource] ?? max[resource];
    if (limit !== undefined) limits[resource] = limit;
    const request = section.defaultRequest?.[resource] ?? limit ?? min[resource];
    if (request !== undefined) requests[resource] = request;
  }
  const item: Record<string, JsonValue> = { type: 'Container' };
  const fields = { default: limits, defaultRequest: requests, min, max, maxLimitRequestRatio };
  for (const [field, values] of Object.entries(fields)) {
    if (Object.keys(values).length > 0) item[field] = texts(values);
  }
  if (Object.keys(item).length === 1) return undefined;
  return { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: NAMES.limits }, spec: { limits: [item] } };
}

/** YAML writes `pods: 50` as a number; the API has texts. */
function texts(quantities: Readonly<Record<string, string | number>>): JsonObject {
  return Object.fromEntries(Object.entries(quantities).map(([resource, value]) => [resource, String(value)]));
}
