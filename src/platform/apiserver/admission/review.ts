/**
 * AdmissionReview as it is sent and as it must come back
 * (k8s.io/apiserver pkg/admission/plugin/webhook/request/admissionreview.go).
 */
import {
  isArray,
  isObject,
  type JsonObject,
  type JsonValue,
  objectAt,
  stringAt,
  valueAt,
} from '../../../kubernetes/json.ts';
import type { AdmissionAttributes } from './admission.ts';
import { CallFailure } from './failures.ts';
import type { Webhook } from './webhook.ts';

/** What a webhook has said. */
export interface Verdict {
  readonly isAllowed: boolean;
  /** The Status of a denial. */
  readonly status: JsonObject | undefined;
  readonly warnings: readonly string[];
  /** The text of a JSON patch, decoded from base64. */
  readonly patch: string | undefined;
}

/** A request in the version that a webhook asks for. */
export interface Seen extends AdmissionAttributes {
  /** Of the objects; `resource` is what the request names. */
  readonly version: string;
}

export function inVersion(attributes: AdmissionAttributes, version: string): Seen {
  const { object, old, resource } = attributes;
  const seen = { ...attributes, version };
  if (version === resource.version) return seen;
  return { ...seen, object: moved(object, version, attributes), old: moved(old, version, attributes) };
}

/** What the webhook has made of the object, in the version of the request. */
export function inRequestVersion(object: JsonObject | undefined, seen: Seen): JsonObject | undefined {
  return seen.version === seen.resource.version ? object : moved(object, seen.resource.version, seen);
}

/** Versions of a resource have one shape: only what its objects say of it differs. A Scale is a Scale in all of them. */
function moved(
  object: JsonObject | undefined,
  version: string,
  { resource: { group }, subresource }: AdmissionAttributes,
): JsonObject | undefined {
  if (object === undefined || (subresource !== '' && subresource !== 'status')) return object;
  return { ...object, apiVersion: group === '' ? version : `${group}/${version}` };
}

/** The review that is sent. */
export function reviewOf(attributes: Seen, uid: string, version: 'v1' | 'v1beta1'): JsonObject {
  const { object = null, old = null } = attributes;
  const request = { uid, ...requestOf(attributes), object, oldObject: old };
  return { kind: 'AdmissionReview', apiVersion: `admission.k8s.io/${version}`, request };
}

/** Everything about the request but its objects. */
export function requestOf(attributes: Seen): JsonObject {
  const { operation, resource, version, subresource, namespace, name, options, dryRun, user } = attributes;
  const { group, plural } = resource;
  return {
    kind: kindOf(attributes, version),
    resource: { group, version, resource: plural },
    ...(subresource !== '' && { subResource: subresource }),
    requestKind: kindOf(attributes, resource.version),
    requestResource: { group, version: resource.version, resource: plural },
    ...(subresource !== '' && { requestSubResource: subresource }),
    ...(name !== '' && { name }),
    ...(namespace !== '' && { namespace }),
    operation,
    userInfo: {
      username: user.name,
      ...(user.uid !== '' && { uid: user.uid }),
      ...(user.groups.length > 0 && { groups: user.groups }),
      ...(Object.keys(user.extra).length > 0 && { extra: user.extra }),
    },
    dryRun,
    options,
  };
}

/** Of a subresource with an object of its own kind (Scale, Eviction), that kind. */
function kindOf({ resource, subresource, object, old }: AdmissionAttributes, version: string): JsonObject {
  const { group, kind } = resource;
  if (subresource === '' || subresource === 'status') return { group, version, kind };
  const sent = object ?? old;
  const apiVersion = stringAt(sent, 'apiVersion') ?? '';
  const slash = apiVersion.indexOf('/');
  return {
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1) || version,
    kind: stringAt(sent, 'kind') ?? kind,
  };
}

/** @throws CallFailure where it is no answer to what was asked */
export function readVerdict(review: JsonValue, uid: string, webhook: Webhook): Verdict {
  const response = objectAt(review, 'response');
  if (response === undefined) throw invalid(webhook, 'webhook response was absent');

  const isStrict = webhook.reviewVersion === 'v1';
  if (isStrict) checkIdentity(review, response, uid, webhook);
  const patch = stringAt(response, 'patch') ?? '';
  if (webhook.isMutating && isStrict) checkPatch(response, patch, webhook);
  if (!webhook.isMutating && isStrict) {
    if (patch !== '') throw invalid(webhook, 'validating webhook may not return response.patch');
    if (has(response, 'patchType')) throw invalid(webhook, 'validating webhook may not return response.patchType');
  }

  const warnings = valueAt(response, 'warnings');
  return {
    isAllowed: response.allowed === true,
    status: objectAt(response, 'status'),
    warnings: isArray(warnings) ? warnings.filter((each) => typeof each === 'string') : [],
    patch: webhook.isMutating && patch !== '' ? Buffer.from(patch, 'base64').toString() : undefined,
  };
}

function checkIdentity(review: JsonValue, response: JsonObject, uid: string, webhook: Webhook): void {
  const given = stringAt(response, 'uid') ?? '';
  if (given !== uid)
    throw invalid(webhook, `expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(given)}`);
  const kind = typeOf(review);
  const expected = 'admission.k8s.io/v1, Kind=AdmissionReview';
  if (kind !== expected) throw invalid(webhook, `expected webhook response of ${expected}, got ${kind}`);
}

function checkPatch(response: JsonObject, patch: string, webhook: Webhook): void {
  const hasType = has(response, 'patchType');
  if (patch !== '' && !hasType) throw invalid(webhook, 'webhook returned response.patch but not response.patchType');
  if (patch === '' && hasType) throw invalid(webhook, 'webhook returned response.patchType but not response.patch');
  if (!hasType) return;
  const type = stringAt(response, 'patchType') ?? '';
  if (type === '') throw invalid(webhook, 'webhook returned invalid response.patchType of ""');
  if (type !== 'JSONPatch') throw new CallFailure(webhook.name, `unsupported patch type ${JSON.stringify(type)}`);
}

function has(response: JsonObject, field: string): boolean {
  return valueAt(response, field) !== undefined && valueAt(response, field) !== null;
}

/** `admission.k8s.io/v1, Kind=AdmissionReview`, as Go prints it. */
function typeOf(review: JsonValue): string {
  const apiVersion = isObject(review) ? stringAt(review, 'apiVersion') : undefined;
  return `${apiVersion ?? '/'}, Kind=${stringAt(review, 'kind') ?? ''}`;
}

function invalid({ name }: Webhook, why: string): CallFailure {
  return new CallFailure(name, `received invalid webhook response: ${why}`);
}
