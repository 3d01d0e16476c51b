/** What the embedded API server answers to the questions of a world, in the form of the golden file. */
import type { JsonObject } from '../../../../../src/kubernetes/json.ts';
import { bootstrapPolicy } from '../../../../../src/platform/apiserver/auth/bootstrap/policy.ts';
import { authorize } from '../../../../../src/platform/apiserver/auth/denied.ts';
import { accountUser } from '../../../../../src/platform/apiserver/auth/identities.ts';
import { actingUser } from '../../../../../src/platform/apiserver/auth/impersonate.ts';
import { type RbacAuthorizer, rbacAuthorizer } from '../../../../../src/platform/apiserver/auth/rbac/authorizer.ts';
import { confirmNoEscalation } from '../../../../../src/platform/apiserver/auth/rbac/escalation.ts';
import { subjectAccessReview } from '../../../../../src/platform/apiserver/auth/reviews/access.ts';
import type { Attributes, User } from '../../../../../src/platform/apiserver/auth/user.ts';
import { Failure } from '../../../../../src/platform/apiserver/status/failure.ts';
import { memory } from '../memory.ts';
import { type Grant, IMPERSONATIONS, type Impersonation, type Question, type World } from './world.ts';

const RBAC = 'rbac.authorization.k8s.io';

export interface Answers {
  /** `allowed`, with the reason where there is only one, or `denied` with its reason. */
  readonly questions: readonly string[];
  /** `granted`, or the code and the sentence. */
  readonly grants: readonly string[];
  readonly impersonations: readonly string[];
}

export function ourAnswers({ objects, questions, grants }: World): Answers {
  const authorizer = authorizerOver(objects);
  const isOneOfMany = oneOfMany(objects);
  return {
    questions: questions.map((question) => {
      const { allowed, reason } = decision(question, authorizer);
      return told(allowed, reason, isOneOfMany(question));
    }),
    grants: grants.map((grant) => sentenceOf(() => tryGrant(grant, authorizer), 'granted')),
    impersonations: IMPERSONATIONS.map((impersonation) => sentenceOf(() => tryActing(impersonation), 'answered')),
  };
}

/** The reason of an answer: one of several where more than one binding allows, and a list in no order. */
export function told(allowed: boolean, reason: string, isOneOfMany: boolean): string {
  if (allowed) return isOneOfMany ? 'allowed' : `allowed: ${reason}`;
  const list = /^RBAC: \[(.*)\]$/.exec(reason)?.[1];
  return `denied: ${list === undefined ? reason : `RBAC: [${list.split(', ').sort().join(', ')}]`}`;
}

/** Tells where more than one binding of the world gives the right, so that the API server may name any of them. */
export function oneOfMany(objects: World['objects']): (question: Question) => boolean {
  const isBinding = ({ plural }: { plural: string }): boolean => plural.endsWith('bindings');
  const roles = objects.filter((each) => !isBinding(each));
  const apart = objects.filter(isBinding).map((binding) => authorizerOver([...roles, binding], []));
  return (question) => apart.filter((authorizer) => decision(question, authorizer).allowed).length > 1;
}

function decision(question: Question, authorizer: RbacAuthorizer): { allowed: boolean; reason: string } {
  const review = subjectAccessReview({ spec: { ...question } }, authorizer);
  const status = review.status as { allowed: boolean; reason?: string };
  return { allowed: status.allowed, reason: status.reason ?? '' };
}

function tryGrant({ user, groups, plural, namespace, object }: Grant, authorizer: RbacAuthorizer): void {
  const by: User = { name: user, uid: '', groups: [...groups, 'system:authenticated'], extra: {} };
  confirmNoEscalation({ plural, user: by, namespace, pathName: '', object }, authorizer);
}

function tryActing({ account, rules, headers }: Impersonation): void {
  const user = accountUser('decide-a', account, 'uid');
  const metadata = { name: account };
  const roleRef = { apiGroup: RBAC, kind: 'ClusterRole', name: account };
  const subjects = [{ kind: 'ServiceAccount', name: account, namespace: 'decide-a' }];
  const authorizer = authorizerOver([
    { plural: 'clusterroles', object: { metadata, rules } },
    { plural: 'clusterrolebindings', object: { metadata, roleRef, subjects } },
  ]);
  const resource = { group: '', version: 'v1', plural: 'configmaps', subresource: '', namespace: 'decide-a', name: '' };
  const attributes: Attributes = { user, verb: 'list', resource };
  authorize(authorizer, { ...attributes, user: actingUser(attributes, headers, authorizer) });
}

const POLICY = bootstrapPolicy();

function authorizerOver(
  objects: readonly { plural: string; object: JsonObject }[],
  policy: readonly JsonObject[] = POLICY,
): RbacAuthorizer {
  const store = memory();
  for (const object of policy) {
    store.put(`${object.kind === 'ClusterRole' ? 'clusterroles' : 'clusterrolebindings'}.${RBAC}`, object);
  }
  for (const { plural, object } of objects) store.put(`${plural}.${RBAC}`, object);
  return rbacAuthorizer(store);
}

function sentenceOf(act: () => void, otherwise: string): string {
  try {
    act();
    return otherwise;
  } catch (error) {
    if (error instanceof Failure) return `${error.code} ${error.message}`;
    throw error;
  }
}
