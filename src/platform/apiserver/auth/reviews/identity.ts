/** The kinds that ask who somebody is (k8s.io/kubernetes pkg/registry/authentication). Nothing of them is stored. */
import { type JsonObject, stringAt, textsAt } from '../../../../kubernetes/json.ts';
import { timeText } from '../../../../kubernetes/time.ts';
import { badRequest } from '../../status/failure.ts';
import type { Authenticator } from '../authenticate.ts';
import type { User } from '../user.ts';

/** Whose token it is. @throws Failure 400 where there is none in `spec` */
export function tokenReview(review: JsonObject, authenticator: Authenticator): JsonObject {
  const token = stringAt(review, 'spec', 'token') ?? '';
  if (token === '') throw badRequest('token is required for TokenReview in authentication');
  const asked = textsAt(review, 'spec', 'audiences');
  const answer = authenticator.check(token, asked.length === 0 ? authenticator.audiences : asked);
  if (answer === undefined) return { ...review, status: { user: {}, error: 'invalid bearer token' } };
  if ('error' in answer) return { ...review, status: { user: {}, error: `[invalid bearer token, ${answer.error}]` } };
  const { user, audiences } = answer;
  return { ...review, status: { authenticated: true, user: userInfo(user), audiences } };
}

/** Who asks, as the API server knows them: `kubectl auth whoami`. */
export function selfSubjectReview({ apiVersion, kind }: JsonObject, user: User, now: Date): JsonObject {
  const metadata = { creationTimestamp: timeText(now) };
  return { apiVersion, kind, metadata, status: { userInfo: userInfo(user) } };
}

/** As UserInfo of authentication.k8s.io/v1: in answers here, and in what admission webhooks are asked. */
export function userInfo({ name, uid, groups, extra }: User): JsonObject {
  return {
    ...(name !== '' && { username: name }),
    ...(uid !== '' && { uid }),
    ...(groups.length > 0 && { groups }),
    ...(Object.keys(extra).length > 0 && { extra }),
  };
}
