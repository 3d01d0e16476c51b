/** The rest of what a server does to an object: defaults as it reads it, then what its strategy keeps or drops. */
import { isArray, isObject, type JsonObject, type JsonValue, objectAt } from '../../../../../src/kubernetes/json.ts';
import { prune } from '../../../../../src/platform/apiserver/schemas/prune.ts';
import type { Schema } from '../../../../../src/platform/apiserver/schemas/schema.ts';
import { KINDS, type Kind } from './kinds.ts';

/** Members that the server fills in where nobody sets them. */
const FILLED_IN = [
  ...['uid', 'resourceVersion', 'creationTimestamp', 'generation', 'namespace'],
  ...['terminationMessagePath', 'terminationMessagePolicy', 'imagePullPolicy', 'resources', 'protocol', 'targetPort'],
  ...['restartPolicy', 'dnsPolicy', 'terminationGracePeriodSeconds', 'schedulerName', 'securityContext', 'defaultMode'],
  ...['replicas', 'strategy', 'rollingUpdate', 'maxSurge', 'maxUnavailable', 'type', 'revisionHistoryLimit'],
  ...[
    'progressDeadlineSeconds',
    'sessionAffinity',
    'internalTrafficPolicy',
    'requests',
    'port',
    'emptyDir',
    'lastUpdateTime',
    'lastTransitionTime',
  ],
];
const OBJECT_META = KINDS.ConfigMap.schema.properties?.metadata;
/** Filled in when the owners are known already. */
const ALLOCATED = ['ipFamilies', 'ipFamilyPolicy', 'clusterIP', 'clusterIPs'];

/** @param answer the server's, from which the defaults come */
export function decoded(object: JsonValue, kind: Kind, answer: JsonObject): JsonObject {
  const { isCustom, schema } = KINDS[kind];
  const read = isCustom
    ? pruned(object, schema)
    : withoutEmpty(isObject(object) ? prune(object, schema) : object, answer);
  const filled = fill(read, answer);
  if (!isObject(filled)) return {};
  const metadata = withoutEmpty(filled.metadata ?? {}, answer.metadata);
  return { ...filled, metadata };
}

/** What is not to be changed by this way comes from the object as it stood. */
export function prepared(
  object: JsonObject,
  kind: Kind,
  subresource: string,
  live: JsonObject | undefined,
  answer: JsonObject,
): JsonObject {
  const { status: _, ...rest } = object;
  if (subresource === 'status') return preparedStatus(object, kind, live ?? {});
  const { hasStatus } = KINDS[kind];
  const status = answer.status;
  const kept = hasStatus ? { ...rest, ...(status !== undefined && { status }) } : object;
  return kind === 'Service' ? allocated(kept, answer) : kept;
}

function preparedStatus(object: JsonObject, kind: Kind, live: JsonObject): JsonObject {
  const { status } = object;
  const metadata = objectAt(object, 'metadata');
  const before = objectAt(live, 'metadata');
  const { managedFields } = metadata ?? {};
  const { labels: _, ...others } = metadata ?? {};
  const { managedFields: __, ...old } = before ?? {};
  const labels = before?.labels;
  const kept = {
    ConfigMap: metadata,
    Service: metadata,
    Deployment: { ...others, ...(labels !== undefined && { labels }) },
    Gauge: { ...old, ...(managedFields !== undefined && { managedFields }) },
  }[kind];
  const { status: ___, ...rest } = live;
  return { ...rest, ...(kept !== undefined && { metadata: kept }), ...(status !== undefined && { status }) };
}

function allocated(object: JsonObject, answer: JsonObject): JsonObject {
  const spec: Record<string, JsonValue | undefined> = { ...objectAt(object, 'spec') };
  const given = objectAt(answer, 'spec');
  for (const key of ALLOCATED) if (given?.[key] !== undefined) spec[key] ??= given[key];
  return { ...object, spec };
}

/** Without nulls where the schema allows none. */
function pruned(value: JsonValue, schema: Schema): JsonValue {
  if (isArray(value)) return value.map((item) => pruned(item, schema.items ?? {}));
  if (!isObject(value)) return value;
  const result: Record<string, JsonValue> = {};
  for (const [key, inner] of Object.entries(value)) {
    const additional = schema.additionalProperties;
    const isMeta = schema['x-kubernetes-embedded-resource'] === true && key === 'metadata';
    const type =
      (isMeta ? OBJECT_META : undefined) ??
      schema.properties?.[key] ??
      (typeof additional === 'object' ? additional : undefined);
    if (inner !== undefined && !(inner === null && type !== undefined)) result[key] = pruned(inner, type ?? {});
  }
  return result;
}

/** Without what Go leaves out of JSON: an empty struct alone stays, as the answer shows. */
function withoutEmpty(value: JsonValue, answer: JsonValue | undefined): JsonValue {
  if (isArray(value))
    return value.map((item, index) => withoutEmpty(item, isArray(answer) ? answer[index] : undefined));
  if (!isObject(value)) return value;
  const result: Record<string, JsonValue> = {};
  for (const [key, inner] of Object.entries(value)) {
    if (inner === undefined || inner === null) continue;
    const there = isObject(answer) ? answer[key] : undefined;
    if (key === 'managedFields' || there !== undefined || !isEmpty(inner))
      result[key] = key === 'managedFields' ? inner : withoutEmpty(inner, there);
  }
  return result;
}

function isEmpty(value: JsonValue): boolean {
  if (isArray(value) || isObject(value)) return Object.keys(value).length === 0;
  return value === false || value === 0 || value === '';
}

function fill(value: JsonValue, answer: JsonValue | undefined): JsonValue {
  if (isArray(value) && isArray(answer)) return value.map((item, index) => fill(item, answer[index]));
  if (!isObject(value) || !isObject(answer)) return value;
  const result: Record<string, JsonValue> = {};
  for (const [key, inner] of Object.entries(value)) {
    result[key] = key === 'managedFields' ? (inner ?? null) : fill(inner ?? null, answer[key]);
  }
  for (const key of FILLED_IN) {
    const given = answer[key];
    if (result[key] === undefined && given !== undefined) result[key] = given;
  }
  return result;
}
