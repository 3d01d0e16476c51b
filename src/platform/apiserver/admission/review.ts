/**
 * AdmissionReview as it is sent and as it must come back
 * (k8s.io/apiserver pkg/admission/plugin/webhook/request/admissionreview.go).
 */
import { isArray, type JsonObject, type JsonValue, objectAt, stringAt, valueAt } from '../../../kubernetes/json.ts';
import { converted } from '../patch/convert.ts';
import type { Resource } from '../resources/resource.ts';
import type { AdmissionAttributes } from './admission.ts';
import { CallFailure } from './failures.ts';
import type { Webhook } from './webhook.ts';

export const JSON_PATCH = 'JSONPatch';
const REVIEW = 'AdmissionReview';
const V1 = 'admission.k8s.io/v1';
const V1BETA1 = 'admission.k8s.io/v1beta1';

/** What a webhook has said. */
export interface Verdict {
  readonly isAllowed: boolean;
  /** The Status of a denial. */
  readonly status: JsonObject | undefined;
  readonly warnings: readonly string[];
  /** Decoded from base64. */
  readonly patch: string | undefined;
  /** `JSONPatch`, or what there is no such thing as. */
  readonly patchType: string;
}

/** A request in the version that a webhook asks for. */
export interface Seen extends AdmissionAttributes {
  /** What the objects are told as; `resource` is what the request names. */
  readonly as: Resource;
}

export function seenAs(attributes: AdmissionAttributes, as: Resource): Seen {
  const { object, old, resource } = attributes;
  const moved = (each: JsonObject | undefined) => between(each, resource, as, attributes);
  return { ...attributes, as, object: moved(object), old: moved(old) };
}

/** What the webhook has made of the object, in the version of the request. */
export function inRequestVersion(object: JsonObject | undefined, seen: Seen): JsonObject | undefined {
  return between(object, seen.as, seen.resource, seen);
}

/** A Scale is a Scale in all versions. */
function between(
  object: JsonObject | undefined,
  from: Resource,
  to: Resource,
  { subresource }: AdmissionAttributes,
): JsonObject | undefined {
  if (object === undefined || (subresource !== '' && subresource !== 'status')) return object;
  return converted(object, from, to);
}

/** The review that is sent. */
export function reviewOf(attributes: Seen, uid: string, version: 'v1' | 'v1beta1'): JsonObject {
  const { object = null, old = null } = attributes;
  const request = { uid, ...requestOf(attributes), object, oldObject: old };
  return { kind: 'AdmissionReview', apiVersion: `admission.k8s.io/${version}`, request };
}

/** Everything about the request but its objects. */
export function requestOf(attributes: Seen): JsonObject {
  const { operation, resource, as, subresource, namespace, name, options, dryRun, user } = attributes;
  return {
    kind: kindOf(attributes, as),
    resource: { group: as.group, version: as.version, resource: as.plural },
    ...(subresource !== '' && { subResource: subresource }),
    requestKind: kindOf(attributes, resource),
    requestResource: { group: resource.group, version: resource.version, resource: resource.plural },
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
function kindOf({ subresource, object, old }: AdmissionAttributes, { group, version, kind }: Resource): JsonObject {
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
  checkType(review, webhook);
  const response = objectAt(review, 'response');
  if (response === undefined) throw invalid(webhook, 'webhook response was absent');

  const isStrict = webhook.reviewVersion === 'v1';
  if (isStrict) checkIdentity(response, uid, webhook);
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
    patchType: isStrict ? (stringAt(response, 'patchType') ?? '') : JSON_PATCH,
  };
}

function checkIdentity(response: JsonObject, uid: string, webhook: Webhook): void {
  const given = stringAt(response, 'uid') ?? '';
  if (given !== uid)
    throw invalid(webhook, `expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(given)}`);
}

/** A kind or version that is left out is taken for the right one. */
function checkType(review: JsonValue, { name, reviewVersion }: Webhook): void {
  const apiVersion = stringAt(review, 'apiVersion') || `admission.k8s.io/${reviewVersion}`;
  const kind = stringAt(review, 'kind') || REVIEW;
  const isKnown = kind === REVIEW && (apiVersion === V1 || apiVersion === V1BETA1);
  if (!isKnown) {
    const scheme = 'in scheme "pkg/runtime/scheme.go:111"'; // where kube-apiserver makes its own
    throw new CallFailure(
      name,
      `failed to call webhook: no kind "${kind}" is registered for version "${apiVersion}" ${scheme}`,
    );
  }
  if (apiVersion === `admission.k8s.io/${reviewVersion}`) return;
  const [from, to] = apiVersion === V1 ? ['v1', 'v1beta1'] : ['v1beta1', 'v1'];
  const converting = `converting (${from}.${REVIEW}) to (${to}.${REVIEW}): unknown conversion`;
  throw new CallFailure(name, `failed to call webhook: ${converting}`);
}

function checkPatch(response: JsonObject, patch: string, webhook: Webhook): void {
  const hasType = has(response, 'patchType');
  if (patch !== '' && !hasType) throw invalid(webhook, 'webhook returned response.patch but not response.patchType');
  if (patch === '' && hasType) throw invalid(webhook, 'webhook returned response.patchType but not response.patch');
  if (hasType && (stringAt(response, 'patchType') ?? '') === '') {
    throw invalid(webhook, 'webhook returned invalid response.patchType of ""');
  }
}

function has(response: JsonObject, field: string): boolean {
  return valueAt(response, field) !== undefined && valueAt(response, field) !== null;
}

function invalid({ name }: Webhook, why: string): CallFailure {
  return new CallFailure(name, `received invalid webhook response: ${why}`);
}
