/**
 * The kinds that ask what somebody may do (k8s.io/kubernetes pkg/registry/authorization). Nothing of them is stored:
 * the answer is the object that was sent, with a status.
 */
import { isObject, type JsonObject, objectAt, stringAt, textsAt } from '../../../../kubernetes/json.ts';
import { invalidValue } from '../../status/causes.ts';
import { badRequest, type Cause, invalid } from '../../status/failure.ts';
import type { RbacAuthorizer } from '../rbac/authorizer.ts';
import { together } from '../rbac/authorizer.ts';
import type { Attributes, User } from '../user.ts';

/** Kubernetes leaves the kind out of these sentences: by then its object has lost it. */
const KIND = { group: 'authorization.k8s.io', kind: '' };

/** Somebody may do what `spec` says. @throws Failure 422 where it says too much or too little */
export function subjectAccessReview(review: JsonObject, authorizer: RbacAuthorizer): JsonObject {
  const causes = [...specCauses(review), ...subjectCauses(review), ...metadataCauses(review, false)];
  if (causes.length > 0) throw invalid(KIND, '', causes);
  return decided(review, subjectOf(review), authorizer);
}

/** The one who asks may do what `spec` says. @throws Failure 422 where it says too much or too little */
export function selfSubjectAccessReview(review: JsonObject, user: User, authorizer: RbacAuthorizer): JsonObject {
  const causes = [...specCauses(review), ...metadataCauses(review, false)];
  if (causes.length > 0) throw invalid(KIND, '', causes);
  return decided(review, user, authorizer);
}

/**
 * Somebody may do what `spec` says in the namespace of the path.
 *
 * @throws Failure 422 where it says too much or too little
 */
export function localSubjectAccessReview(
  review: JsonObject,
  namespace: string,
  authorizer: RbacAuthorizer,
): JsonObject {
  const causes = [
    ...specCauses(review),
    ...subjectCauses(review),
    ...metadataCauses(review, true),
    ...localCauses(review, namespace),
  ];
  if (causes.length > 0) throw invalid(KIND, '', causes);
  return decided(review, subjectOf(review), authorizer);
}

/** All that the one who asks may do in a namespace. @throws Failure 400 where none is named */
export function selfSubjectRulesReview(review: JsonObject, user: User, authorizer: RbacAuthorizer): JsonObject {
  const namespace = stringAt(review, 'spec', 'namespace') ?? '';
  if (namespace === '') throw badRequest('no namespace on request');
  const { rules, errors } = authorizer.rulesFor(user, namespace);
  const resourceRules = rules
    .filter(({ resources }) => resources.length > 0)
    .map(({ verbs, apiGroups, resources, resourceNames }) => ({
      verbs,
      ...(apiGroups.length > 0 && { apiGroups }),
      resources,
      ...(resourceNames.length > 0 && { resourceNames }),
    }));
  const nonResourceRules = rules
    .filter(({ nonResourceURLs }) => nonResourceURLs.length > 0)
    .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs }));
  const { apiVersion, kind } = review;
  const evaluationError = errors.length === 0 ? {} : { evaluationError: together(errors) };
  const status = { resourceRules, nonResourceRules, incomplete: false, ...evaluationError };
  return { apiVersion, kind, metadata: {}, spec: {}, status };
}

function decided(review: JsonObject, user: User, authorizer: RbacAuthorizer): JsonObject {
  const { allowed, reason } = authorizer.decide(attributesOf(review, user));
  return { ...review, status: { allowed, ...(reason !== '' && { reason }) } };
}

function attributesOf(review: JsonObject, user: User): Attributes {
  const asked = objectAt(review, 'spec', 'resourceAttributes');
  if (asked === undefined) {
    const other = objectAt(review, 'spec', 'nonResourceAttributes');
    return { user, verb: stringAt(other, 'verb') ?? '', path: stringAt(other, 'path') ?? '' };
  }
  const at = (field: string): string => stringAt(asked, field) ?? '';
  const resource = {
    group: at('group'),
    version: at('version') === '' ? '*' : at('version'),
    plural: at('resource'),
    subresource: at('subresource'),
    namespace: at('namespace'),
    name: at('name'),
  };
  return { user, verb: at('verb'), resource };
}

function subjectOf(review: JsonObject): User {
  const extra: Record<string, string[]> = {};
  for (const key of Object.keys(objectAt(review, 'spec', 'extra') ?? {})) {
    Object.defineProperty(extra, key, { value: textsAt(review, 'spec', 'extra', key), enumerable: true });
  }
  return {
    name: stringAt(review, 'spec', 'user') ?? '',
    uid: stringAt(review, 'spec', 'uid') ?? '',
    groups: textsAt(review, 'spec', 'groups'),
    extra,
  };
}

function specCauses(review: JsonObject): Cause[] {
  const resource = objectAt(review, 'spec', 'resourceAttributes');
  const path = objectAt(review, 'spec', 'nonResourceAttributes');
  if (resource !== undefined && path !== undefined) {
    const why = 'cannot be specified in combination with resourceAttributes';
    return [invalidValue('spec.nonResourceAttributes', inGo(path), why)];
  }
  if (resource === undefined && path === undefined) {
    const why = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    return [invalidValue('spec.resourceAttributes', null, why)];
  }
  return [];
}

function subjectCauses(review: JsonObject): Cause[] {
  const isNamed = (stringAt(review, 'spec', 'user') ?? '') !== '' || textsAt(review, 'spec', 'groups').length > 0;
  return isNamed ? [] : [invalidValue('spec.user', '', 'at least one of user or group must be specified')];
}

function metadataCauses({ metadata }: JsonObject, mayHaveNamespace: boolean): Cause[] {
  const { managedFields, creationTimestamp, namespace, ...rest } = isObject(metadata) ? metadata : {};
  const isEmpty = Object.keys(rest).length === 0 && (mayHaveNamespace || namespace === undefined);
  if (isEmpty) return [];
  return [
    invalidValue('metadata', metadata, mayHaveNamespace ? 'must be empty except for namespace' : 'must be empty'),
  ];
}

function localCauses(review: JsonObject, namespace: string): Cause[] {
  const causes: Cause[] = [];
  const resource = objectAt(review, 'spec', 'resourceAttributes');
  const asked = stringAt(resource, 'namespace') ?? '';
  if (resource !== undefined && asked !== namespace) {
    causes.push(invalidValue('spec.resourceAttributes.namespace', asked, 'must match metadata.namespace'));
  }
  const path = objectAt(review, 'spec', 'nonResourceAttributes');
  if (path !== undefined) {
    causes.push(invalidValue('spec.nonResourceAttributes', inGo(path), 'disallowed on this kind of request'));
  }
  return causes;
}

/** As Go prints what has no names of JSON within. */
function inGo(path: JsonObject): JsonObject {
  return { Path: stringAt(path, 'path') ?? '', Verb: stringAt(path, 'verb') ?? '' };
}
