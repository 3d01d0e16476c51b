/** Which kinds are asked and never stored, each with what answers it. objects/ calls this where it would store. */
import type { JsonObject } from '../../../../kubernetes/json.ts';
import type { Reader } from '../../store/store.ts';
import type { Authenticator } from '../authenticate.ts';
import type { RbacAuthorizer } from '../rbac/authorizer.ts';
import type { AccountTokens } from '../tokens/accountTokens.ts';
import type { User } from '../user.ts';
import {
  localSubjectAccessReview,
  selfSubjectAccessReview,
  selfSubjectRulesReview,
  subjectAccessReview,
} from './access.ts';
import { selfSubjectReview, tokenReview } from './identity.ts';
import { tokenRequest } from './tokenRequest.ts';

export interface ReviewRequest {
  /** Who asks. */
  readonly user: User;
  /** Of the path; empty where it has none. */
  readonly namespace: string;
  readonly name: string;
  readonly object: JsonObject;
}

export interface ReviewDependencies {
  readonly authorizer: RbacAuthorizer;
  readonly authenticator: Authenticator;
  readonly tokens: AccountTokens;
  readonly reader: Reader;
  readonly now: () => Date;
  /** A UUID. */
  readonly newId: () => string;
}

/** @throws Failure where the request says too much or too little */
export type Review = (request: ReviewRequest) => JsonObject;

/**
 * By what a create names: `tokenreviews.authentication.k8s.io`, `serviceaccounts/token`. The answer's code is 201.
 *
 * @example
 * const review = reviews(dependencies).get('selfsubjectreviews.authentication.k8s.io');
 * const answer = review?.({ user, namespace: '', name: '', object });
 */
export function reviews({
  authorizer,
  authenticator,
  tokens,
  reader,
  now,
  newId,
}: ReviewDependencies): ReadonlyMap<string, Review> {
  return new Map<string, Review>([
    ['subjectaccessreviews.authorization.k8s.io', ({ object }) => subjectAccessReview(object, authorizer)],
    [
      'selfsubjectaccessreviews.authorization.k8s.io',
      ({ object, user }) => selfSubjectAccessReview(object, user, authorizer),
    ],
    [
      'localsubjectaccessreviews.authorization.k8s.io',
      ({ object, namespace }) => localSubjectAccessReview(object, namespace, authorizer),
    ],
    [
      'selfsubjectrulesreviews.authorization.k8s.io',
      ({ object, user }) => selfSubjectRulesReview(object, user, authorizer),
    ],
    ['selfsubjectreviews.authentication.k8s.io', ({ object, user }) => selfSubjectReview(object, user, now())],
    ['tokenreviews.authentication.k8s.io', ({ object }) => tokenReview(object, authenticator)],
    [
      'serviceaccounts/token',
      ({ object, namespace, name }) => tokenRequest(object, { namespace, name, reader, tokens, now: now(), newId }),
    ],
  ]);
}
