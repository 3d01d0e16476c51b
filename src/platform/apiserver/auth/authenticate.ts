/** Who asks: a token says it, and nothing else does. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { unauthorized } from '../status/failure.ts';
import { type DistinctHeaders, firstOf } from './headers.ts';
import { ADMINISTRATOR, AUTHENTICATED, UNAUTHENTICATED } from './identities.ts';
import type { AccountTokens, TokenAnswer } from './tokens/accountTokens.ts';
import type { User } from './user.ts';

export interface TokenUser {
  readonly token: string;
  readonly user: User;
}

export interface AuthenticatorOptions {
  /** Whose holder may do anything. */
  readonly administratorToken: string;
  readonly accounts: AccountTokens;
  /** Further users, for tests. */
  readonly users?: readonly TokenUser[];
}

export interface Authenticator {
  /** The audiences of a token that is asked for without any. */
  readonly audiences: readonly string[];
  /** @throws Failure 401 where there is no token that counts; why is told to nobody */
  authenticate(headers: DistinctHeaders): User;
  /** What becomes of a token; undefined where nobody knows it. */
  check(token: string, audiences: readonly string[]): TokenAnswer | undefined;
}

/**
 * @example
 * const { authenticate } = authenticator({ administratorToken, accounts });
 * const user = authenticate(request.headersDistinct);
 */
export function authenticator({ administratorToken, accounts, users = [] }: AuthenticatorOptions): Authenticator {
  const known = [{ token: administratorToken, user: ADMINISTRATOR }, ...users].map(({ token, user }) => ({
    digest: digestOf(token),
    user: withAuthenticated(user),
  }));
  const audiences = [accounts.issuer];

  function check(token: string, asked: readonly string[]): TokenAnswer | undefined {
    // digests are of one length; all are compared, so that the time tells nothing of any
    const digest = digestOf(token);
    const found = known.filter((each) => timingSafeEqual(each.digest, digest))[0];
    return found === undefined ? accounts.check(token, asked) : { user: found.user, audiences: asked };
  }

  return {
    audiences,
    check,
    authenticate(headers) {
      const token = bearerToken(firstOf(headers, 'authorization'));
      const answer = token === undefined ? undefined : check(token, audiences);
      if (answer === undefined || 'error' in answer) throw unauthorized();
      return answer.user;
    },
  };
}

/** The token of `Bearer <token>`; undefined where there is none (k8s.io/apiserver pkg/authentication/request/bearertoken). */
function bearerToken(header: string): string | undefined {
  const [scheme = '', token = ''] = header.trim().split(' ', 2);
  return scheme.toLowerCase() === 'bearer' && token !== '' ? token : undefined;
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function withAuthenticated(user: User): User {
  if (user.groups.includes(AUTHENTICATED) || user.groups.includes(UNAUTHENTICATED)) return user;
  return { ...user, groups: [...user.groups, AUTHENTICATED] };
}
